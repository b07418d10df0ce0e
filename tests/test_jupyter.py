"""The magics in a real IPython shell without a kernel."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from sparkguard.config import Config
from sparkguard.jupyter import LINES, findings

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SETUP = "class Session:\n    pass\nfrom pyspark.sql.functions import udf\nruns = []"
BAD = "runs.append(1)\ntag = udf(lambda text: spark.range(3))"
FINE = "runs.append(2)\ntag = lambda text: text"


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A shell in a folder of its own, whose history is in memory, and the extension in it."""
    monkeypatch.chdir(tmp_path)
    InteractiveShell.clear_instance()
    made: Any = InteractiveShell.instance()
    made.history_manager.enabled = False
    hook = sys.displayhook
    yield made
    made.restore_sys_module_state()
    sys.displayhook = hook
    InteractiveShell.clear_instance()


@pytest.fixture
def loaded(shell: Any) -> Iterator[Any]:
    shell.run_cell("%load_ext sparkguard", store_history=True)
    yield shell
    shell.run_cell("%unload_ext sparkguard")


def run(shell: Any, *cells: str) -> Any:
    """Runs cells as a notebook does; the result of the last one."""
    for cell in cells:
        result = shell.run_cell(cell, store_history=True)
    return result


def test_a_cell_that_ships_the_session_is_not_run(
    loaded: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    result = run(loaded, "%sparkguard on", SETUP, BAD)
    said = capsys.readouterr().out
    assert type(result.error_before_exec).__name__ == "NotRun"
    assert loaded.user_ns["runs"] == []
    assert "error[SG101]: the lambda ships `spark`, a SparkSession" in said
    assert "In.ipynb:cell 4:2:24" in said
    assert "sparkguard: the cell was not run" in said
    assert "Traceback" not in said


def test_what_was_found_before_is_not_told_again(
    loaded: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    run(loaded, "%sparkguard on", SETUP, BAD)
    capsys.readouterr()
    assert run(loaded, FINE).success
    assert "SG101" not in capsys.readouterr().out
    assert loaded.user_ns["runs"] == [2]


def test_the_cells_before_count(loaded: Any, capsys: pytest.CaptureFixture[str]) -> None:
    cells = ("from pyspark.sql import SparkSession", "held = SparkSession.builder.getOrCreate")
    run(loaded, SETUP, "def name(text):\n    return spark.conf.get(text)", *cells)
    result = run(loaded, "%sparkguard on", "runs.append(3)\nnamed = udf(name)")
    assert result.error_before_exec
    assert "`name` ships `spark`" in capsys.readouterr().out


def test_one_cell_may_be_checked(loaded: Any, capsys: pytest.CaptureFixture[str]) -> None:
    run(loaded, SETUP, f"%%sparkguard\n{BAD}")
    assert "SG101" in capsys.readouterr().out
    assert loaded.user_ns["runs"] == []
    run(loaded, f"%%sparkguard\n{FINE}")
    assert loaded.user_ns["runs"] == [2]
    run(loaded, "%sparkguard")
    assert capsys.readouterr().out == "sparkguard is off\n"


def test_what_was_turned_off_lets_everything_run(loaded: Any) -> None:
    run(loaded, "%sparkguard on", "%sparkguard on", "%sparkguard off", SETUP, BAD)
    assert loaded.user_ns["runs"] == [1]


def test_a_timed_cell_is_checked_once(loaded: Any, capsys: pytest.CaptureFixture[str]) -> None:
    run(loaded, "%sparkguard on", SETUP, f"%%time\n{BAD}")
    assert capsys.readouterr().out.count("error[SG101]") == 1
    assert loaded.user_ns["runs"] == []


def test_a_comment_lets_a_cell_run(loaded: Any) -> None:
    run(loaded, "%sparkguard on", SETUP, f"{BAD}  # sparkguard: ignore[SG101] today")
    assert loaded.user_ns["runs"] == [1]


def test_what_does_not_parse_is_left_to_python(
    loaded: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    result = run(loaded, "%sparkguard on", SETUP, "tag = udf(")
    assert isinstance(result.error_before_exec, SyntaxError)
    assert "SG002" not in capsys.readouterr().out


@pytest.mark.parametrize("cell", ["%sparkguard now", "%%sparkguard now\nx = 1"])
def test_a_wrong_word_is_one_line(
    cell: str, loaded: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    run(loaded, cell)
    assert capsys.readouterr().err.startswith("UsageError: %")


def test_settings_that_cannot_be_followed_are_one_line(
    loaded: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(loaded, "%sparkguard on")
    (tmp_path / "sparkguard.toml").write_text("selekt = []\n", encoding="utf-8")
    run(loaded, "x = 1")
    assert "sparkguard: sparkguard.toml: unknown key `selekt`" in capsys.readouterr().out
    assert "x" not in loaded.user_ns
    run(loaded, "%sparkguard off", "x = 1")
    assert loaded.user_ns["x"] == 1


def test_settings_may_let_warnings_or_everything_run(loaded: Any, tmp_path: Path) -> None:
    run(loaded, SETUP, "%sparkguard on")
    (tmp_path / "sparkguard.toml").write_text('fail-on = "never"\n', encoding="utf-8")
    assert run(loaded, BAD).success


def test_a_shell_is_left_as_it_was(shell: Any) -> None:
    before = (list(shell.ast_transformers), dict(shell.magics_manager.magics["cell"]))
    run(shell, "%load_ext sparkguard", "%sparkguard on", "%unload_ext sparkguard")
    assert (shell.ast_transformers, shell.magics_manager.magics["cell"]) == before
    assert run(shell, SETUP, BAD).success


def test_of_a_long_session_the_oldest_cells_are_not_read(tmp_path: Path) -> None:
    cells = [SETUP, "\n" * LINES, BAD]
    assert findings(cells, Config(tmp_path)).diagnostics == ()
    assert [found.code for found in findings([SETUP, BAD], Config(tmp_path)).diagnostics] == [
        "SG101"
    ]


def test_a_function_is_probed_where_the_cell_ships_it(
    loaded: Any, spark: SparkSession, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the text cannot tell: the object is made by something that no file shows."""
    run(loaded, SETUP, "%sparkguard on")
    loaded.user_ns.update(rdd=spark.sparkContext.parallelize([1, 2], 1), helper=[spark])
    result = run(loaded, "rdd.map(lambda number: (number, helper)).collect()")
    said = capsys.readouterr().out
    assert type(result.error_in_exec).__name__ == "ShipError"
    assert "the lambda ships `helper[0]`, a SparkSession" in said
    assert "In [" not in said
    assert "Traceback" not in said
    assert run(loaded, "rdd.map(lambda number: number + 1).collect()").result == [2, 3]
