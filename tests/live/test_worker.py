"""The worker's stand-in: what a payload meets where nothing of the driver's is at hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from sparkguard.live.launch import launch
from sparkguard.live.seen import Order, Probed

SESSION = """\
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()

def limit(x):
    return x
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def probed(text: str, name: str = "f", **order: object) -> Probed:
    Path("job.py").write_text(text, encoding="utf-8")
    seen = launch(Order(f"job.py::{name}", **order))  # type: ignore[arg-type]
    assert not seen.failed
    return seen.probed[0]


def test_a_payload_is_read_and_called_there() -> None:
    worker = probed("def f(x, y): return [x, y]\n", call="1, Row(a=2)").payload.worker

    assert worker is not None
    assert (worker.failed, worker.returned) == ("", "[1, Row(a=2)]")
    assert worker.python


def test_a_generator_that_a_call_gives_is_run_through() -> None:
    text = "def f(rows):\n    for row in rows: yield 2 * row\n"
    worker = probed(text, call="[1, 2]").payload.worker

    assert worker is not None
    assert worker.returned == "[2, 4]"


def test_a_call_that_fails_says_what_a_worker_would() -> None:
    worker = probed("def f(x): return x.upper()\n", call="1").payload.worker

    assert worker is not None
    assert (worker.failed, worker.said) == (
        "call",
        "AttributeError: 'int' object has no attribute 'upper'",
    )


def test_a_session_in_the_function_fails_as_on_a_worker() -> None:
    text = (
        "def f(x):\n    from pyspark.sql import SparkSession\n"
        "    return SparkSession.builder.getOrCreate()\n"
    )
    worker = probed(text, call="1").payload.worker

    assert worker is not None
    assert "CONTEXT_ONLY_VALID_ON_DRIVER" in worker.said


def test_a_module_beside_the_script_is_missing_unless_it_is_shipped(project: Path) -> None:
    (project / "helper.py").write_text("def double(x): return 2 * x\n", encoding="utf-8")
    text = "import helper\ndef f(x): return helper.double(x)\n"

    alone, shipped = probed(text).payload, probed(text, py_files=("helper.py",)).payload

    assert alone.worker is not None
    assert shipped.worker is not None
    assert (alone.worker.missing, shipped.worker.missing) == ("helper", "")
    assert [need.here for need in alone.needs] == [False]
    assert [need.here for need in shipped.needs] == [True]


def test_a_module_that_makes_a_session_on_import_is_a_finding(project: Path) -> None:
    (project / "settings.py").write_text(SESSION, encoding="utf-8")
    text = "import settings\ndef f(x): return settings.limit(x)\n"

    found = probed(text, py_files=("settings.py",))
    (capture,) = found.point.captures

    assert [step.text for step in capture.path] == ["settings", "getOrCreate"]
    assert capture.refused is not None
    assert capture.refused.family == "session"
    assert "CONTEXT_ONLY_VALID_ON_DRIVER" in str(capture.refusal)


def test_what_imports_do_there_is_told(project: Path) -> None:
    noisy = "open('out.txt', 'w').write('x')\ndef g(x): return x\n"
    (project / "noisy.py").write_text(noisy, encoding="utf-8")

    worker = probed("import noisy\ndef f(x): return noisy.g(x)\n", py_files=(".",)).payload.worker

    assert worker is not None
    assert [event for event in worker.events if event.startswith("writes a file")]
    assert not (project / "out.txt").read_text(encoding="utf-8").strip("x")


def test_a_worker_that_hangs_ends_in_time(project: Path) -> None:
    text = "import time\ndef f(x): time.sleep(600)\n"
    worker = probed(text, call="1", timeout=10.0).payload.worker

    assert worker is not None
    assert "the worker's stand-in did not end within" in worker.said


def test_a_worker_python_that_is_not_there_is_said() -> None:
    worker = probed("def f(x): return x\n", worker_python="/no/python").payload.worker

    assert worker is not None
    assert "cannot be started: /no/python" in worker.said


def test_where_dry_run_and_pickler_disagree_it_is_said() -> None:
    text = (
        "class Fickle:\n    asked = 0\n    def __reduce__(self):\n"
        "        Fickle.asked += 1\n        if Fickle.asked > 1: raise ValueError('twice')\n"
        "        return (dict, ())\nfickle = Fickle()\ndef f(): return fickle\n"
    )
    Path("job.py").write_text(text, encoding="utf-8")

    (remark,) = launch(Order("job.py::f")).remarks

    assert remark.endswith("Spark's pickler refuses: ValueError: twice")
