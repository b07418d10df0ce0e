"""Reads libcst expressions into facts: names, calls, attributes and what else is followed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

import libcst as cst

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

_PLAIN = re.compile(r"""(["'])([^\\"'\n]*)\1""")
_KINDS = {
    cst.List: "list",
    cst.Tuple: "tuple",
    cst.Set: "set",
    cst.ListComp: "list",
    cst.SetComp: "set",
    cst.GeneratorExp: "generator",
}


class ExpressionReader(Numbering):
    """Reads expressions in the order in which Python evaluates them, and numbers them."""

    def read(self, node: cst.BaseExpression) -> Expression:
        """Reads one expression."""
        match node:
            case cst.Name(value=name):
                return self._name(node, name)
            case cst.Attribute(value=value, attr=attr):
                held = self.read(value)
                if isinstance(held, Name):
                    self.scope.attributes.add((held.id, attr.value))
                return Attribute(self.number(node), held, attr.value, self.number(attr))
            case cst.Call():
                return self._call(node)
            case cst.SimpleString() if self.annotates:
                return self.read(signatures.unquoted(node))
            case cst.SimpleString() | cst.ConcatenatedString() | cst.Integer() | cst.Float():
                return self._constant(node)
            case cst.Lambda():
                return self._lambda(node)
            case cst.List() | cst.Tuple() | cst.Set():
                return self._display(node)
            case cst.Dict():
                return self._dict(node)
            case cst.ListComp() | cst.SetComp() | cst.GeneratorExp() | cst.DictComp():
                return self._comprehension(node)
            case cst.Subscript():
                return self.subscript(node)
            case cst.IfExp(test=test, body=body, orelse=orelse):
                arms = self.arms("choice")
                chosen = zip(self.decided(self.read(test), arms), (body, orelse), strict=True)
                options = tuple(self._option(arm, one, test) for arm, one in chosen)
                return Choice(self.number(node), options)
            case cst.BooleanOperation(left=left, operator=operator, right=right):
                first = self.read(left)
                met, unmet = self.decided(first, self.arms("choice"))
                arm = met if isinstance(operator, cst.And) else unmet
                return Choice(self.number(node), (first, self._option(arm, right)))
            case cst.BinaryOperation(left=left, operator=operator, right=right):
                operands = (self.read(left), self.read(right))
                if self.annotates and isinstance(operator, cst.BitOr):
                    return Choice(self.number(node), operands)
                return Operation(self.number(node), type(operator).__name__, operands)
            case cst.Comparison(left=left, comparisons=[only]):
                operands = (self.read(left), self.read(only.comparator))
                return Operation(self.number(node), type(only.operator).__name__, operands)
            case cst.UnaryOperation(operator=operator, expression=operand):
                name = type(operator).__name__
                return Operation(self.number(node), name, (self.read(operand),))
            case cst.NamedExpr(target=target, value=value):
                return self._walrus(target, value)
            case cst.Await(expression=awaited):
                return self.read(awaited)
            case cst.Yield():
                return self._yield(node)
            case _:
                return self._opaque(node)

    def _option(
        self, arm: Arm, node: cst.BaseExpression, test: cst.BaseExpression | None = None
    ) -> Expression:
        """One side of a conditional; a name whose type the test asks for says nothing by itself."""
        match test, node:
            case (
                cst.Call(func=cst.Name("isinstance"), args=[cst.Arg(value=cst.Name(asked)), *_]),
                cst.Name(name),
            ) if asked == name:
                return self._opaque(node)
        with self.scope.arm(arm):
            return self.read(node)

    def _name(self, node: cst.Name, name: str) -> Expression:
        at = self.number(node)
        if name in ("None", "True", "False"):
            return Constant(at, {"None": None, "True": True, "False": False}[name])
        read = Name(at, name, self.scope.branch)
        self.scope.reads.append(read)
        return read

    def _call(self, node: cst.Call) -> Call:
        function = self.read(node.func)
        arguments = tuple(
            Argument(
                self.read(argument.value),
                argument.keyword.value if argument.keyword else None,
                argument.star,
            )
            for argument in node.args
        )
        call = Call(self.number(node), function, arguments, self.statement, self.scope.branch)
        self.scope.calls.append(call)
        self._emptied(node, call)
        match call:
            case Call(
                function=Name(id="setattr"),
                arguments=[
                    Argument(value=held),
                    Argument(value=Constant(at=at, value=str(attr))),
                    Argument(value=value),
                ],
            ):
                target = Attribute(call.at, held, attr, at)
                binding = AttributeBinding(target, call.at, value, branch=self.scope.branch)
                self.scope.attribute_bindings.append(binding)
        return call

    def _emptied(self, node: cst.Call, call: Call) -> None:
        """A name of this scope whose container a call empties, or takes one item out of."""
        match node.func, call.function:
            case (
                cst.Attribute(value=cst.Name() as held),
                Attribute(value=Name(id=name) as read, attr=("clear" | "pop") as attr),
            ) if name in self.scope.bindings and (attr == "clear" or call.arguments):
                taken = tuple(argument.value for argument in call.arguments[:1])
                value = Operation(self.number(held), attr, (read, *taken))
                targets.bind_name(self, name, held, value)

    def _constant(self, node: cst.BaseExpression) -> Expression:
        match node:
            case cst.SimpleString(value=text) | cst.Integer(value=text) | cst.Float(value=text):
                plain = _PLAIN.fullmatch(text)
                value = plain[2] if plain else ast.literal_eval(text)
                return Constant(self.number(node), value)
            case cst.ConcatenatedString(left=left, right=right):
                match self.read(left), self.read(right):
                    case Constant(value=str(first)), Constant(value=str(second)):
                        return Constant(self.number(node), first + second)
        return Opaque(self.number(node))

    def _lambda(self, node: cst.Lambda) -> Definition:
        parameters = signatures.parameters(self, node.params)
        scope = self.open("lambda", "<lambda>", node, self.scope)
        scope.parameters = parameters
        with Inside(self, scope):
            scope.returns.append(self.read(node.body))
        return Definition(self.number(node), scope.index)

    def _display(self, node: cst.List | cst.Tuple | cst.Set) -> Display:
        items = []
        for position, element in enumerate(node.elements):
            value = self.read(element.value)
            if isinstance(element, cst.StarredElement):
                value = Part(self.number(element), "element", value)
            items.append((f"[{position}]", value))
        kind = _KINDS[type(node)]
        return Display(self.number(node), kind, tuple(items))  # type: ignore[arg-type]

    def _dict(self, node: cst.Dict) -> Display:
        items = []
        for element in node.elements:
            step = SPREAD
            if isinstance(element, cst.DictElement):
                step = step_text(self.read(element.key))
            items.append((step, self.read(element.value)))
        return Display(self.number(node), "dict", tuple(items))

    def _comprehension(
        self, node: cst.ListComp | cst.SetComp | cst.GeneratorExp | cst.DictComp
    ) -> Comprehension:
        outermost = self.read(node.for_in.iter)
        scope = self.open("comprehension", "<comprehension>", node, self.scope)
        with Inside(self, scope):
            self._clauses(node.for_in, outermost, scope.parent)
            match node:
                case cst.DictComp(key=key, value=value):
                    self.read(key)
                    element = self.read(value)
                    kind = "dict"
                case _:
                    element = self.read(node.elt)
                    kind = _KINDS[type(node)]
        return Comprehension(self.number(node), kind, scope.index, element)  # type: ignore[arg-type]

    def _clauses(
        self, clause: cst.CompFor, iterated: Expression, read_in: ScopeBuilder | None
    ) -> None:
        element = Part(self.number(clause), "element", iterated)
        targets.bind(self, clause.target, element, evaluated_in=read_in)
        for condition in clause.ifs:
            self.read(condition.test)
        if clause.inner_for_in is not None:
            self._clauses(clause.inner_for_in, self.read(clause.inner_for_in.iter), None)

    def subscript(self, node: cst.Subscript) -> Subscript:
        """Reads `value[index]`."""
        value = self.read(node.value)
        indices: list[Expression] = []
        for element in node.slice:
            match element.slice:
                case cst.Index(value=inner):
                    indices.append(self.read(inner))
                case cst.Slice(lower=lower, upper=upper, step=step):
                    self.read_all(part for part in (lower, upper, step) if part is not None)
        index: Expression | None = indices[0] if len(indices) == len(node.slice) == 1 else None
        if len(indices) > 1:
            items = tuple((f"[{n}]", item) for n, item in enumerate(indices))
            index = Display(self.number(node), "tuple", items)
        return Subscript(self.number(node), value, index, step_text(index))

    def _walrus(self, target: cst.BaseExpression, value: cst.BaseExpression) -> Expression:
        read = self.read(value)
        inner, outer = self.scope, self.scope.beyond_comprehensions()
        self.scope = outer
        targets.bind(self, target, read, evaluated_in=inner)
        self.scope = inner
        return read

    def _yield(self, node: cst.Yield) -> Opaque:
        self.scope.is_generator = True
        match node.value:
            case cst.From(item=item):
                self.read(item)
            case cst.BaseExpression():
                self.scope.yields.append(self.read(node.value))
        return Opaque(self.number(node))

    def _opaque(self, node: cst.CSTNode) -> Opaque:
        for child in node.children:
            if isinstance(child, cst.BaseExpression):
                self.read(child)
            elif isinstance(child, cst.CSTNode):
                self._opaque(child)
        return Opaque(self.number(node))

    def read_all(self, nodes: Iterable[cst.BaseExpression]) -> None:
        """Reads expressions whose values nobody asks for."""
        for node in nodes:
            self.read(node)


def step_text(index: Expression | None) -> str:
    """How a capture path writes an element: `[0]`, `['key']`, `[...]` for a computed key."""
    match index:
        case Constant(value=value):
            return f"[{value!r}]"
        case _:
            return "[...]"
