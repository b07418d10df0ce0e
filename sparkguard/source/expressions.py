"""Reads expressions into facts: names, calls, attributes and what else is followed."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from sparkguard.source import signatures, targets
from sparkguard.source.builder import ScopeBuilder
from sparkguard.source.facts import (
    SPREAD,
    Argument,
    Arm,
    Attribute,
    AttributeBinding,
    Call,
    Choice,
    Comprehension,
    Constant,
    Definition,
    Display,
    Expression,
    Name,
    Opaque,
    Operation,
    Part,
    Subscript,
)
from sparkguard.source.numbering import Inside, Numbering
from sparkguard.source.places import IN_STRINGS_BY_US, Indices, Named, Stretch, Within
from sparkguard.source.syntax import DEEP, TooDeep

# fmt: off
_OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "Add", ast.Sub: "Subtract", ast.Mult: "Multiply", ast.Div: "Divide",
    ast.FloorDiv: "FloorDivide", ast.Mod: "Modulo", ast.Pow: "Power", ast.MatMult: "MatrixMultiply",
    ast.LShift: "LeftShift", ast.RShift: "RightShift",
    ast.BitOr: "BitOr", ast.BitAnd: "BitAnd", ast.BitXor: "BitXor",
    ast.Eq: "Equal", ast.NotEq: "NotEqual", ast.Lt: "LessThan", ast.LtE: "LessThanEqual",
    ast.Gt: "GreaterThan", ast.GtE: "GreaterThanEqual",
    ast.Is: "Is", ast.IsNot: "IsNot", ast.In: "In", ast.NotIn: "NotIn",
    ast.Not: "Not", ast.Invert: "BitInvert", ast.UAdd: "Plus", ast.USub: "Minus",
}
# fmt: on
_KINDS = {
    ast.List: "list",
    ast.Tuple: "tuple",
    ast.Set: "set",
    ast.ListComp: "list",
    ast.SetComp: "set",
    ast.DictComp: "dict",
    ast.GeneratorExp: "generator",
}
_Comprehension: TypeAlias = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp


class ExpressionReader(Numbering):
    """Reads expressions in the order in which Python evaluates them, and numbers them."""

    def read(self, node: ast.expr) -> Expression:
        """Reads one expression, one level deeper: `go_deeper` without a call for each node."""
        self.depth += 1
        if self.depth > DEEP:
            raise TooDeep
        found = _READERS[type(node)](self, node)
        self.depth -= 1
        return found

    def _await(self, node: ast.Await) -> Expression:
        return self.read(node.value)

    def _attribute(self, node: ast.Attribute) -> Attribute:
        held = self.read(node.value)
        if isinstance(held, Name):
            self.scope.attributes.add((held.id, node.attr))
        return Attribute(self.number(node), held, node.attr, self.number(Named(node)))

    def _if_else(self, node: ast.IfExp) -> Choice:
        arms = self.arms("choice")
        met, unmet = self.decided(self.read(node.test), arms)
        options = (
            self._option(met, node.body, node.test),
            self._option(unmet, node.orelse, node.test),
        )
        return Choice(self.number(node), options)

    def _either(self, node: ast.BoolOp) -> Expression:
        """`a or b or c`, read as `(a or b) or c`: each operand is a level; too many are opaque."""
        first, *others = node.values
        if self.depth + len(others) >= DEEP:
            return self._opaque(node)
        self.depth += len(others)
        chosen = self.read(first)
        for other in others:
            met, unmet = self.decided(chosen, self.arms("choice"))
            arm = met if isinstance(node.op, ast.And) else unmet
            at = self.number(node if other is others[-1] else Stretch(node, other))
            chosen = Choice(at, (chosen, self._option(arm, other)))
        self.depth -= len(others)
        return chosen

    def _binary(self, node: ast.BinOp) -> Expression:
        operands = (self.read(node.left), self.read(node.right))
        if self.annotates and isinstance(node.op, ast.BitOr):
            return Choice(self.number(node), operands)
        return Operation(self.number(node), operator_name(node.op), operands)

    def _compare(self, node: ast.Compare) -> Expression:
        if len(node.ops) > 1:
            return self._opaque(node)
        operands = (self.read(node.left), self.read(node.comparators[0]))
        return Operation(self.number(node), operator_name(node.ops[0]), operands)

    def _unary(self, node: ast.UnaryOp) -> Operation:
        return Operation(self.number(node), operator_name(node.op), (self.read(node.operand),))

    def _option(self, arm: Arm, node: ast.expr, test: ast.expr | None = None) -> Expression:
        """One side of a conditional; a name whose type the test asks for says nothing by itself."""
        match test, node:
            case (
                ast.Call(func=ast.Name(id="isinstance"), args=[ast.Name(id=asked), *_]),
                ast.Name(id=name),
            ) if asked == name:
                return self._opaque(node)
        with self.scope.arm(arm):
            return self.read(node)

    def _name(self, node: ast.Name) -> Expression:
        scope = self.scope
        read = Name(self.number(node), node.id, scope.arms)
        scope.reads.append(read)
        return read

    def _call(self, node: ast.Call) -> Call:
        function = self.read(node.func)
        arguments = tuple([self._argument(argument) for argument in _in_order(node)])
        scope = self.scope
        call = Call(self.number(node), function, arguments, self.statement, scope.arms)
        scope.calls.append(call)
        match function:
            case Name(id="setattr"):
                self._attribute_set(call)
            case Attribute(attr="clear" | "pop"):
                self._emptied(node, call)
        return call

    def _attribute_set(self, call: Call) -> None:
        match call.arguments:
            case [
                Argument(value=held),
                Argument(value=Constant(at=at, value=str(attr))),
                Argument(value=value),
            ]:
                target = Attribute(call.at, held, attr, at)
                binding = AttributeBinding(target, call.at, value, branch=self.scope.arms)
                self.scope.attribute_bindings.append(binding)

    def _argument(self, node: ast.expr | ast.keyword) -> Argument:
        if isinstance(node, ast.keyword):
            return Argument(self.read(node.value), node.arg, "" if node.arg else "**")
        if isinstance(node, ast.Starred):
            return Argument(self.read(node.value), None, "*")
        return Argument(self.read(node))

    def _emptied(self, node: ast.Call, call: Call) -> None:
        """A name of this scope whose container a call empties, or takes one item out of."""
        match node.func, call.function:
            case (
                ast.Attribute(value=ast.Name() as held),
                Attribute(value=Name(id=name) as read, attr=("clear" | "pop") as attr),
            ) if name in self.scope.bindings and (attr == "clear" or call.arguments):
                taken = tuple(argument.value for argument in call.arguments[:1])
                value = Operation(self.number(held), attr, (read, *taken))
                targets.bind_name(self, name, held, value)

    def _constant(self, node: ast.Constant) -> Expression:
        value = node.value
        if self.annotates and isinstance(value, str):
            return self.read(signatures.unquoted(value))
        if value is None or isinstance(value, str | int | float | bytes):
            return Constant(self.number(node), value)
        return Opaque(self.number(node))

    def _lambda(self, node: ast.Lambda) -> Definition:
        parameters = signatures.parameters(self, node.args)
        scope = self.open("lambda", "<lambda>", node, self.scope)
        scope.parameters = parameters
        with Inside(self, scope):
            scope.returns.append(self.read(node.body))
        return Definition(self.number(node), scope.index)

    def _display(self, node: ast.List | ast.Tuple | ast.Set) -> Display:
        items = []
        for position, element in enumerate(node.elts):
            if isinstance(element, ast.Starred):
                held = self.read(element.value)
                value: Expression = Part(self.number(element), "element", held)
            else:
                value = self.read(element)
            items.append((f"[{position}]", value))
        kind = _KINDS[type(node)]
        return Display(self.number(node), kind, tuple(items))  # type: ignore[arg-type]

    def _dict(self, node: ast.Dict) -> Display:
        items = []
        for key, value in zip(node.keys, node.values, strict=True):
            step = SPREAD if key is None else step_text(self.read(key))
            items.append((step, self.read(value)))
        return Display(self.number(node), "dict", tuple(items))

    def _comprehension(self, node: _Comprehension) -> Comprehension:
        outermost = self.read(node.generators[0].iter)
        scope = self.open("comprehension", "<comprehension>", node, self.scope)
        with Inside(self, scope):
            self._clauses(node.generators, outermost, scope.around)
            match node:
                case ast.DictComp(key=key, value=value):
                    self.read(key)
                    element = self.read(value)
                case _:
                    element = self.read(node.elt)
        kind = _KINDS[type(node)]
        return Comprehension(self.number(node), kind, scope.index, element)  # type: ignore[arg-type]

    def _clauses(
        self, clauses: list[ast.comprehension], iterated: Expression, read_in: ScopeBuilder | None
    ) -> None:
        clause, *inner = clauses
        element = Part(self.number(Stretch(clause, clauses[-1])), "element", iterated)
        targets.bind(self, clause.target, element, evaluated_in=read_in)
        self.read_all(clause.ifs)
        if inner:
            self._clauses(inner, self.read(inner[0].iter), None)

    def subscript(self, node: ast.Subscript) -> Subscript:
        """Reads `value[index]`."""
        value = self.read(node.value)
        written = node.slice
        index: Expression | None = None
        if isinstance(written, ast.Tuple) and written.elts:
            index = self._indices(node, written)
        elif isinstance(written, ast.Slice):
            self._slice(written)
        else:
            index = self.read(written)
        return Subscript(self.number(node), value, index, step_text(index))

    def _indices(self, node: ast.Subscript, written: ast.Tuple) -> Expression | None:
        read: list[Expression] = []
        for element in written.elts:
            match element:
                case ast.Slice():
                    self._slice(element)
                case ast.Starred(value=value):
                    read.append(self.read(value))
                case _:
                    read.append(self.read(element))
        if not read or (len(read) == 1 and len(written.elts) > 1):
            return None
        items = tuple((f"[{n}]", item) for n, item in enumerate(read))
        return Display(self.number(Indices(node, written)), "tuple", items)

    def _slice(self, node: ast.Slice) -> None:
        self.read_all(part for part in (node.lower, node.upper, node.step) if part is not None)

    def _walrus(self, node: ast.NamedExpr) -> Expression:
        read = self.read(node.value)
        inner, outer = self.scope, self.scope.beyond_comprehensions()
        self.scope = outer
        targets.bind(self, node.target, read, evaluated_in=inner)
        self.scope = inner
        return read

    def _yield(self, node: ast.Yield) -> Opaque:
        self.scope.is_generator = True
        if node.value is not None:
            self.scope.yields.append(self.read(node.value))
        return Opaque(self.number(node))

    def _yield_from(self, node: ast.YieldFrom) -> Opaque:
        self.scope.is_generator = True
        self.read(node.value)
        return Opaque(self.number(node))

    def _formatted(self, node: ast.JoinedStr) -> Opaque:
        around, start = self.in_string, len(self.nodes)
        self.in_string = True
        self.read_all(value for value in node.values if isinstance(value, ast.FormattedValue))
        self.in_string = around
        if IN_STRINGS_BY_US and not around:
            self.nodes[start:] = [Within(node, place) for place in self.nodes[start:]]
        return Opaque(self.number(node))

    def _opaque(self, node: ast.AST) -> Opaque:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.read(child)
            elif child._fields:
                self._opaque(child)
        return Opaque(self.number(node))

    def read_all(self, nodes: Iterable[ast.expr]) -> None:
        """Reads expressions whose values nobody asks for."""
        for node in nodes:
            self.read(node)


_READERS: dict[type[ast.AST], Callable[[ExpressionReader, Any], Expression]] = {
    **dict.fromkeys(ast.expr.__subclasses__(), ExpressionReader._opaque),
    ast.Attribute: ExpressionReader._attribute,
    ast.Await: ExpressionReader._await,
    ast.BinOp: ExpressionReader._binary,
    ast.BoolOp: ExpressionReader._either,
    ast.Call: ExpressionReader._call,
    ast.Compare: ExpressionReader._compare,
    ast.Constant: ExpressionReader._constant,
    ast.Dict: ExpressionReader._dict,
    ast.DictComp: ExpressionReader._comprehension,
    ast.GeneratorExp: ExpressionReader._comprehension,
    ast.IfExp: ExpressionReader._if_else,
    ast.JoinedStr: ExpressionReader._formatted,
    ast.Lambda: ExpressionReader._lambda,
    ast.List: ExpressionReader._display,
    ast.ListComp: ExpressionReader._comprehension,
    ast.Name: ExpressionReader._name,
    ast.NamedExpr: ExpressionReader._walrus,
    ast.Set: ExpressionReader._display,
    ast.SetComp: ExpressionReader._comprehension,
    ast.Subscript: ExpressionReader.subscript,
    ast.Tuple: ExpressionReader._display,
    ast.UnaryOp: ExpressionReader._unary,
    ast.Yield: ExpressionReader._yield,
    ast.YieldFrom: ExpressionReader._yield_from,
}


def _in_order(call: ast.Call) -> list[ast.expr | ast.keyword]:
    """The arguments of a call as they are written: `*more` may stand behind a keyword."""
    if not call.keywords:
        return [*call.args]
    written: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    if any(isinstance(argument, ast.Starred) for argument in call.args):
        written.sort(key=lambda argument: (argument.lineno, argument.col_offset))
    return written


def operator_name(operator: ast.AST) -> str:
    """What an operator is called in facts."""
    return _OPERATORS[type(operator)]


def step_text(index: Expression | None) -> str:
    """How a capture path writes an element: `[0]`, `['key']`, `[...]` for a computed key."""
    match index:
        case Constant(value=value):
            return f"[{value!r}]"
        case _:
            return "[...]"
