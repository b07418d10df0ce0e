"""What shipped code does where it runs that costs: what it makes, which models it runs, and how."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from msgspec import structs

from sparkguard.diagnostic import Position, Span
from sparkguard.model import Act, ActKind, ShipPoint, Step
from sparkguard.pyspark_api import work
from sparkguard.source import builtin, models, pace, pictures, sizes, wording, worker
from sparkguard.source.facts import Argument, Call, Constant
from sparkguard.source.module import Module, last_name
from sparkguard.source.running import Run, Site, sites
from sparkguard.source.ship import Shipment
from sparkguard.source.types import Evaluator
from sparkguard.source.values import Frame, Instance, Library, Value

_OF_ONE = frozenset({"expand_dims", "reshape", "unsqueeze"})
"""Methods that make a batch of one thing."""
_OF_RDD = ("pyspark.RDD.", "pyspark.streaming.")
_KEYWORD = re.compile(r"pretrained\s*=\s*$")


class Acts:
    """What one shipment does where it runs."""

    def __init__(self, evaluator: Evaluator, shipment: Shipment) -> None:
        self.evaluator, self.shipment = evaluator, shipment

    def found(self) -> Iterator[Act]:
        """Every call of a kind that a rule asks for, nearest first."""
        for site in sites(self.evaluator, self.shipment):
            yield from self._made(site)
            yield from self._inferred(site)
            yield from self._decoded(site)
        yield from self._replaced()

    def _made(self, site: Site) -> Iterator[Act]:
        """A call that makes what is worth keeping, and the same for each row."""
        if site.guarded or site.pace not in ("batch", "row"):
            return
        for called in self.evaluator.values(site.call.function, site.frame):
            if not isinstance(called, Library) or called.receiver is not None:
                continue
            for value in self.evaluator.values(site.call, site.frame):
                noun = work.dear(called.name, value.type) if isinstance(value, Instance) else None
                if noun and not pace.call_depends(site.call, site.frame, site.run.given):
                    yield self._act(site, "make", called.name, noun)
                    return

    def _inferred(self, site: Site) -> Iterator[Act]:
        """A call that runs a model."""
        ran = models.run_by(self.evaluator, site.call, site.frame)
        known = models.model_type(self.evaluator, ran[0]) if ran else None
        if ran is None or known is None:
            return
        value, written = ran
        name = value.type if isinstance(value, Instance) else "torch.nn.Module"
        act = replace(self._act(site, "infer", name, known.noun), text=wording.of(written))
        if self.shipment.point.name.startswith(_OF_RDD) and not _is_of_one(site.frame):
            act = replace(act, pace=None)
        yield self._of_network(site, act, value) if known is work.TORCH else act

    def _of_network(self, site: Site, act: Act, value: Value) -> Act:
        modules = list(dict.fromkeys([*site.run.modules, *models.made_in(value)]))
        quiet = site.quiet or last_name(site.call.function) in work.QUIET
        builder = models.with_head(value, modules)
        features = work.FEATURES.get(builder) if builder else None
        around = [site.run.frame, *site.run.frames]
        other = sizes.named(self.evaluator.index, modules, around, features) if features else None
        return replace(
            act,
            gradients=not quiet and not models.switches_gradients(modules),
            training=models.trains(self.evaluator, value, modules),
            outputs=work.CLASSES if other else None,
            meant=features if other else None,
            other=other,
            made=models.built_at(value),
            decorated=models.decorated_at(site.frame),
        )

    def _decoded(self, site: Site) -> Iterator[Act]:
        """A picture that is opened, and normalised as it comes; the act stands where it opens."""
        around = [site.run.frame, *site.run.frames]
        opened = pictures.assumed(self.evaluator, site.call, site.frame, around)
        if opened is not None and isinstance(opened.expression, Call):
            there = structs.replace(site, call=opened.expression, frame=opened.frame)
            other = site.frame.module.anchors.span(site.call.at)
            yield replace(self._act(there, "decode", "PIL.Image.open", "a picture"), other=other)

    def _replaced(self) -> Iterator[Act]:
        """All that a udf does, where a function of Spark does the same."""
        found = builtin.replacing(self.evaluator, self.shipment)
        if found is not None:
            name, call, frame = found
            run = Run(frame, "row", pace.Given())
            site = Site(call, frame, "row", guarded=False, quiet=False, run=run)
            yield self._act(site, "replace", f"pyspark.sql.functions.{name}", "")

    def _act(self, site: Site, kind: ActKind, name: str, noun: str) -> Act:
        """The record of a call."""
        there = worker.Way("run", wording.of(site.call.function), site.frame.module, site.call.at)
        shipping = self.shipment.module
        here = next((w for w in (there, *site.run.through) if w.module is shipping), None)
        return Act(
            kind=kind,
            name=name,
            noun=noun,
            text=there.word,
            span=_span(there),
            place=_span(here) if here else shipping.anchors.span(self.shipment.at),
            path=tuple(Step("run", way.word, span=_span(way)) for way in site.run.through),
            pace=site.pace,
        )


def builds(evaluator: Evaluator, module: Module) -> Iterator[Act]:
    """The calls of a file that build a network of torchvision with the flag `pretrained`."""
    for scope, call in _calls(module):
        flag = next((each for each in call.arguments if each.keyword == "pretrained"), None)
        if flag is None:
            continue
        frame = evaluator.frame(module, scope)
        for called in evaluator.values(call.function, frame):
            if isinstance(called, Library) and work.is_builder(called.name):
                yield _built(module, call, flag, called.name)
                break


def _calls(module: Module) -> Iterator[tuple[int, Call]]:
    for number, scope in enumerate(module.facts.scopes):
        yield from ((number, call) for call in scope.calls)


def _built(module: Module, call: Call, flag: Argument, name: str) -> Act:
    value = module.anchors.span(flag.value.at)
    before = module.anchors.before(value)
    keyword = _KEYWORD.search(before)
    start = keyword.start() + 1 if keyword else value.start.column
    other = replace(value, start=Position(value.start.line, start))
    alone = keyword is not None and len(call.arguments) == len({a.keyword for a in call.arguments})
    span = module.anchors.span(call.at)
    return Act(
        kind="build",
        name=name,
        noun="a network",
        text=wording.of(call.function),
        span=span,
        place=other,
        other=other,
        written=_written(flag, name) if alone else None,
    )


def _written(flag: Argument, name: str) -> str | None:
    """The argument that means the same as a flag, where that is certain."""
    match flag.value:
        case Constant(value=False):
            return "weights=None"
        case Constant(value=True) if name in work.FEATURES:
            return 'weights="IMAGENET1K_V1"'
    return None


def told_once(points: Iterable[ShipPoint]) -> list[ShipPoint]:
    """The ship points of a file, each act kept where it is done most often, and nowhere else."""
    listed = list(points)
    best: dict[object, tuple[int, int]] = {}
    for number, point in enumerate(listed):
        for act in point.acts:
            best[_key(act)] = min(best.get(_key(act), _rank(act, number)), _rank(act, number))
    return [
        replace(point, acts=tuple(_kept(point.acts, number, best)))
        for number, point in enumerate(listed)
    ]


def _kept(found: Iterable[Act], number: int, best: dict[object, tuple[int, int]]) -> Iterator[Act]:
    for act in found:
        if best.get(_key(act)) == _rank(act, number):
            del best[_key(act)]
            yield act


def _key(act: Act) -> object:
    return act.kind, act.place


def _rank(act: Act, number: int) -> tuple[int, int]:
    return -pace.ORDER.index(act.pace), number


def _is_of_one(frame: Frame) -> bool:
    """Whether it is plain that a model is given one thing: an element of an RDD may be a batch."""
    return not _OF_ONE.isdisjoint(last_name(call.function) for call in frame.facts.calls)


def _span(way: worker.Way) -> Span:
    return way.module.anchors.span(way.at)
