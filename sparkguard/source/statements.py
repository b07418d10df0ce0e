"""Reads libcst statements into facts: what a scope binds, returns and ships, and in which arm."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import libcst as cst

from sparkguard.source import patterns, signatures
from sparkguard.source.expressions import ExpressionReader
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
from sparkguard.source.numbering import Inside
from sparkguard.source.targets import bind, bind_item, bind_name


class StatementReader(ExpressionReader):
    """Reads a module's statements, one walk, in source order."""

    def __init__(self) -> None:
        super().__init__()
        self.stars: list[Import] = []
        self.guarded: list[range] = []

    def module(self, tree: cst.Module) -> ModuleFacts:
        """Reads a whole module."""
        self.nodes[0] = tree
        self.block(tree.body)
        for scope in self.scopes:
            scope.hand_over()
        scopes = tuple(scope.freeze() for scope in self.scopes)
        return ModuleFacts(scopes, tuple(self.stars), tuple(self.guarded))

    def block(self, body: Sequence[cst.BaseStatement | cst.BaseSmallStatement]) -> None:
        """Reads statements one after the other."""
        for statement in body:
            match statement:
                case cst.SimpleStatementLine(body=small):
                    self.statement = self.number(statement)
                    for part in small:
                        self._small(part)
                case cst.BaseSmallStatement():
                    self._small(statement)
                case _:
                    self.statement = self.number(statement)
                    self._compound(statement)

    def suite(self, arm: Arm, suite: cst.BaseSuite) -> list[Arm]:
        """Reads a suite that may not run; none of its arm is left where it leaves the block."""
        with self.scope.arm(arm):
            self.block(suite.body)
        return [] if _leaves(suite) else [arm]

    def _small(self, node: cst.BaseSmallStatement) -> None:
        match node:
            case cst.Expr(value=cst.SimpleString()):
                pass
            case cst.Expr(value=value):
                self.read(value)
            case cst.Assign(targets=targets, value=value):
                read = self.read(value)
                for target in targets:
                    bind(self, target.target, read)
            case cst.AnnAssign(target=target, annotation=annotation, value=value):
                given = self.read(value) if value is not None else None
                bind(self, target, given, signatures.annotation(self, annotation))
            case cst.AugAssign(target=target, operator=operator, value=value):
                operands = (self.read(target), self.read(value))
                name = type(operator).__name__.removesuffix("Assign")
                bind(self, target, Operation(self.number(node), name, operands))
            case cst.Return(value=value):
                given = Constant(self.number(node), None) if value is None else self.read(value)
                self.scope.returns.append(given)
            case cst.Assert(test=test, msg=message):
                self._assert(test)
                if message is not None:
                    self.read(message)
            case cst.Del(target=target):
                self._delete(target)
            case cst.Import(names=names):
                self._import(names)
            case cst.ImportFrom():
                self._import_from(node)
            case cst.Global(names=items):
                self.scope.globals.update(item.name.value for item in items)
            case cst.Nonlocal(names=items):
                self.scope.nonlocals.update(item.name.value for item in items)
            case _:
                self._opaque(node)

    def _delete(self, target: cst.CSTNode) -> None:
        match target:
            case cst.Subscript():
                bind_item(self, target, None)
            case cst.Tuple(elements=elements):
                for element in elements:
                    self._delete(element.value)
            case cst.Name() | cst.Attribute():
                bind(self, target, Opaque(self.number(target)))

    def _import(self, names: Sequence[cst.ImportAlias]) -> None:
        for alias in names:
            dotted = cst.helpers.get_full_name_for_node_or_raise(alias.name)
            at = self.number(alias)
            if alias.asname is not None:
                bind(self, alias.asname.name, Import(at, dotted, None, 0))
            else:
                root = dotted.partition(".")[0]
                bind_name(self, root, alias, Import(at, root, None, 0))

    def _import_from(self, node: cst.ImportFrom) -> None:
        module = cst.helpers.get_full_name_for_node(node.module) or "" if node.module else ""
        level = len(node.relative)
        if isinstance(node.names, cst.ImportStar):
            self.stars.append(Import(self.number(node), module, None, level))
            return
        for alias in node.names:
            name = cst.helpers.get_full_name_for_node_or_raise(alias.name)
            found = Import(self.number(alias), module, name, level)
            target = alias.asname.name if alias.asname is not None else alias.name
            bind(self, target, found)

    def _compound(self, node: cst.BaseStatement) -> None:
        match node:
            case cst.FunctionDef():
                self._function(node)
            case cst.ClassDef():
                self._class(node)
            case cst.If():
                self._if(node)
            case cst.For():
                self._for(node)
            case cst.While(test=test, body=body, orelse=orelse):
                self.read(test)
                again, after, *_ = islice(self.arms("loop"), 2)
                self.suite(again, body)
                self._orelse(after, orelse)
            case cst.With(items=items, body=body):
                self._with(items)
                self.block(body.body)
            case cst.Try() | cst.TryStar():
                self._try(node)
            case cst.Match():
                self._match(node)

    def _for(self, node: cst.For) -> None:
        value = self.read(node.iter)
        again, after, *_ = islice(self.arms("loop"), 2)
        with self.scope.arm(again):
            bind(self, node.target, Part(self.number(node.target), "element", value))
            bound = self._bound(node.target)
            self.block(node.body.body)
        last = _last(value)
        if last is not None and bound == self._bound(node.target) and not _breaks(node.body):
            bind(self, node.target, last)
        self._orelse(after, node.orelse)

    def _bound(self, target: cst.CSTNode) -> int:
        """How often a name was bound so far."""
        name = target.value if isinstance(target, cst.Name) else ""
        return len(self.scope.bindings.get(name, ()))

    def _orelse(self, arm: Arm, node: cst.Else | None) -> list[Arm]:
        return [] if node is None else self.suite(arm, node.body)

    def _if(self, node: cst.If) -> None:
        if _is_main_guard(node.test) and self.scope.parent is None:
            start = len(self.nodes)
            self.block(node.body.body)
            self.guarded.append(range(start, len(self.nodes)))
            return
        arms = self.arms("choice")
        asked = len(self.scope.calls)
        first, second = self.decided(self.read(node.test), arms)
        self._asked(asked, first.statement)
        going_on = self.suite(first, node.body)
        match node.orelse:
            case cst.If() as other:
                with self.scope.arm(second):
                    self._if(other)
                self.scope.settle([*going_on, second])
            case cst.Else(body=body):
                self.scope.settle([*going_on, *self.suite(second, body)])

    def _asked(self, before: int, statement: int) -> None:
        """Of the calls in a test: names that it asks the type of are in doubt in its arms."""
        for call in self.scope.calls[before:]:
            match call:
                case Call(function=Name(id="isinstance" | "hasattr"), arguments=[asked, *_]):
                    value = asked.value
                    while isinstance(value, Subscript | Attribute):
                        value = value.value
                    if isinstance(value, Name):
                        self.scope.asked.add((value.id, statement))

    def _assert(self, test: cst.BaseExpression) -> None:
        match self.read(test):
            case Call(function=Name(id="isinstance"), arguments=[asked, *_]):
                match asked.value:
                    case Attribute(value=Name(id=name), attr=attr):
                        self.scope.asserted.add((name, attr))

    def _with(self, items: Sequence[cst.WithItem]) -> None:
        for item in items:
            value = self.read(item.item)
            if item.asname is not None:
                entered = Part(self.number(item), "entered", value)
                bind(self, item.asname.name, entered)

    def _try(self, node: cst.Try | cst.TryStar) -> None:
        if not node.handlers and node.finalbody is not None:
            self.block(node.body.body)
            self.block(node.finalbody.body.body)
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
        if node.finalbody is not None:
            self.block(node.finalbody.body.body)

    def _handler(
        self, node: cst.ExceptHandler | cst.ExceptStarHandler, arms: Iterator[Arm]
    ) -> list[Arm]:
        arm = next(arms)
        with self.scope.arm(arm):
            caught = self.read(node.type) if node.type is not None else None
            if node.name is not None and caught is not None:
                bind(self, node.name.name, Part(self.number(node), "element", caught))
        return self.suite(arm, node.body)

    def _match(self, node: cst.Match) -> None:
        subject = self.read(node.subject)
        going_on: list[Arm] = []
        for arm, case in zip(self.arms("choice"), node.cases, strict=False):
            with self.scope.arm(arm):
                self._case(case, arm, subject)
            going_on += self.suite(arm, case.body)
        if any(patterns.takes_all(case) for case in node.cases):
            self.scope.settle(going_on)

    def _case(self, node: cst.MatchCase, arm: Arm, subject: Expression) -> None:
        match node:
            case cst.MatchCase(pattern=cst.MatchValue(value=value), guard=None):
                same = Operation(self.number(node), "Equal", (subject, self.read(value)))
                self.scope.conditions[arm] = Condition(same, True)
            case _:
                patterns.bind_pattern(self, node.pattern, subject)
                if node.guard is not None:
                    self.read(node.guard)

    def _function(self, node: cst.FunctionDef) -> None:
        decorators = tuple(self.read(decorator.decorator) for decorator in node.decorators)
        parameters = signatures.parameters(self, node.params)
        returns = signatures.annotation(self, node.returns)
        scope = self.open("function", node.name.value, node.name, self.scope)
        scope.parameters, scope.decorators = parameters, decorators
        scope.is_async = node.asynchronous is not None
        scope.annotation = returns
        statement = self.statement
        with Inside(self, scope):
            self.block(node.body.body)
        self.statement = statement
        bind(self, node.name, Definition(self.number(node.name), scope.index))

    def _class(self, node: cst.ClassDef) -> None:
        decorators = tuple(self.read(decorator.decorator) for decorator in node.decorators)
        bases = tuple(self.read(argument.value) for argument in node.bases)
        for keyword in node.keywords:
            self.read(keyword.value)
        scope = self.open("class", node.name.value, node.name, self.scope)
        scope.decorators, scope.bases = decorators, bases
        statement = self.statement
        with Inside(self, scope):
            self.block(node.body.body)
        self.statement = statement
        bind(self, node.name, Definition(self.number(node.name), scope.index))


_NARROW = frozenset(
    {
        *("ArithmeticError", "EOFError", "ImportError", "IndexError", "KeyError", "LookupError"),
        *("ModuleNotFoundError", "NameError", "OSError", "StopIteration"),
        *("UnicodeDecodeError", "UnicodeError", "ValueError", "ZeroDivisionError"),
    }
)
"""Exceptions of which none is what Spark raises for a thing that it refuses."""


def _is_narrow(handler: cst.ExceptHandler | cst.ExceptStarHandler) -> bool:
    match handler.type:
        case cst.Name(value=name):
            return name in _NARROW
        case cst.Tuple(elements=elements):
            names = [each.value for each in elements]
            return all(isinstance(name, cst.Name) and name.value in _NARROW for name in names)
    return False


def _leaves(suite: cst.BaseSuite) -> bool:
    """Whether what stands after a suite is not reached from its end."""
    last = suite.body[-1] if suite.body else None
    if isinstance(last, cst.SimpleStatementLine):
        last = last.body[-1]
    return isinstance(last, cst.Return | cst.Raise | cst.Continue | cst.Break)


def _last(iterated: Expression) -> Expression | None:
    """What a loop over something written out leaves in its target."""
    match iterated:
        case Display(kind="list" | "tuple", items=[*_, (_, last)]) if not isinstance(last, Part):
            return last
    return None


def _breaks(body: cst.CSTNode) -> bool:
    """Whether a `break` may end the loop that `body` belongs to, or one inside it."""
    return isinstance(body, cst.Break) or any(map(_breaks, body.children))


def _is_main_guard(test: cst.BaseExpression) -> bool:
    match test:
        case cst.Comparison(
            left=cst.Name(value="__name__"),
            comparisons=[
                cst.ComparisonTarget(
                    operator=cst.Equal(),
                    comparator=cst.SimpleString(value=("'__main__'" | '"__main__"')),
                )
            ],
        ):
            return True
    return False
