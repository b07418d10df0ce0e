"""What Ctrl-C leaves behind when it comes into the middle of a deed."""

from __future__ import annotations

from pathlib import Path

import pytest

from sparkguard.audit.deeds import Project
from sparkguard.audit.session import Session
from sparkguard.audit.terminal import Terminal
from sparkguard.config import BASELINE, load
from tests.test_cli import FIXABLE, MENDED, Says, project, says, write

__all__ = ["project", "says"]


class Typist(Terminal):
    """A plain terminal at which these words are typed."""

    def __init__(self, *words: str) -> None:
        super().__init__(colour=False, plain=True)
        self.words = list(words)

    def key(self) -> str:
        return self.words.pop(0)

    def answer(self, question: str) -> str:
        return self.words.pop(0)


def interrupted(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("word", "function", "ends"),
    [
        ("apply", "sparkguard.engine.check", "the last `apply` is not written"),
        ("apply", "sparkguard.fixer.write", "the last `apply` is not written"),
        ("ignore", "sparkguard.engine.check", "the last `ignore` is not written"),
        ("baseline", "sparkguard.engine.check", "the last `baseline` is written"),
    ],
)
def test_it_is_said_whether_the_deed_is_written(
    says: Says, monkeypatch: pytest.MonkeyPatch, word: str, function: str, ends: str
) -> None:
    write("job.py", FIXABLE)
    audited = Project([Path()], load(Path()))
    audited.check()
    monkeypatch.setattr(function, interrupted)
    with pytest.raises(KeyboardInterrupt):
        Session(audited, Typist(word, "why")).run()
    lines = says.capsys.readouterr().out.splitlines()
    nothing = "" if word == "baseline" else "nothing was changed; "
    assert lines[-2:] == [f"stopped; {ends}", f"{nothing}left 1"]
    assert Path("job.py").read_text(encoding="utf-8") == FIXABLE
    assert Path(BASELINE).exists() == (word == "baseline")


def test_a_fix_that_is_made_is_checked_before_it_is_written(project: Path) -> None:
    write("job.py", FIXABLE)
    audited = Project([Path()], load(project))
    audited.check()
    audited.fix(audited.result.diagnostics[0])
    assert Path("job.py").read_text(encoding="utf-8") == MENDED
    assert audited.result.diagnostics == ()
    assert audited.writes == 1
