"""How shipped code can do without a capture: what is known of each way out, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from sparkguard.diagnostic import Applicability, Span


@dataclass(frozen=True, slots=True)
class Place:
    """Where new lines go.

    Args:
        at: Before a statement, or at the end of its last line.
        indent: What stands before that statement on its line.
        below: New lines go below the statement.
        blank: How many blank lines part new lines from the statement below them.
    """

    at: Span
    indent: str
    below: bool = False
    blank: int = 0


@dataclass(frozen=True, slots=True)
class Instead:
    """What stands in the place of an expression: plain Python, where only the driver can call.

    Args:
        at: What is replaced.
        text: What stands there instead.
    """

    at: Span
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """An expression of shipped code that reads a plain value from what it captures.

    Args:
        span: Where it stands.
        text: As it is written, `self.rate`.
        name: A name for its value that nothing around the function has.
    """

    span: Span
    text: str
    name: str


@dataclass(frozen=True, slots=True)
class Hoist:
    """How shipped code can do without a capture: it reads values before.

    Args:
        place: Where that is: before the statement that makes the function, or below the one that
            binds what the function captures.
        readings: What the code reads of what it captures.
        acts: What it does with it though nobody takes what that gives, as statements.
        idle: What stands where it did that, or where it read for nobody.
        applicability: Safe where all that is read is only looked up: no job runs for it.
    """

    place: Place
    readings: tuple[Reading, ...]
    acts: tuple[str, ...] = ()
    idle: tuple[Instead, ...] = ()
    applicability: Applicability = Applicability.SAFE


@dataclass(frozen=True, slots=True)
class Handed:
    """How a function can do without what a parameter gets: it gets a plain value instead.

    Args:
        parameter: The parameter's name.
        at: What it is given: a default, an argument of a `partial`.
        text: What it is given instead.
        readings: What the function does with the parameter; each gives the same value.
        idle: What it does with it for nothing, and what stands there instead.
        applicability: Unsafe, or less, for others may give the parameter something else.
    """

    parameter: str
    at: Span
    text: str
    readings: tuple[Span, ...]
    idle: tuple[Instead, ...] = ()
    applicability: Applicability = Applicability.UNSAFE


@dataclass(frozen=True, slots=True)
class Left:
    """How an instance can travel: `__getstate__` leaves out an attribute.

    Args:
        attr: The attribute.
        place: Where a method can stand in the class.
        values: What shipped code reads of the attribute, each with the name of an attribute that
            can keep it, `self.version`.
        kept: Below the statement that binds the attribute: there the values are known; without
            it, in the `__post_init__` of a dataclass.
    """

    attr: str
    place: Place
    values: tuple[Reading, ...] = ()
    kept: Place | None = None


@dataclass(frozen=True, slots=True)
class Unbound:
    """How a method can travel without its instance: it is a static method.

    Args:
        name: The method.
        place: Before its `def`.
        receiver: Its first parameter, the comma behind it included.
        hoist: What is read before a function that calls it is made.
    """

    name: str
    place: Place
    receiver: Span
    hoist: Hoist | None = None


@dataclass(frozen=True, slots=True)
class Inside:
    """How a function can do without a capture: it makes it itself, where it runs.

    Args:
        name: The name of the capture.
        text: The statement that makes it.
        place: Before the first statement of the function.
    """

    name: str
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Shared:
    """How a function can do without what it takes: a broadcast carries it.

    Args:
        name: The broadcast's name.
        readings: Where the function reads what it takes.
        made: The call that makes the broadcast, where there is none yet.
        place: Where that call can stand.
    """

    name: str
    readings: tuple[Span, ...]
    made: str = ""
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Quoted:
    """How a function travels without what annotates a parameter: the annotation is a text.

    Args:
        name: The parameter.
        at: The annotation.
        text: The same as a text.
    """

    name: str
    at: Span
    text: str


Repair: TypeAlias = Handed | Hoist | Inside | Instead | Left | Quoted | Shared | Unbound
"""How shipped code can do without a capture."""
