"""What a person can do about a finding; each deed is written at once, whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

from sparkguard import baseline, engine, fixer
from sparkguard.audit.again import concerned, joined
from sparkguard.baseline import Baseline
from sparkguard.config import Config, ConfigError
from sparkguard.diagnostic import Applicability, Diagnostic, Edit, Fix
from sparkguard.engine import Progress
from sparkguard.fingerprint import identity
from sparkguard.fixer import Change
from sparkguard.report.baseline import write as write_baseline
from sparkguard.result import CheckResult
from sparkguard.silence import silencing
from sparkguard.source.text import (
    SourceText,
    UnreadableSource,
    decode,
    display_name,
    read_bytes,
    reason,
)


class Refused(Exception):
    """It was not done, and nothing was written; the text is the one line that says why."""


@dataclass(slots=True)
class Project:
    """What is audited, and what is found in it by now.

    Args:
        paths: Files and folders.
        config: The settings.
        progress: Makes what is told of each file that is checked, for one check.
        result: What is found by now.
        is_whole: Whether all of it was checked last, and not only what changed.
        writes: How often something was written.
    """

    paths: Sequence[Path]
    config: Config
    progress: Callable[[], AbstractContextManager[Progress | None]] = nullcontext
    result: CheckResult = field(default_factory=CheckResult)
    is_whole: bool = True
    writes: int = 0

    def check(self) -> None:
        """Check all of it; raises `Refused` where the baseline cannot be read any more."""
        self.result, self.is_whole = self._run(self.paths, {}), True

    def check_again(self, names: Collection[str]) -> None:
        """Check what changed, and what shows it; raises `Refused`."""
        self._take(self._again(names, {}))

    def fix(self, finding: Diagnostic) -> None:
        """Make the fix of a finding.

        Raises:
            Refused: It could not be made.
        """
        made = self._fixed(finding)
        result = self._again([after.name for _, after in made], {a.name: a for _, a in made})
        self._write([change for change, _ in made], result)

    def changes(self, finding: Diagnostic) -> list[Change]:
        """What the fix of a finding would change; raises `Refused`."""
        return [change for change, _ in self._fixed(finding)]

    def fix_all(self, finding: Diagnostic) -> tuple[int, list[str]]:
        """Make the fixes of all findings of a rule that are at least as safe as this one's.

        Returns:
            How many findings of the rule are gone, and why which file was not written.
        """
        before = self._of_rule(finding)
        names = sorted({each.primary.span.path for each in self._alike(finding)})
        config = replace(self.config, select=(finding.code,))
        with self.progress() as progress:
            fixed = fixer.fix(names, config, _fix(finding).applicability, progress)
        problems = self._problems(fixed.changes)
        self.check_again([change.name for change in fixed.changes])
        return before - self._of_rule(finding), problems

    def ignore(self, finding: Diagnostic, why: str) -> None:
        """Silence a finding where it stands, by a comment.

        Args:
            finding: The finding.
            why: The reason that the comment gives.

        Raises:
            Refused: No comment can stand there, or it could not be written.
        """
        source, data = self._read(finding.primary.span.path)
        before = self._count(finding, self.result)
        for edit in silencing(finding, fixer.around(source, finding), why):
            change, after = _edited(source, data, [edit])
            result = self._again([source.name], {source.name: after})
            if self._count(finding, result) < before:
                self._write([change], result)
                return
        raise Refused(f"{source.name}: no line of this finding can hold a comment")

    def accept(self, finding: Diagnostic) -> Path:
        """Put a finding into the baseline, and say which file that is; raises `Refused`."""
        path = self.config.baseline_path
        try:
            held = baseline.load(path) if path.exists() else Baseline(path)
            write_baseline(held.with_findings([finding]))
            self.writes += 1
        except ConfigError as error:
            raise Refused(error) from None
        except OSError as error:
            raise Refused(f"{display_name(path)}: {reason(error)}") from None
        self.config = replace(self.config, baseline=path)
        self.check_again([finding.primary.span.path])
        return path

    def alike(self, finding: Diagnostic) -> int:
        """How many findings of the same rule have a fix that is at least as safe."""
        return len(self._alike(finding))

    def _alike(self, finding: Diagnostic) -> list[Diagnostic]:
        least = _fix(finding).applicability
        found = [one for one in self.result.diagnostics if one.code == finding.code]
        return [one for one in found if is_applied(one) and _fix(one).applicability >= least]

    def _of_rule(self, finding: Diagnostic) -> int:
        return sum(one.code == finding.code for one in self.result.diagnostics)

    def _fixed(self, finding: Diagnostic) -> list[tuple[Change, SourceText]]:
        """What the fix of a finding changes, and how each file is checked then."""
        edits = _fix(finding).edits
        made = []
        for name in dict.fromkeys(edit.span.path for edit in edits):
            source, data = self._read(name)
            change, after = _edited(source, data, [e for e in edits if e.span.path == name])
            if not fixer.is_sound(source, after):
                raise Refused(f"{name}: the fix would leave no Python behind")
            made.append((change, after))
        return made

    def _read(self, name: str) -> tuple[SourceText, bytes]:
        """A file as it was checked, and its bytes."""
        try:
            data = read_bytes(Path(name))
            source = decode(data, Path(name), name)
        except UnreadableSource as error:
            self.check_again([name])
            raise Refused(f"{name}: {error}") from None
        if source.text != self.result.texts.get(name, source.text):
            self.check_again([name])
            raise Refused(f"{name}: changed on disk meanwhile, so it was checked again")
        return source, data

    def _write(self, changes: Sequence[Change], result: CheckResult) -> None:
        problems = self._problems(changes)
        if problems:
            self.check_again([change.name for change in changes])
            raise Refused("; ".join(problems))
        self._take(result)

    def _take(self, result: CheckResult) -> None:
        self.result, self.is_whole = result, False

    def _problems(self, changes: Sequence[Change]) -> list[str]:
        """Writes the files, and says why which one is not written."""
        problems = [str(problem) for problem in fixer.write(changes)]
        self.writes += len(changes) - len(problems)
        return problems

    def _again(self, changed: Collection[str], texts: Mapping[str, SourceText]) -> CheckResult:
        names = concerned(self.result, changed)
        there = [Path(name) for name in names if os.path.lexists(name)]
        found = self._run(there, texts) if there else CheckResult()
        return joined(self.result, names, found)

    def _run(self, paths: Sequence[Path], texts: Mapping[str, SourceText]) -> CheckResult:
        try:
            with self.progress() as progress:
                return engine.check(paths, self.config, changed=texts, progress=progress)
        except ConfigError as error:
            raise Refused(error) from None

    @staticmethod
    def _count(finding: Diagnostic, result: CheckResult) -> int:
        return sum(identity(one) == identity(finding) for one in result.diagnostics)


def is_applied(finding: Diagnostic) -> bool:
    """Whether a finding has a fix that is made, and not only shown."""
    return _fix(finding).applicability > Applicability.DISPLAY


def _edited(source: SourceText, data: bytes, edits: list[Edit]) -> tuple[Change, SourceText]:
    before = fixer.written(source, data)
    text, after = fixer.edited(source, before, edits)
    return Change(source.path, source.name, data, before, text), after


def _fix(finding: Diagnostic) -> Fix:
    return finding.fix or Fix("", (), Applicability.DISPLAY)
