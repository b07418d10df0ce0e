"""Targets in a process of their own: what they give, and what hostile ones come to."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from sparkguard.live.launch import launch
from sparkguard.live.seen import Order, Seen
from sparkguard.payload import Need

JOB = """\
import threading
import helper

lock = threading.Lock()

def clean(x):
    return helper.double(x)

def locked(x):
    return lock

class Job:
    def run(self, x):
        return clean(x)

    @staticmethod
    def plain(x):
        return x
"""
HELPER = "def double(x):\n    return 2 * x\n"
HANGS = "import time\ntime.sleep(600)\ndef f(): ...\n"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "job.py").write_text(JOB, encoding="utf-8")
    (tmp_path / "helper.py").write_text(HELPER, encoding="utf-8")
    return tmp_path


def seen(target: str, **order: object) -> Seen:
    return launch(Order(target, **{"worker": False, **order}))  # type: ignore[arg-type]


def probing(text: str, name: str = "f", **order: object) -> Seen:
    Path("hostile.py").write_text(text, encoding="utf-8")
    return seen(f"hostile.py::{name}", **order)


@pytest.mark.parametrize(
    ("target", "function", "ways"),
    [
        ("job.py::clean", "clean", []),
        ("job.py::locked", "locked", [("lock",)]),
        ("job.py::Job.run", "Job.run", []),
        ("job.py::Job.plain", "Job.plain", []),
        ("job.py::Job", "Job", []),
        ("job:locked", "locked", []),  # by name: nothing of an importable module travels
        ("job:Job.run", "Job.run", []),
    ],
)
def test_a_target_gives_what_it_names(
    target: str, function: str, ways: list[tuple[str, ...]]
) -> None:
    (probed,) = seen(target).probed

    assert probed.point.function == function
    assert [tuple(s.text for s in one.path) for one in probed.point.captures] == ways
    assert probed.point.span.path == "job.py"


def test_what_workers_must_import_is_told() -> None:
    assert seen("job.py::clean").probed[0].payload.needs == (Need("helper", own=True),)
    assert seen("job:clean").probed[0].payload.needs == (Need("job", own=True),)


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("nope.py::f", "nope.py: there is no such file"),
        ("nope:f", "nope: ModuleNotFoundError: No module named 'nope'"),
        ("job.py::nope", "job.py: there is no `nope` in it"),
        ("job:Job.nope", "job: there is no `Job.nope` in it"),
        ("nope.py", "nope.py: there is no such file"),
    ],
)
def test_a_target_that_is_not_there_is_one_line(target: str, words: str) -> None:
    assert seen(target).failed == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("raise ValueError('a\\nb')", "hostile.py: ValueError: a b (hostile.py:1)"),
        ("import sys; sys.exit(3)", "hostile.py: exited with 3 before anything shipped"),
        ("import os; os._exit(3)", "hostile.py::f: ended its process with exit code 3"),
        ("import os; os.kill(os.getpid(), 11)", "hostile.py::f: was killed by SIGSEGV"),
        ("def f(:", "SyntaxError"),
        ("import os\nif os.fork(): os._exit(0)", "ended its process before it could be probed"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("def f(): f()\nf()", "RecursionError"),
    ],
)
def test_a_module_that_fails_is_one_line(text: str, words: str) -> None:
    failed = probing(text).failed

    assert words in failed
    assert "\n" not in failed


def test_a_module_that_hangs_ends_in_time_and_leaves_nothing(project: Path) -> None:
    text = f"import os, subprocess\nopen('pid', 'w').write(str(os.getpid()))\n{HANGS}"
    started = time.monotonic()

    failed = probing(text, timeout=2.0).failed

    assert "did not end within 2 seconds" in failed
    assert time.monotonic() - started < 6
    assert not Path(f"/proc/{(project / 'pid').read_text()}").exists()


def test_what_a_module_starts_ends_with_it(project: Path) -> None:
    text = (
        "import subprocess, sys\n"
        "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "open('pid', 'w').write(str(p.pid))\ndef f(): ...\n"
    )
    assert len(probing(text).probed) == 1
    assert not is_running((project / "pid").read_text())


def is_running(pid: str) -> bool:
    time.sleep(0.1)
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_a_module_that_forks_is_probed_once() -> None:
    assert len(probing("import os\nos.fork()\ndef f(): ...\n").probed) == 1


def test_a_fork_that_ends_first_takes_no_payload_away() -> None:
    text = "import os, time\nif os.fork(): time.sleep(3)\ndef f(x): return lambda: x\n"
    (probed,) = probing(text, worker=True).probed
    assert probed.payload.worker is not None
    assert probed.payload.worker.failed == ""


def test_a_module_that_prints_without_end_is_not_listened_to() -> None:
    text = "import sys\nfor _ in range(1000): sys.stdout.write('x' * 1_000_000)\ndef f(): ...\n"
    assert len(probing(text).probed) == 1


def test_a_reduce_with_side_effects_runs_once_and_there() -> None:
    text = (
        "import os\nclass R:\n    def __reduce__(self):\n"
        "        open('ran', 'a').write('x'); os.environ['RAN'] = '1'\n        return (dict, ())\n"
        "r = R()\ndef f(): return r\n"
    )
    assert not probing(text).probed[0].point.captures
    assert Path("ran").read_text(encoding="utf-8") == "x"
    assert "RAN" not in os.environ


def test_a_reduce_that_ends_the_process_is_one_line() -> None:
    text = "class R:\n    def __reduce__(self): raise SystemExit(4)\nr = R()\ndef f(): return r\n"

    assert "exited with 4" in probing(text).failed


def test_an_object_that_answers_everything_travels() -> None:
    text = (
        "class A:\n    def __getattr__(self, name):\n        if name.startswith('__'): "
        "raise AttributeError(name)\n        return A()\na = A()\ndef f(): return a\n"
    )
    assert not probing(text).probed[0].point.captures
    everything = (
        "class A:\n    def __getattr__(self, name): return A()\na = A()\ndef f(): return a\n"
    )
    result = probing(everything)
    assert result.probed
    assert not result.failed


def test_what_is_nested_100_000_deep_is_a_finding() -> None:
    text = "d = []\nfor _ in range(100_000): d = [d]\ndef f(): return d\n"

    (capture,) = probing(text).probed[0].point.captures

    assert "deep" in str(capture.refusal)


def test_a_payload_of_two_gigabytes_is_weighed_and_not_sent() -> None:
    text = "import numpy as np\na = np.zeros(2 * 10**9 // 8)\ndef f(): return a\n"

    result = probing(text, worker=True, max_memory=4 * 10**9)

    assert result.probed[0].payload.bytes > 2 * 10**9
    assert result.probed[0].payload.worker is None


def test_memory_is_bounded() -> None:
    text = "a = b'x' * (3 * 10**9)\ndef f(): return a\n"

    assert "more memory than --max-memory" in probing(text, max_memory=10**9).failed


def test_no_jvm_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """A session is had, and whoever started a Java would have failed."""
    Path("bin").mkdir()
    java = Path("bin/java")
    java.write_text("#!/bin/sh\ntouch started\nexit 1\n", encoding="utf-8")
    java.chmod(0o755)
    monkeypatch.setenv("PATH", f"{Path('bin').absolute()}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("JAVA_HOME", str(Path().absolute()))
    text = (
        "from pyspark.sql import SparkSession\nspark = SparkSession.builder.getOrCreate()\n"
        "def f(x): return spark\n"
    )

    (probed,) = probing(text).probed

    assert [one.type for one in probed.point.captures] == ["pyspark.sql.SparkSession"]
    assert not Path("started").exists()


def test_another_interpreter_that_is_not_there_is_one_line() -> None:
    failed = launch(Order("job.py::clean"), python="/no/such/python").failed

    assert failed == (
        "job.py::clean: cannot be started: /no/such/python: No such file or directory"
    )


def test_another_interpreter_needs_no_sparkguard(project: Path) -> None:
    """It finds ours by its path, and nothing else of our environment."""
    bare = project / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", bare], check=True)
    import cloudpickle  # type: ignore[import-untyped]

    (site,) = bare.glob("lib/python*/site-packages")
    (site / "cloudpickle").symlink_to(Path(cloudpickle.__file__).parent)
    (project / "job.py").write_text("import sys\ndef f(): return sys.version\n", encoding="utf-8")

    result = launch(Order("job.py::f"), python=str(bare / "bin/python"))

    assert not result.failed
    worker = result.probed[0].payload.worker
    assert worker is not None
    assert not worker.failed


@pytest.mark.parametrize("last", ["", "import time\ntime.sleep(600)"])
def test_nothing_is_left_in_the_folder_for_temporary_files(
    last: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor where Spark asked for a folder of its own, nor where the process was ended."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", None)
    text = f"from pyspark import SparkContext\nSparkContext('local')\ndef f(x): ...\n{last}\n"

    found = probing(text, worker=True, timeout=5 if last else 60)

    assert bool(found.failed) == bool(last)
    assert list(temporary.iterdir()) == []
