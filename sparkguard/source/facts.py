"""What one file says, as plain data: its scopes, what they bind, and the expressions that matter.

`at` is the serial number of an expression: numbers grow in the order in which Python evaluates one
scope, and `parse.Anchors` turns a number into a span. `branch` names the arms of `if`, `for`, `try`
... that a thing stands in; what stands in no arm always happens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Literal, NamedTuple, TypeAlias

from msgspec import Struct, field

ArmKind = Literal["choice", "attempt", "trial", "loop", "elsewhere"]
ScopeKind = Literal["module", "class", "function", "lambda", "comprehension"]
ParameterKind = Literal["positional", "keyword", "args", "kwargs"]
PartKind = Literal["element", "item", "rest", "entered"]

SPREAD = "[**]"
"""The step to what a dict takes over from another."""
MODULE = 0
"""The number of a module's own scope."""


class Arm(NamedTuple):
    """One arm of a compound statement.

    Args:
        kind: Of a `choice` one arm runs, of an `attempt` (`try`) any may, a `loop` may run again;
            a `trial` is what is attempted where no handler would take what Spark raises;
            `elsewhere` is what another scope binds by `global` or `nonlocal`, nobody knows when.
        statement: Which statement, counted over the file.
        number: Which of its arms.
    """

    kind: ArmKind
    statement: int = 0
    number: int = 0


Branch: TypeAlias = tuple[Arm, ...]
ELSEWHERE = Arm("elsewhere")


class Name(Struct, frozen=True, gc=False):
    """A name that is read."""

    at: int
    id: str
    branch: Branch = ()


class Attribute(Struct, frozen=True, gc=False):
    """`value.attr`; `attr_at` is the number of the word after the dot."""

    at: int
    value: Expression
    attr: str
    attr_at: int


class Argument(Struct, frozen=True, gc=False):
    """One argument of a call; `star` is `""`, `"*"` or `"**"`."""

    value: Expression
    keyword: str | None = None
    star: str = ""


class Call(Struct, frozen=True, eq=False, gc=False):
    """`function(arguments)`; `statement` is the number of the statement around it."""

    at: int
    function: Expression
    arguments: tuple[Argument, ...]
    statement: int
    branch: Branch = ()


class Definition(Struct, frozen=True, gc=False):
    """A `def`, a `class` or a lambda: the number of the scope that it opens."""

    at: int
    scope: int


class Comprehension(Struct, frozen=True, gc=False):
    """A comprehension or a generator expression; `element` is evaluated in `scope`."""

    at: int
    kind: Literal["list", "set", "dict", "generator"]
    scope: int
    element: Expression


class Display(Struct, frozen=True, gc=False):
    """A list, tuple, set or dict that is written out: how each item is reached, and the item."""

    at: int
    kind: Literal["list", "tuple", "set", "dict"]
    items: tuple[tuple[str, Expression], ...]


class Choice(Struct, frozen=True, gc=False):
    """`a if c else b`, `a or b`: one of the options."""

    at: int
    options: tuple[Expression, ...]


class Operation(Struct, frozen=True, gc=False):
    """`left + right`, `not value`, `left < right`: what an operator makes of its operands."""

    at: int
    operator: str
    operands: tuple[Expression, ...]


class Subscript(Struct, frozen=True, gc=False):
    """`value[index]`; `step` is how the element is written, `[0]`."""

    at: int
    value: Expression
    index: Expression | None
    step: str


class Constant(Struct, frozen=True, gc=False):
    """A literal string, number or `None`."""

    at: int
    value: str | int | float | bytes | bool | None


class Part(Struct, frozen=True, gc=False):
    """An element of `of`, its item number `index`, all from there on, or what a `with` gives."""

    at: int
    kind: PartKind
    of: Expression
    index: int | None = None


class Import(Struct, frozen=True, gc=False):
    """`import module` or `from module import name`; `level` counts the leading dots."""

    at: int
    module: str
    name: str | None
    level: int


class Opaque(Struct, frozen=True, gc=False):
    """An expression whose value is not followed."""

    at: int


Expression: TypeAlias = (
    "Name | Attribute | Call | Definition | Comprehension | Display | Choice | Operation"
    " | Subscript | Constant | Part | Import | Opaque"
)


class Binding(Struct, frozen=True, gc=False):
    """A name that gets a value.

    Args:
        name: The name.
        at: Its number.
        scope: Where the value is evaluated: a `global` makes it another scope than the name's.
        value: What it gets, where anything is known of it.
        annotation: What the binding itself says of it.
        branch: The arms that it stands in.
        settled: The arms around a statement whose every arm binds the name, this being the first:
            whatever the name was before, it is no more.
    """

    name: str
    at: int
    scope: int
    value: Expression | None = None
    annotation: Expression | None = None
    branch: Branch = ()
    settled: Branch | None = None


class AttributeBinding(Struct, frozen=True, gc=False):
    """`target.attr = value`."""

    target: Attribute
    at: int
    value: Expression | None = None
    annotation: Expression | None = None
    branch: Branch = ()


class ItemBinding(Struct, frozen=True, gc=False):
    """`container[key] = value`, or `del container[key]`; `key` is `None` where it is computed."""

    container: Expression
    key: str | None
    value: Expression | None
    at: int
    branch: Branch = ()


class Parameter(Struct, frozen=True, gc=False):
    """A parameter of a function."""

    name: str
    at: int
    kind: ParameterKind
    annotation: Expression | None = None
    default: Expression | None = None


class Condition(NamedTuple):
    """An arm runs where `test` is met, or where it is not."""

    test: Expression
    met: bool


class Scope(Struct, frozen=True, gc=False):
    """A module, class, function, lambda or comprehension, with all that happens directly in it.

    `annotation` is what a function says it returns; `conditions` are those of arms; `reads` are the
    names that its code loads (annotations apart), `attributes` the pairs `(name, attr)` of each
    `name.attr` in it, `asked` the names whose type an `if` asks for, with the number of that
    statement, `asserted` the pairs `(name, attr)` whose type an `assert` narrows, `locals` the
    names that it binds, its parameters included.
    """

    kind: ScopeKind
    name: str
    qualname: str
    at: int
    parent: int | None
    statement: int = 0
    branch: Branch = ()
    parameters: Sequence[Parameter] = ()
    decorators: Sequence[Expression] = ()
    bases: Sequence[Expression] = ()
    annotation: Expression | None = None
    bindings: Mapping[str, Sequence[Binding]] = field(default_factory=dict)
    attribute_bindings: Sequence[AttributeBinding] = ()
    item_bindings: Sequence[ItemBinding] = ()
    reads: Sequence[Name] = ()
    attributes: AbstractSet[tuple[str, str]] = frozenset()
    calls: Sequence[Call] = ()
    returns: Sequence[Expression] = ()
    yields: Sequence[Expression] = ()
    conditions: Mapping[Arm, Condition] = field(default_factory=dict)
    asked: frozenset[tuple[str, int]] = frozenset()
    asserted: frozenset[tuple[str, str]] = frozenset()
    locals: frozenset[str] = frozenset()
    globals: frozenset[str] = frozenset()
    nonlocals: frozenset[str] = frozenset()
    children: Sequence[int] = ()
    is_generator: bool = False
    is_async: bool = False

    def narrows(self, name: str) -> bool:
        """Whether an `if` that asks the type of `name` binds it anew: its old type is gone."""
        arms = [arm for binding in self.bindings.get(name, ()) for arm in binding.branch]
        return any((name, arm.statement) in self.asked for arm in arms)

    def hinges(self, binding: Binding, branch: Branch) -> bool:
        """Whether a binding was made where another name has a certain type, and `branch` is not."""
        if not self.asked:
            return False
        left = {arm.statement for arm in binding.branch if arm not in branch}
        asked = {name for name, statement in self.asked if statement in left}
        return bool(asked) and binding.name not in asked


class ModuleFacts(Struct, frozen=True, gc=False):
    """All scopes of one file, the module first.

    Args:
        scopes: The scopes.
        stars: The modules of `from x import *`.
        guarded: The numbers of what stands under `if __name__ == "__main__"`.
    """

    scopes: tuple[Scope, ...]
    stars: tuple[Import, ...] = ()
    guarded: tuple[range, ...] = ()

    @property
    def postponed(self) -> bool:
        """Whether annotations are kept as texts, as `from __future__ import annotations` asks."""
        future = (b.value for b in self.scopes[MODULE].bindings.get("annotations", ()))
        return any(isinstance(one, Import) and one.module == "__future__" for one in future)

    def is_guarded(self, at: int) -> bool:
        """Whether what has this number is passed over when the file is imported."""
        return any(at in numbers for numbers in self.guarded)

    def owner(self, scope: int, name: str) -> int | None:
        """The scope that `name`, read in `scope`, belongs to by CPython's rules, if to any here."""
        here = self.scopes[scope]
        if name in here.globals:
            return MODULE
        if name not in here.nonlocals and name in here.locals:
            return scope
        around = here.parent
        while around is not None and around != MODULE:
            outer = self.scopes[around]
            if outer.kind != "class":
                return self.owner(around, name)
            around = outer.parent
        return MODULE if name in self.scopes[MODULE].bindings else None

    def in_doubt(self, read: Name, scope: int, owner: int | None) -> bool:
        """Whether a name is read in an arm of an `if` that asks what type it has."""
        branch, around = read.branch, self.scopes[scope]
        while True:
            if around.asked and any((read.id, arm.statement) in around.asked for arm in branch):
                return True
            if scope == owner or around.parent is None:
                return False
            scope, branch = around.parent, around.branch
            around = self.scopes[scope]
