"""The calls that a shipped function makes where it runs, and how often it makes each."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from sparkguard.model import Pace
from sparkguard.pyspark_api import work
from sparkguard.source import classes, conditions, models, pace, wording, worker
from sparkguard.source.facts import Attribute, Branch, Call
from sparkguard.source.module import Module, last_name
from sparkguard.source.pace import Given
from sparkguard.source.ship import Shipment
from sparkguard.source.types import Evaluator
from sparkguard.source.values import Bound, Class, Frame, Function, Thunk, Value

_RUNS = 200
_DEPTH = 6
_KEEPING = ("cache", "memo", "singleton", "once")
"""Words in the names of decorators whose function keeps what it made."""
_EACH = frozenset({"apply", "applymap", "filter", "imap", "map", "starmap"})
"""What calls a function that it is given once for each item."""


class Run(Struct, frozen=True):
    """One run of a frame.

    Args:
        frame: What runs.
        pace: How often, where it is known.
        given: What is known of the names in it.
        through: The calls that lead here.
        frames: The frames that those calls stand in.
        guarded: Whether it may run only once, whatever its pace: behind a cache or an `if`.
        quiet: Whether its caller leaves gradients out.
    """

    frame: Frame
    pace: Pace | None
    given: Given
    through: tuple[worker.Way, ...] = ()
    frames: tuple[Frame, ...] = ()
    guarded: bool = False
    quiet: bool = False

    @property
    def modules(self) -> list[Module]:
        """The files on the way."""
        return list(dict.fromkeys(frame.module for frame in (self.frame, *self.frames)))


class Site(Struct, frozen=True):
    """A call that a run makes.

    Args:
        call: The call.
        frame: The run's own frame, or that of a comprehension in it.
        pace: How often it is made, where that is known.
        guarded: Whether it may be made only once, whatever its pace.
        quiet: Whether PyTorch is told to leave gradients out.
        run: The run.
    """

    call: Call
    frame: Frame
    pace: Pace | None
    guarded: bool
    quiet: bool
    run: Run


def sites(evaluator: Evaluator, shipment: Shipment) -> Iterator[Site]:
    """The calls that a shipped function may make where it runs, nearest first."""
    pending = deque(_entries(evaluator, shipment))
    visited: set[tuple[Module, int, Pace | None, bool, bool]] = set()
    while pending and len(visited) < _RUNS:
        run = pending.popleft()
        place = (run.frame.module, run.frame.scope, run.pace, run.guarded, run.quiet)
        if place not in visited and len(run.through) <= _DEPTH:
            visited.add(place)
            for site in _sites(evaluator, run):
                yield site
                pending.extend(_callees(evaluator, site))


def _entries(evaluator: Evaluator, shipment: Shipment) -> Iterator[Run]:
    """The functions that Spark calls, unless they train a model or do not run on a worker."""
    name = shipment.point.name
    if name.startswith(work.TRAINING) or name.endswith(".foreachBatch"):
        return
    for load in shipment.loads:
        for value in load.values if load.argument.kind != "object" else ():
            for frame in worker.entries(evaluator, value):
                yield Run(frame, *pace.entry(shipment, frame))
                for made in _predictors(evaluator, shipment, frame):
                    yield Run(made, *pace.of_batches(made))


def _predictors(evaluator: Evaluator, shipment: Shipment, frame: Frame) -> Iterator[Frame]:
    """The functions that a function given to `predict_batch_udf` returns."""
    if shipment.point.name == work.PREDICT_BATCH:
        for value in evaluator.given(Thunk(given, frame) for given in frame.facts.returns):
            yield from worker.entries(evaluator, value)


def _sites(evaluator: Evaluator, run: Run) -> Iterator[Site]:
    """The calls that a run may make, those of its comprehensions included."""
    pending = [(run.frame, run.pace)]
    while pending:
        frame, often = pending.pop()
        for call in frame.facts.calls:
            if _may_run(evaluator, frame, call.branch):
                here = pace.often(often, pace.around(frame, call.branch, run.given))
                guarded = run.guarded or _is_guarded(run, frame, call)
                quiet = run.quiet or models.is_quiet(frame, call)
                yield Site(call, frame, here, guarded, quiet, run)
        for number in frame.facts.children:
            inner = frame.module.facts.scopes[number]
            if inner.kind == "comprehension" and _may_run(evaluator, frame, inner.branch):
                child = frame.child(number)
                each = pace.around(frame, inner.branch, run.given)
                each = pace.often(each, pace.of_comprehension(child, run.given))
                pending.append((child, pace.often(often, each)))


def _may_run(evaluator: Evaluator, frame: Frame, branch: Branch) -> bool:
    """Whether code in these arms may run, and not only where something went wrong."""
    if any(arm.kind in ("attempt", "trial") and arm.number for arm in branch):
        return False
    return all(conditions.runs(evaluator, arm, frame) is not False for arm in branch)


def _is_guarded(run: Run, frame: Frame, call: Call) -> bool:
    """Whether a call stands in an arm of an `if`, or in a helper that may have returned before."""
    if any(arm.kind == "choice" for arm in call.branch):
        return True
    return bool(run.through) and any(given.at < call.at for given in frame.facts.returns)


def _callees(evaluator: Evaluator, site: Site) -> Iterator[Run]:
    run, call = site.run, site.call
    inside = replace(
        run,
        pace=site.pace,
        through=(*run.through, _way(call, site.frame)),
        frames=(*run.frames, run.frame),
        guarded=site.guarded,
        quiet=site.quiet,
    )
    for value in evaluator.values(call.function, site.frame):
        guarded = site.guarded or _keeps(evaluator, value)
        for frame in evaluator.runs(value, call, site.frame):
            if not _is_of_network(evaluator, frame):
                given = pace.passed_on(frame, run.given)
                yield replace(inside, frame=frame, given=given, guarded=guarded)
    if last_name(call.function) in _EACH and call.arguments:
        yield from _called_for_each(evaluator, inside, site)


def _way(call: Call, frame: Frame) -> worker.Way:
    return replace(worker.way(call.function, frame), word=wording.of(call.function))


def _called_for_each(evaluator: Evaluator, inside: Run, site: Site) -> Iterator[Run]:
    """The function that `series.apply`, `map` or a pool calls for each item."""
    first, *rest = (argument.value for argument in site.call.arguments)
    items = [site.call.function.value, *rest] if isinstance(site.call.function, Attribute) else rest
    each = pace.often(site.pace, *(pace.unit(one, site.frame, inside.given) for one in items))
    for value in evaluator.values(first, site.frame):
        for frame in (
            worker.entries(evaluator, value) if isinstance(value, Function | Bound) else ()
        ):
            given = pace.with_rows(frame, inside.given)
            yield replace(inside, frame=frame, pace=each, given=given)


def _keeps(evaluator: Evaluator, value: Value) -> bool:
    """Whether what is called keeps what it made: a cached function, a class with one instance."""
    match value:
        case Class() as cls:
            return classes.find_method(evaluator, cls, "__new__") is not None
        case (Function() as function) | Bound(function=function):
            names = (last_name(decorator) or "" for decorator in function.facts.decorators)
            return any(word in name.lower() for name in names for word in _KEEPING)
    return False


def _is_of_network(evaluator: Evaluator, frame: Frame) -> bool:
    """Whether a frame is a network's own: its layers are no models by themselves."""
    body = frame.parent
    if body is None or body.facts.kind != "class" or body.parent is None:
        return False
    return models.is_network(evaluator, Class(body.parent, body.scope))
