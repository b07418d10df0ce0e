"""All the expressions that a scope evaluates, as far as the facts hold them."""

from __future__ import annotations

from collections.abc import Iterator

from sparkguard.source.facts import (
    Attribute,
    Call,
    Choice,
    Display,
    Expression,
    Operation,
    Part,
    Scope,
    Subscript,
)


def expressions(scope: Scope) -> Iterator[Expression]:
    """Every expression of a scope, the parts of each included; some come more than once."""
    tops: list[Expression | None] = [*scope.calls, *scope.returns, *scope.yields]
    tops += [binding.value for bound in scope.bindings.values() for binding in bound]
    tops += [binding.value for binding in scope.attribute_bindings]
    tops += [item.value for item in scope.item_bindings]
    tops += [item.container for item in scope.item_bindings]
    tops += [condition.test for condition in scope.conditions.values()]
    for top in tops:
        if top is not None:
            yield from within(top)


def within(expression: Expression) -> Iterator[Expression]:
    """An expression and the parts of it, those of inner functions and comprehensions left out."""
    pending = [expression]
    while pending:
        each = pending.pop()
        yield each
        pending += parts(each)


def parts(expression: Expression) -> Iterator[Expression]:
    """What an expression is directly made of."""
    match expression:
        case Attribute(value=value) | Part(of=value):
            yield value
        case Call(function=function, arguments=arguments):
            yield function
            yield from (argument.value for argument in arguments)
        case Display(items=items):
            yield from (item for _, item in items)
        case Choice(options=options):
            yield from options
        case Operation(operands=operands):
            yield from operands
        case Subscript(value=value, index=index):
            yield value
            if index is not None:
                yield index
