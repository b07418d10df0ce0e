"""The picture of a closure that both witnesses draw and every rule reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from sparkguard.diagnostic import Diagnostic, Severity, Span
from sparkguard.repair import Place, Repair
from sparkguard.targets import TARGETS, Target

StepKind = Literal["cell", "global", "default", "attribute", "element", "call", "import", "run"]
Origin = Literal["source", "live"]

Family = Literal[
    "session",
    "context",
    "dataframe",
    "column",
    "jvm",
    "own",
    "lock",
    "connection",
    "stream",
    "native",
    "main",
    "accumulator",
]
CargoKind = Literal["model", "collection", "broadcast"]
ChangeKind = Literal["rebound", "mutated", "kept"]
Pace = Literal["partition", "batch", "row"]
ActKind = Literal["make", "infer", "decode", "build", "replace"]

PROBED = "sparkguard.probe"
"""The api of a ship point that nothing ships yet: a probe asks what would become of it."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Something that Spark refuses: it does not travel, or does not run on a worker.

    Args:
        type: Canonical dotted name of a type; of what is called, where a call is refused.
        family: Which rule speaks of it. Driver-only: the session, the context, distributed data, a
            column, anything else that stands for an object of the JVM or of the server, what the
            user says must stay there. Unpicklable: locks, connections, streams, objects of C
            libraries, what `__main__` defines where plain pickle sends it by name.
        noun: How a message calls one, `a SparkSession`.
        refusals: Spark's own words, per target; an absent target takes it, or does not have it.
        cure: The help line, where it is this type's own.
    """

    type: str
    family: Family
    noun: str
    refusals: Mapping[Target, str]
    cure: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a capture path.

    Args:
        kind: How the thing is held: a closure cell, a module global, a default argument, an
            attribute, an element of a container, a part of a callable (a bound method's object, the
            arguments of a partial), a module that the worker imports, a call that the worker runs.
        text: The step in the user's words: `self`, `.spark`, `[0]`.
        type: Dotted name of what is reached, where it is known.
        span: Where the source takes this step, where it is known.
    """

    kind: StepKind
    text: str
    type: str | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Cargo:
    """What makes a captured value heavy, though it travels.

    Args:
        kind: A model; what was collected on the driver; what was taken out of a broadcast.
        noun: How a message calls it, `a model of torchvision`.
    """

    kind: CargoKind
    noun: str


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of a captured name, so that the driver and the workers see different things.

    Args:
        kind: `rebound`: the driver gives the name another value before the function is pickled;
            `mutated`: the shipped code changes its copy; `kept`: the shipped code keeps a value in
            it for the next call.
        at: Where that happens.
        read: Where the driver reads it afterwards.
        text: What does it, in the user's words: `seen.append`.
        room: Behind which parameter of the function a default argument has room.
    """

    kind: ChangeKind
    at: Span
    read: Span | None = None
    text: str = ""
    room: Span | None = None


@dataclass(frozen=True, slots=True)
class Returned:
    """A value that the shipped function returns: the name of its type in Python, where known."""

    span: Span
    type: str


@dataclass(frozen=True, slots=True)
class Draw:
    """A call in the shipped function that gives another value each time: `random.random`."""

    span: Span
    name: str


@dataclass(frozen=True, slots=True)
class Capture:
    """A value that travels with a function, or a call that the function makes where it runs.

    Args:
        path: The steps from the function to the value.
        span: Where the shipped code names the first thing on the way (what a reader must change).
        bound_at: Where the value at the end of the path was bound.
        holder: The user's class whose instance holds the value, if one does.
        entered: How many steps lead to the outermost such instance: 0 is the function itself.
        uses: Every place where the shipped code names the first step.
        bytes: What it weighs when pickled, where it was pickled.
        refusal: What the pickler said, where it was asked.
        refused: What is known to be refused about it.
        repair: How the code can do without it, where that is known.
        cargo: What makes it heavy, where it travels.
        change: What the driver or the workers change about it.
    """

    path: tuple[Step, ...]
    span: Span
    bound_at: Span | None = None
    holder: str | None = None
    entered: int | None = None
    uses: tuple[Span, ...] = ()
    bytes: int | None = None
    refusal: str | None = None
    refused: Refused | None = None
    repair: Repair | None = None
    cargo: Cargo | None = None
    change: Change | None = None

    @property
    def type(self) -> str | None:
        """Dotted name of the type of what travels."""
        return self.path[-1].type


@dataclass(frozen=True, slots=True)
class Act:
    """A call that a shipped function makes where it runs, of a kind that a rule asks for.

    Args:
        kind: It makes something worth keeping (a model, a connection), runs a model, opens a
            picture for a network (`decode`), builds a network in a deprecated way (`build`), or is
            all that a udf does, and Spark has a function for it (`replace`).
        name: Dotted name of what is called, or of the type of the model that is run; of Spark's
            function.
        noun: How a message calls what is made or run, `a connection`.
        text: What is called, in the user's words: `self.model`.
        span: Where the call stands.
        place: The same in the file that ships: the call, or what leads to it.
        path: The calls that lead to it from the shipped function, itself not counted.
        pace: How often it is called: once for a partition, a batch or a row, where it is known.
        other: A second place that matters: where a picture is normalised, where a size is named,
            the deprecated argument.
        gradients: Whether a network keeps what a backward pass would need, where it is known.
        training: Whether it runs in training mode, where it is known.
        outputs: How many numbers a network gives, where that is known and another is meant.
        meant: How many features its user or its test speaks of.
        written: What stands in place of a deprecated argument, where it is certain.
        made: The call that builds the network that is run, where it is known.
        decorated: Where a decorator can stand that leaves gradients out.
    """

    kind: ActKind
    name: str
    noun: str
    text: str
    span: Span
    place: Span
    path: tuple[Step, ...] = ()
    pace: Pace | None = None
    other: Span | None = None
    gradients: bool | None = None
    training: bool | None = None
    outputs: int | None = None
    meant: int | None = None
    written: str | None = None
    made: Span | None = None
    decorated: Place | None = None


@dataclass(frozen=True, slots=True)
class ShipPoint:
    """A call that sends a Python function or object to the workers.

    Args:
        api: Dotted public name of what ships, `pyspark.sql.functions.udf`.
        function: The shipped function in the user's words, `<lambda>`.
        span: The word that ships, `udf` or the `map` of `rdd.map`.
        statement: The whole statement that the call stands in, or the decorator.
        captures: What travels with the function.
        origin: Which witness saw it.
        targets: Where this call ships: `classic`, `connect` or both.
        declared: The type that a udf is declared to return, as SQL writes it: `array<float>`.
        returned: What it is known to return.
        arrow: Whether it is told to run through Arrow, or not to.
        draws: What in it gives another value each time, unless Spark is told so.
        acts: What the function does where it runs, as far as a rule asks for it; each call of a
            file is told once, where it is made most often.
    """

    api: str
    function: str
    span: Span
    statement: Span
    captures: tuple[Capture, ...]
    origin: Origin = "source"
    targets: tuple[Target, ...] = TARGETS
    declared: str | None = None
    returned: tuple[Returned, ...] = ()
    arrow: bool | None = None
    draws: tuple[Draw, ...] = ()
    acts: tuple[Act, ...] = ()


Check = Callable[[ShipPoint], Iterable[Diagnostic]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule; `check` is a pure function of a ship point, or `None` for rules about the check."""

    code: str
    name: str
    severity: Severity
    summary: str
    check: Check | None
    since: str
