"""Reads statements into facts: what a scope binds, returns and ships, and in which arm."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

from sparkguard.source import patterns, signatures
from sparkguard.source.builder import ScopeBuilder
from sparkguard.source.expressions import ExpressionReader, operator_name
from sparkguard.source.facts import (
    Arm,
    Attribute,
    Call,
    Condition,
    Constant,
    Definition,
    Display,
    Expression,
    Import,
    ModuleFacts,
    Name,
    Opaque,
    Operation,
    Part,
    Subscript,
)
from sparkguard.source.layout import Layout
from sparkguard.source.numbering import Inside
from sparkguard.source.places import Named, Place, Stretch
from sparkguard.source.targets import bind, bind_item, bind_name


class StatementReader(ExpressionReader):
    """Reads a module's statements, one walk, in source order."""

    def __init__(self, tree: ast.Module, text: str) -> None:
        super().__init__(tree)
        self.tree, self.layout = tree, Layout(text)
        self.stars: list[Import] = []
        self.guarded: list[range] = []

    def module(self) -> ModuleFacts:
        """Reads the whole module.

        Raises:
            TooDeep: It is nested too deeply.
        """
        self.block(self.tree.body)
        for scope in self.scopes:
            scope.hand_over()
        scopes = tuple(scope.freeze() for scope in self.scopes)
        return ModuleFacts(scopes, tuple(self.stars), tuple(self.guarded))

    def block(self, body: Sequence[ast.stmt]) -> None:
        """Reads statements one after the other."""
        inline = self.layout.is_inline(body)
        self.go_deeper()
        for line in self.layout.lines(body):
            if not inline:
                self.statement = self.number(_as_one(line))
            for statement in line:
                _READERS[type(statement)](self, statement)
        self.depth -= 1

    def suite(self, arm: Arm, body: Sequence[ast.stmt]) -> list[Arm]:
        """Reads a suite that may not run; none of its arm is left where it leaves the block."""
        with self.scope.arm(arm):
            self.block(body)
        return [] if isinstance(body[-1], _LEAVING) else [arm]

    def _expression(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):
            self.read(node.value)

    def _assign(self, node: ast.Assign) -> None:
        read = self.read(node.value)
        for target in node.targets:
            bind(self, target, read)

    def _annotated(self, node: ast.AnnAssign) -> None:
        given = self.read(node.value) if node.value is not None else None
        bind(self, node.target, given, signatures.annotation(self, node.annotation))

    def _augmented(self, node: ast.AugAssign) -> None:
        operands = (self.read(node.target), self.read(node.value))
        made = Operation(self.number(node), operator_name(node.op), operands)
        bind(self, node.target, made)

    def _return(self, node: ast.Return) -> None:
        if node.value is None:
            self.scope.returns.append(Constant(self.number(node), None))
        else:
            self.scope.returns.append(self.read(node.value))

    def _while(self, node: ast.While) -> None:
        self.read(node.test)
        again, after, *_ = islice(self.arms("loop"), 2)
        self.suite(again, node.body)
        self._orelse(after, node.orelse)

    def _deletes(self, node: ast.Delete) -> None:
        for target in node.targets:
            self._delete(target)

    def _global(self, node: ast.Global) -> None:
        self.scope.globals |= {*node.names}

    def _nonlocal(self, node: ast.Nonlocal) -> None:
        self.scope.nonlocals |= {*node.names}

    def _delete(self, target: ast.expr) -> None:
        match target:
            case ast.Subscript():
                bind_item(self, target, None)
            case ast.Tuple(elts=elements):
                for element in elements:
                    self._delete(element)
            case ast.Name() | ast.Attribute():
                bind(self, target, Opaque(self.number(target)))

    def _import(self, node: ast.Import) -> None:
        for alias in node.names:
            at = self.number(alias)
            if alias.asname is not None:
                bind_name(self, alias.asname, Named(alias), Import(at, alias.name, None, 0))
            else:
                root = alias.name.partition(".")[0]
                bind_name(self, root, alias, Import(at, root, None, 0))

    def _import_from(self, node: ast.ImportFrom) -> None:
        module, level = node.module or "", node.level
        for alias in node.names:
            if alias.name == "*":
                self.stars.append(Import(self.number(node), module, None, level))
            else:
                found = Import(self.number(alias), module, alias.name, level)
                bind_name(self, alias.asname or alias.name, Named(alias), found)

    def _for(self, node: ast.For | ast.AsyncFor) -> None:
        value = self.read(node.iter)
        again, after, *_ = islice(self.arms("loop"), 2)
        with self.scope.arm(again):
            bind(self, node.target, Part(self.number(node.target), "element", value))
            bound = self._bound(node.target)
            self.block(node.body)
        last = _last(value)
        if last is not None and bound == self._bound(node.target) and not _breaks(node.body):
            bind(self, node.target, last)
        self._orelse(after, node.orelse)

    def _bound(self, target: ast.expr) -> int:
        """How often a name was bound so far."""
        name = target.id if isinstance(target, ast.Name) else ""
        return len(self.scope.bindings.get(name, ()))

    def _orelse(self, arm: Arm, body: Sequence[ast.stmt]) -> list[Arm]:
        return self.suite(arm, body) if body else []

    def _if(self, node: ast.If) -> None:
        if _is_main_guard(node.test) and self.scope.parent is None:
            start = len(self.nodes)
            self.block(node.body)
            self.guarded.append(range(start, len(self.nodes)))
            return
        arms = self.arms("choice")
        asked = len(self.scope.calls)
        first, second = self.decided(self.read(node.test), arms)
        self._asked(asked, first.statement)
        going_on = self.suite(first, node.body)
        match node.orelse:
            case [ast.If() as other] if self.layout.is_elif(other):
                self.go_deeper()
                with self.scope.arm(second):
                    self._if(other)
                self.depth -= 1
                self.scope.settle([*going_on, second])
            case [_, *_]:
                self.scope.settle([*going_on, *self.suite(second, node.orelse)])

    def _asked(self, before: int, statement: int) -> None:
        """Of the calls in a test: names that it asks the type of are in doubt in its arms."""
        for call in self.scope.calls[before:]:
            match call:
                case Call(function=Name(id="isinstance" | "hasattr"), arguments=[asked, *_]):
                    value = asked.value
                    while isinstance(value, Subscript | Attribute):
                        value = value.value
                    if isinstance(value, Name):
                        self.scope.asked |= {(value.id, statement)}

    def _assert(self, node: ast.Assert) -> None:
        match self.read(node.test):
            case Call(function=Name(id="isinstance"), arguments=[asked, *_]):
                match asked.value:
                    case Attribute(value=Name(id=name), attr=attr):
                        self.scope.asserted |= {(name, attr)}
        if node.msg is not None:
            self.read(node.msg)

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            value = self.read(item.context_expr)
            if item.optional_vars is not None:
                entered = Part(self.number(item), "entered", value)
                bind(self, item.optional_vars, entered)
        self.block(node.body)

    def _try(self, node: ast.Try) -> None:
        if not node.handlers:
            self.block(node.body)
            self.block(node.finalbody)
            return
        arms = self.arms("attempt")
        narrow = all(map(_is_narrow, node.handlers))
        first = next(arms)
        tried = self.suite(first._replace(kind="trial") if narrow else first, node.body)
        going_on = [
            *tried,
            *(arm for handler in node.handlers for arm in self._handler(handler, arms)),
        ]
        self.scope.settle(going_on)
        self._orelse(next(arms), node.orelse)
        self.block(node.finalbody)

    def _handler(self, node: ast.ExceptHandler, arms: Iterator[Arm]) -> list[Arm]:
        arm = next(arms)
        with self.scope.arm(arm):
            caught = self.read(node.type) if node.type is not None else None
            if node.name is not None and caught is not None:
                bind_name(self, node.name, Named(node), Part(self.number(node), "element", caught))
        return self.suite(arm, node.body)

    def _match(self, node: ast.Match) -> None:
        subject = self.read(node.subject)
        going_on: list[Arm] = []
        for arm, case in zip(self.arms("choice"), node.cases, strict=False):
            with self.scope.arm(arm):
                self._case(case, arm, subject)
            going_on += self.suite(arm, case.body)
        if any(patterns.takes_all(case) for case in node.cases):
            self.scope.settle(going_on)

    def _case(self, node: ast.match_case, arm: Arm, subject: Expression) -> None:
        match node:
            case ast.match_case(pattern=ast.MatchValue(value=value), guard=None):
                same = Operation(self.number(node), "Equal", (subject, self.read(value)))
                self.scope.conditions[arm] = Condition(same, True)
            case _:
                patterns.bind_pattern(self, node.pattern, subject)
                if node.guard is not None:
                    self.read(node.guard)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        decorators = tuple(map(self.read, node.decorator_list))
        parameters = signatures.parameters(self, node.args)
        returns = signatures.annotation(self, node.returns)
        scope = self.open("function", node.name, Named(node), self.scope)
        scope.parameters, scope.decorators = parameters, decorators
        scope.is_async = isinstance(node, ast.AsyncFunctionDef)
        scope.annotation = returns
        self._body(node, scope)

    def _class(self, node: ast.ClassDef) -> None:
        decorators = tuple(map(self.read, node.decorator_list))
        bases = tuple(map(self.read, map(_unstarred, node.bases)))
        for keyword in node.keywords:
            self.read(keyword.value)
        scope = self.open("class", node.name, Named(node), self.scope)
        scope.decorators, scope.bases = decorators, bases
        self._body(node, scope)

    def _body(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, scope: ScopeBuilder
    ) -> None:
        statement = self.statement
        with Inside(self, scope):
            self.block(node.body)
        self.statement = statement
        made = Definition(self.number(Named(node)), scope.index)
        bind_name(self, node.name, Named(node), made)


_READERS: dict[type[ast.AST], Callable[[StatementReader, Any], object]] = {
    **dict.fromkeys(ast.stmt.__subclasses__(), StatementReader._opaque),
    ast.AnnAssign: StatementReader._annotated,
    ast.Assert: StatementReader._assert,
    ast.Assign: StatementReader._assign,
    ast.AsyncFor: StatementReader._for,
    ast.AsyncFunctionDef: StatementReader._function,
    ast.AsyncWith: StatementReader._with,
    ast.AugAssign: StatementReader._augmented,
    ast.ClassDef: StatementReader._class,
    ast.Delete: StatementReader._deletes,
    ast.Expr: StatementReader._expression,
    ast.For: StatementReader._for,
    ast.FunctionDef: StatementReader._function,
    ast.Global: StatementReader._global,
    ast.If: StatementReader._if,
    ast.Import: StatementReader._import,
    ast.ImportFrom: StatementReader._import_from,
    ast.Match: StatementReader._match,
    ast.Nonlocal: StatementReader._nonlocal,
    ast.Return: StatementReader._return,
    ast.Try: StatementReader._try,
    ast.While: StatementReader._while,
    ast.With: StatementReader._with,
}
if sys.version_info >= (3, 11):
    _READERS[ast.TryStar] = StatementReader._try

_NARROW = frozenset(
    {
        *("ArithmeticError", "EOFError", "ImportError", "IndexError", "KeyError", "LookupError"),
        *("ModuleNotFoundError", "NameError", "OSError", "StopIteration"),
        *("UnicodeDecodeError", "UnicodeError", "ValueError", "ZeroDivisionError"),
    }
)
"""Exceptions of which none is what Spark raises for a thing that it refuses."""


_LEAVING = (ast.Return, ast.Raise, ast.Continue, ast.Break)
"""What stands after one of these is not reached from it."""


def _is_narrow(handler: ast.ExceptHandler) -> bool:
    match handler.type:
        case ast.Name(id=name):
            return name in _NARROW
        case ast.Tuple(elts=elements):
            return all(isinstance(name, ast.Name) and name.id in _NARROW for name in elements)
    return False


def _last(iterated: Expression) -> Expression | None:
    """What a loop over something written out leaves in its target."""
    match iterated:
        case Display(kind="list" | "tuple", items=[*_, (_, last)]) if not isinstance(last, Part):
            return last
    return None


def _breaks(body: Sequence[ast.stmt]) -> bool:
    """Whether a `break` may end the loop that `body` belongs to, or one inside it."""
    return any(isinstance(node, ast.Break) for each in body for node in ast.walk(each))


def _as_one(line: Sequence[ast.stmt]) -> Place:
    return line[0] if len(line) == 1 else Stretch(line[0], line[-1])


def _unstarred(node: ast.expr) -> ast.expr:
    return node.value if isinstance(node, ast.Starred) else node


def _is_main_guard(test: ast.expr) -> bool:
    match test:
        case ast.Compare(
            left=ast.Name(id="__name__"),
            ops=[ast.Eq()],
            comparators=[ast.Constant(value="__main__")],
        ):
            return True
    return False
