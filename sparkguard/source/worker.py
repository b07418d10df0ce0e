"""What shipped code does where it runs: the calls that only the driver can make."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from sparkguard.model import Refused, StepKind
from sparkguard.source import classes, conditions, objects, refusal, state, wording
from sparkguard.source.facts import (
    Arm,
    Attribute,
    Branch,
    Call,
    Expression,
    Import,
    Subscript,
)
from sparkguard.source.index import ProjectIndex
from sparkguard.source.module import Module, last_name
from sparkguard.source.needed import Assumed
from sparkguard.source.types import Evaluator
from sparkguard.source.values import (
    Bound,
    Class,
    Frame,
    Function,
    Object,
    Partial,
    Thunk,
    Value,
)

RUNS = 200
DEPTH = 6
_ON_OBJECTS = (
    *("open", "process", "close"),
    "addInPlace",
    *("init", "handleInputRows", "handleInitialState", "handleExpiredTimer"),
)
_MAKERS = ("reader", "writer", "streamReader", "streamWriter", "simpleStreamReader")
_ON_READERS = (
    *("partitions", "read", "write", "commit", "abort"),
    *("initialOffset", "latestOffset", "readBetweenOffsets"),
)
_ON_CLASSES = ("__init__", "eval", "terminate")


class Way(Struct, frozen=True):
    """A call or an import on the way, in the user's words, and where it is written."""

    kind: StepKind
    word: str
    module: Module
    at: int


class Ran(Struct, frozen=True):
    """A call that a worker refuses, and the way to it, which ends with the call."""

    refused: Refused
    way: tuple[Way, ...]


class Run(Struct, frozen=True):
    """One run of a frame, of a module's own where `imported` is that module."""

    frame: Frame
    through: tuple[Way, ...] = ()
    imported: Module | None = None
    direct: bool = False
    assumed: Assumed = frozenset()

    def sure(self, evaluator: Evaluator, at: int, branch: Branch) -> bool:
        """Whether code that stands in these arms is meant to run here.

        What the shipped function itself does in one arm of an `if` was written for the workers; a
        helper may serve the driver, too, and choose by what it is given.
        """
        if self.imported is not None and self.frame.module.facts.is_guarded(at):
            return False
        return all(self._takes(evaluator, arm) for arm in branch)

    def _takes(self, evaluator: Evaluator, arm: Arm) -> bool:
        if (self.frame.module, arm) in self.assumed:
            return True
        decided = conditions.runs(evaluator, arm, self.frame)
        if decided is not None:
            return decided
        if arm.statement in {statement for _, statement in self.frame.facts.asked}:
            return False
        return arm.kind in ("loop", "trial") or (arm.kind == "choice" and self.direct)

    def reaches(self, call: Call) -> bool:
        """Whether the call is made whenever the frame runs, as far as can be told."""
        if self.direct or self.imported is not None:
            return True
        return all(returned.at >= call.at for returned in self.frame.facts.returns)


class Done(Struct, frozen=True):
    """What some runs do, apart from what happens in the modules that they import.

    Args:
        refused: The calls that a worker refuses, nearest first.
        imported: The modules that are imported, and the way to each.
        runs: How many frames were run.
    """

    refused: tuple[Ran, ...]
    imported: tuple[tuple[Module, tuple[Way, ...]], ...]
    runs: int = 0


def followed(evaluator: Evaluator, runs: Iterable[Run]) -> Done:
    """What some runs do, and the functions that they call, nearest first."""
    pending, met = deque[Run](), set[tuple[Module, int]]()
    refused: list[Ran] = []
    imported: dict[Module, tuple[Way, ...]] = {}

    def wait(runs: Iterable[Run]) -> None:
        for run in runs:
            place = (run.frame.module, run.frame.scope)
            if place not in met and len(run.through) <= DEPTH:
                met.add(place)
                pending.append(run)

    wait(runs)
    visits = 0
    while pending and visits < RUNS:
        run = pending.popleft()
        visits += 1
        for call, frame in _calls(evaluator, run):
            refused += _refused(evaluator, run, call, frame)
            wait(_callees(evaluator, run, call, frame))
        for expression in _kept(evaluator, run):
            wait(_properties(evaluator, run, expression, run.frame))
        for module, way in _imports(evaluator, run):
            imported.setdefault(module, way)
    return Done(tuple(refused), tuple(imported.items()), visits)


def _kept(evaluator: Evaluator, run: Run) -> Iterator[Expression]:
    """What a run reads of something, to give it a name or to return it."""
    for bindings in run.frame.facts.bindings.values():
        for b in bindings:
            if isinstance(b.value, Attribute | Subscript) and run.sure(evaluator, b.at, b.branch):
                yield b.value
    yield from run.frame.facts.returns


def entries(evaluator: Evaluator, value: Value) -> Iterator[Frame]:
    """The frames of the functions that Spark calls where a shipped value runs."""
    match value:
        case Function() as function:
            yield function.frame.child(function.scope)
        case Bound(receiver=Object() as receiver, function=function):
            yield classes.run_of(evaluator, function, receiver)
        case Bound(function=function):
            yield function.frame.child(function.scope)
        case Partial(call=Thunk(expression=Call() as made, frame=frame)):
            bare = Call(made.at, made.function, (), made.statement, made.branch)
            yield from evaluator.runs(value, bare, frame)
        case Object(cls=cls):
            called = classes.is_callable(evaluator, value)
            yield from _methods(evaluator, cls, value, ("__call__",) if called else _ON_OBJECTS)
        case Class() as cls:
            yield from _methods(evaluator, cls, Object(cls), _ON_CLASSES)
            yield from _of_data_source(evaluator, cls)


def _of_data_source(evaluator: Evaluator, cls: Class) -> Iterator[Frame]:
    """What runs of a Python data source: its makers of readers and writers, and those."""
    bases = {base.name for base in classes.library_bases(evaluator, cls)}
    if "pyspark.sql.datasource.DataSource" in bases:
        for run in _methods(evaluator, cls, Object(cls), _MAKERS):
            yield run
            for made in evaluator.given(Thunk(returned, run) for returned in run.facts.returns):
                if isinstance(made, Object):
                    yield from _methods(evaluator, made.cls, made, _ON_READERS)


def _methods(
    evaluator: Evaluator, cls: Class, receiver: Object, names: tuple[str, ...]
) -> Iterator[Frame]:
    for name in names:
        found = classes.find_method(evaluator, cls, name)
        if found is not None:
            yield classes.run_of(evaluator, found[1], receiver)


def _calls(evaluator: Evaluator, run: Run) -> Iterator[tuple[Call, Frame]]:
    """The calls that a run makes, those of its comprehensions and class bodies included."""
    pending = [run.frame]
    while pending:
        frame = pending.pop()
        yield from (
            (call, frame)
            for call in frame.facts.calls
            if run.sure(evaluator, call.at, call.branch) and run.reaches(call)
        )
        for number in frame.facts.children:
            inner = frame.module.facts.scopes[number]
            if inner.kind in ("comprehension", "class") and run.sure(
                evaluator, inner.at, inner.branch
            ):
                pending.append(frame.child(number))


def _refused(evaluator: Evaluator, run: Run, call: Call, frame: Frame) -> Iterator[Ran]:
    refused = refusal.of_call(evaluator, call, frame)
    if refused is not None:
        yield Ran(refused, (*run.through, way(call.function, frame)))


def way(called: Expression, frame: Frame) -> Way:
    """What is called in a frame, as a step of the way to it."""
    at = called.attr_at if isinstance(called, Attribute) else called.at
    return Way("run", last_name(called) or wording.of(called), frame.module, at)


def _callees(evaluator: Evaluator, run: Run, call: Call, frame: Frame) -> Iterator[Run]:
    through = (*run.through, way(call.function, frame))
    for value in evaluator.values(call.function, frame):
        for inner in evaluator.runs(value, call, frame):
            nested = run.direct and inner.around(run.frame.scope) is run.frame
            yield Run(inner, through, run.imported, nested)
        for made in state.factories(evaluator, value) if isinstance(value, Class) else ():
            if isinstance(made.expression, Call):
                there = replace(run, through=through)
                yield from _callees(evaluator, there, made.expression, made.frame)
    for expression in (call.function, *(argument.value for argument in call.arguments)):
        yield from _properties(evaluator, run, expression, frame)


def _properties(evaluator: Evaluator, run: Run, called: Expression, frame: Frame) -> Iterator[Run]:
    """The properties that are read on the way to what is called: `spark` of `self.spark.range`."""
    while isinstance(called, Attribute | Subscript):
        if isinstance(called, Attribute):
            for holder in evaluator.values(called.value, frame):
                read = objects.find_property(evaluator, holder, called.attr)
                if read is not None:
                    yield Run(read, (*run.through, way(called, frame)), run.imported)
        called = called.value


def _imports(evaluator: Evaluator, run: Run) -> Iterator[tuple[Module, tuple[Way, ...]]]:
    """The modules of the project that a run imports, and the way to each."""
    module, index = run.frame.module, evaluator.index
    for node, binding in module.imported_in.get(run.frame.scope, ()):
        targets = [*_targets(index, module, node)]
        if targets and (binding is None or run.sure(evaluator, binding.at, binding.branch)):
            for target in targets:
                way = (*run.through, Way("import", target.dotted, module, node.at))
                yield from with_packages(index, target, way)


def _targets(index: ProjectIndex, module: Module, node: Import) -> Iterator[Module]:
    """The modules that an import may give, those apart that have nothing to do with Spark."""
    for dotted in (node.module, f"{node.module}.{node.name}"):
        if not index.is_apart(module, dotted, node.level):
            with index.counting("read"):
                target = index.imported(module, dotted, node.level)
            if target is not None and target is not module:
                yield target


def with_packages(
    index: ProjectIndex, module: Module, way: tuple[Way, ...]
) -> Iterator[tuple[Module, tuple[Way, ...]]]:
    """What is imported with a module: the packages that it stands in, then itself."""
    with index.counting("read"):
        packages = [*map(index.module_at, module.packages)]
    yield from ((each, way) for each in (*packages, module) if each is not None)
