"""Applies the rules to what one file ships."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from sparkguard.checks import RULES
from sparkguard.checks.meta import UNPARSEABLE_FILE
from sparkguard.config import Config
from sparkguard.diagnostic import Diagnostic, Label, Position, Span
from sparkguard.model import ShipPoint
from sparkguard.result import Problem, breakdown
from sparkguard.source import gate
from sparkguard.source.analysis import Analyser, FileAnalysis, SyntaxProblem
from sparkguard.source.needs import Doing, Memory
from sparkguard.source.profile import Link, Profile
from sparkguard.source.text import SourceText
from sparkguard.suppress import find
from sparkguard.verdict import Reported, Verdict


class Judge:
    """Judges files of a project.

    Args:
        config: The settings.
        files: Gives the files of the project, where they are asked for.
        memory: What was learnt before of files on the way; with one, what is new is told.
    """

    def __init__(
        self,
        config: Config,
        files: Callable[[], Sequence[Path]],
        memory: Memory | None = None,
    ) -> None:
        self._config, self._files, self._learns = config, files, memory is not None
        self._analyser = Analyser((), files, config.target, config.own, memory)

    def knowing(self, sources: Sequence[SourceText]) -> Judge:
        """The same, with texts of the project that were read."""
        self._analyser.take(sources)
        return self

    def to_share(self) -> Judge:
        """The same without all that it knows, so that another process can have it."""
        memory = Memory() if self._learns else None
        return Judge(self._config, partial(tuple, self._files()), memory)

    def profile(self, path: Path) -> Profile | None:
        """What a file says to those that only pass it; `None` if more of it counts."""
        with suppress(Exception):
            return self._analyser.profile(path)
        return None

    def may_link(self, path: Path, link: Link) -> bool:
        """Whether an import in a file that has a profile may give a module of the project."""
        return self._analyser.may_link(path, link)

    def doing(self, path: Path) -> Doing | None:
        """What importing a file does; `None` if a worker refuses something of it."""
        with suppress(Exception):
            return self._analyser.doing(path)
        return None

    def __call__(self, source: SourceText) -> Verdict | Problem:
        """What is said of one of the files, or how sparkguard broke down over it."""
        try:
            return judge(self._config, source, self._analyser.of(source))
        except Exception as error:
            return breakdown(source.name, error)


def judge(config: Config, source: SourceText, analysis: FileAnalysis) -> Verdict:
    """Applies the rules that are on to what a file ships.

    Args:
        config: The settings.
        source: The file.
        analysis: What it ships.
    """
    points = [point for point in analysis.ship_points if point.span.path == source.name]
    found: tuple[Reported, ...] = ()
    if points or source.unparsed or analysis.problem:
        active = config.active(source.name)
        unparsed = _unparseable(config, source, analysis.problem, active)
        found = (*unparsed, *(each for point in points for each in reported(point, active)))
    if analysis.problem:
        return Verdict(found, parsed=False, whole=False, needs=analysis.needs)
    comments = tuple(find(source, RULES, bare=bool(found)))
    return Verdict(
        found,
        comments,
        len(points),
        whole=not source.unparsed,
        needs=analysis.needs,
        learnt=analysis.learnt,
    )


def reported(point: ShipPoint, active: Container[str]) -> Iterator[Reported]:
    """What the rules say of one ship point.

    Args:
        point: The ship point.
        active: The codes of the rules that are on.
    """
    for rule in RULES:
        if rule.check and rule.code in active:
            yield from (Reported.at(found, point) for found in rule.check(point))


def _unparseable(
    config: Config, source: SourceText, problem: SyntaxProblem | None, active: Container[str]
) -> Iterator[Reported]:
    """What is no Python; notebooks that name nothing of Spark are not for us to judge."""
    if UNPARSEABLE_FILE.code not in active:
        return
    judged = gate.may_ship("\n".join(source.written.values()), config.own)
    for part in source.unparsed if judged else ():
        yield _sg002(part.span, part.reason, "file" if part.span.cell is None else "cell")
    if problem:
        start = Position(problem.line, problem.column)
        end = Position(problem.line, problem.column + 1)
        yield _sg002(source.span(start, end), problem.message, "file")


def _sg002(span: Span, reason: str, part: str) -> Reported:
    rule = UNPARSEABLE_FILE
    label = Label(span, f"nothing in this {part} was checked", primary=True)
    message = f"cannot be parsed: {reason}"
    found = Diagnostic(rule.code, rule.name, rule.severity, message, (label,))
    return Reported(found, frozenset())
