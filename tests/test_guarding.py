"""The guard on real Spark: what does not travel is refused at the call, in our words."""

from __future__ import annotations

import linecache
import os
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pyspark import cloudpickle
from pyspark.serializers import CloudPickleSerializer

import sparkguard
from sparkguard import ShipError, guard
from sparkguard.config import ConfigError
from sparkguard.guarding import HeavyPayload

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

LOCK = threading.Lock()


class Job:
    def __init__(self, spark: SparkSession) -> None:
        self.spark = spark

    def udf(self) -> None:
        from pyspark.sql.functions import udf

        scale = udf(lambda x: self.limit(x) + 1)
        self.spark.range(1).select(scale("id"))

    def limit(self, x: int) -> int:
        return x


def ships(spark: SparkSession) -> dict[str, Callable[[], Any]]:
    """What each call says, and the call."""
    rdd = spark.sparkContext.parallelize([1, 2], 1)
    frame = spark.range(2)
    return {
        "the lambda ships all of `self`, and `self.spark` cannot leave": Job(spark).udf,
        "the lambda ships `LOCK`, a lock": lambda: rdd.map(lambda x: (LOCK, x)).collect(),
        "the lambda ships `frame`, a DataFrame": lambda: rdd.map(lambda x: frame).count(),
        "`broadcast` ships `['a']`, a lock": lambda: spark.sparkContext.broadcast({"a": LOCK}),
        "`fold` ships `LOCK`, a lock": lambda: rdd.fold(LOCK, max),  # type: ignore[arg-type]
        "`parallelize` ships `[0]`, a lock": lambda: spark.sparkContext.parallelize(
            [LOCK], 1
        ).count(),
        "the lambda ships `spark`, a SparkSession": lambda: frame.mapInPandas(
            lambda frames: (spark for _ in frames), "id long"
        ).collect(),
    }


@pytest.mark.spark
def test_what_does_not_travel_is_refused_at_its_call_in_our_words(spark: SparkSession) -> None:
    for words, ship in ships(spark).items():
        with guard(), pytest.raises(ShipError) as refused:
            ship()
        assert words in str(refused.value)
        assert "test_guarding.py" in str(refused.value)
        assert refused.value.__cause__ is not None, words
        assert refused.value.result.diagnostics[0].origin == "live"


def test_spark_refuses_all_of_them_in_its_own_words(spark: SparkSession) -> None:
    for words, ship in ships(spark).items():
        with pytest.raises(Exception, match=r"pickle|CONTEXT_ONLY|RDD_TRANSFORM") as refused:
            ship()
        assert not isinstance(refused.value, ShipError), words


def test_what_travels_runs_under_guard(spark: SparkSession) -> None:
    table = spark.sparkContext.broadcast({1: "one"})
    with guard() as guarding:
        rdd = spark.sparkContext.parallelize([1], 1)
        assert rdd.map(lambda x: table.value[x]).collect() == ["one"]
        assert spark.range(3).rdd.map(lambda row: row.id).sum() == 3

    assert guarding.payloads >= 2
    assert guarding.results == []


def test_a_udtf_that_does_not_travel_is_refused_in_our_words_too(spark: SparkSession) -> None:
    from pyspark.sql.functions import udtf

    class Rows:
        def eval(self) -> Any:
            yield (LOCK is None,)

    rows: Any = udtf(Rows, returnType="a: boolean")
    with guard(), pytest.raises(ShipError, match="LOCK"):
        rows().collect()


def test_without_raising_spark_has_its_own_way(spark: SparkSession) -> None:
    with guard(raises=False) as guarding, pytest.raises(Exception, match="pickle") as refused:
        spark.sparkContext.parallelize([1], 1).map(lambda x: LOCK).collect()

    assert not isinstance(refused.value, ShipError)
    assert len(guarding.results) == 1


def test_a_heavy_payload_is_warned_of_at_the_users_line(spark: SparkSession) -> None:
    blob = bytes(3_000_000)
    rdd = spark.sparkContext.parallelize([1], 1)
    with guard(max_bytes=1_000_000), pytest.warns(HeavyPayload, match=r"3.0 MB.*`blob`") as caught:
        rdd.map(lambda x: len(blob)).collect()

    assert {Path(one.filename).name for one in caught} == {"test_guarding.py"}


def test_threads_are_guarded_at_once(spark: SparkSession) -> None:
    found: list[object] = []

    def work(bad: bool) -> None:
        held = LOCK if bad else 1
        try:
            spark.sparkContext.parallelize([1], 1).map(lambda x: (held, x)).count()
        except ShipError as error:
            found.append(error.result.diagnostics[0].message)

    with guard():
        threads = [threading.Thread(target=work, args=(bad,)) for bad in (True, False, True)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert found == ["the lambda ships `held`, a lock, which cannot be pickled"] * 2


def test_a_comment_silences_the_guard_as_it_does_the_check(spark: SparkSession) -> None:
    rdd = spark.sparkContext.parallelize([1], 1)
    with guard(), pytest.raises(Exception, match="pickle") as refused:
        rdd.map(lambda x: LOCK).collect()  # sparkguard: ignore[SG201] a test of that
    assert not isinstance(refused.value, ShipError)


def test_the_guard_leaves_nothing_behind() -> None:
    before = cloudpickle.dumps
    with guard():
        assert cloudpickle.dumps is not before
    assert cloudpickle.dumps is before


@pytest.mark.spark
def test_on_connect_what_pickles_and_dies_on_the_worker_is_refused(tmp_path: Path) -> None:
    """There the pickler proves little: a captured DataFrame is taken, and has no session then."""
    text = (
        "from pyspark.sql import SparkSession\nfrom pyspark.sql.functions import udf\n"
        "spark = SparkSession.builder.remote('local[1]').getOrCreate()\n"
        "frame = spark.range(1)\n"
        "count = udf(lambda x: frame.count(), 'long')\n"
        "spark.range(1).select(count('id')).collect()\n"
    )
    done = run_script(tmp_path, text, SPARK_TESTING="1")

    assert done.returncode == 1
    assert "job.py:5:23" in done.stderr
    assert "the lambda ships `frame`, a DataFrame, which cannot leave the driver" in done.stderr
    assert "Traceback" not in done.stderr


def run_script(
    folder: Path, text: str, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    (folder / "job.py").write_text(text, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "sparkguard", "run", "job.py", *arguments],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("text", "code", "out", "err"),
    [
        ("import sys; print(sys.argv, __name__)", 0, "['job.py', '-x', '--help'] __main__", ""),
        ("import sys; sys.exit()", 0, "", ""),
        ("import sys; sys.exit(7)", 2, "", ""),
        ("def f():\n    1 / 0\nf()", 2, "", "ZeroDivisionError: division by zero"),
        ("f(", 2, "", "SyntaxError"),
    ],
)
def test_a_script_runs_as_python_runs_it(
    tmp_path: Path, text: str, code: int, out: str, err: str
) -> None:
    done = run_script(tmp_path, text, "-x", "--help")

    assert done.returncode == code
    assert done.stdout.strip() == out
    assert err in done.stderr
    assert "sparkguard" not in done.stderr.replace("no_such", "")


def test_a_script_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sparkguard", "run", "nope.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (2, "sparkguard: nope.py: there is no such file\n")


@pytest.mark.spark
def test_a_script_that_ships_what_cannot_travel_ends_with_the_finding(tmp_path: Path) -> None:
    text = (
        "import threading\nfrom pyspark import SparkContext\nlock = threading.Lock()\n"
        "sc = SparkContext('local[1]')\n"
        "try:\n    sc.parallelize([1], 1).map(lambda x: lock).collect()\n"
        "except ValueError:\n    pass\nprint('not reached')\n"
    )
    done = run_script(tmp_path, text)

    assert done.returncode == 1
    assert "error[SG201]: the lambda ships `lock`, a lock" in done.stderr
    assert "--> job.py:6:42" in done.stderr
    assert "Traceback" not in done.stderr
    assert "not reached" not in done.stdout


def test_the_guard_is_light_to_import() -> None:
    script = (
        "import sys\nbefore = set(sys.modules)\nfrom sparkguard import guard\n"
        "print(*sorted({m.partition('.')[0] for m in set(sys.modules) - before}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert {"pyspark", "cloudpickle", "libcst", "rich"}.isdisjoint(done.stdout.split())


def test_no_warning_of_ours_where_nothing_is_heavy() -> None:
    with warnings.catch_warnings(), guard():
        warnings.simplefilter("error")
        cloudpickle.dumps(lambda: 1)  # type: ignore[no-untyped-call]


def test_where_dry_run_and_spark_disagree_spark_has_its_way() -> None:
    class Fickle:
        asked = 0

        def __reduce__(self) -> tuple[type, tuple[()]]:
            self.asked += 1
            if self.asked > 1:
                raise ValueError("twice")
            return (dict, ())

    fickle = Fickle()
    with guard(), pytest.warns(UserWarning, match="refused what Spark's pickler took"):
        assert cloudpickle.dumps(lambda: fickle)  # type: ignore[no-untyped-call]


def test_bad_settings_are_said_where_the_block_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sparkguard.toml").write_text("nope = 1\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match="nope"), guard():
        pass

    done = run_script(tmp_path, "print(1)\n")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("sparkguard: sparkguard.toml: ")


def test_a_function_of_a_prompt_is_told_with_its_line() -> None:
    """As in a notebook: no file stands anywhere, and the interpreter keeps the lines."""
    name = "/tmp/ipykernel_1/cell.py"  # noqa: S108 - it is never made
    text = "def ship(lock, dumps):\n    return dumps(lambda x: lock)\n"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(text, name, "exec"), names)  # noqa: S102 - written above
    dumps = CloudPickleSerializer().dumps  # type: ignore[no-untyped-call]

    with guard(), pytest.raises(ShipError) as refused:
        names["ship"](LOCK, dumps)

    assert "2 |     return dumps(lambda x: lock)" in str(refused.value)


def test_the_names_are_public() -> None:
    assert {"guard", "ShipError"} <= set(sparkguard.__all__)
