"""What travels with a function, and by which steps."""

from __future__ import annotations

import pytest

from tests.source.witness import HEAD, captures, dedented, paths, under

WITH_SELF = """
class Job:
    def __init__(self, spark: SparkSession):
        self.spark = spark
        self.name = "nightly"
    def clean(self, text): return text
    @staticmethod
    def plain(text): return text
"""

PATHS = [
    ("udf(lambda n: spark)", ["spark: SparkSession"]),
    ("udf(lambda n: (spark, sc))", ["spark: SparkSession", "sc: SparkContext"]),
    ("udf(lambda n: [spark, spark])", ["spark: SparkSession"]),
    ("def f(n): return g(n)\ndef g(n): return spark\nudf(f)", ["g spark: SparkSession"]),
    ("def f(n): return spark and f(n)\nudf(f)", ["spark: SparkSession"]),
    ("def f(n, s=spark): pass\nudf(f)", ["s=: SparkSession"]),
    ("x = {'a': 1, 'b': [spark]}\nudf(lambda n: x)", ["x['b'][0]: SparkSession"]),
    ("x = [spark for _ in y]\nudf(lambda n: x)", ["x[...]: SparkSession"]),
    (
        "from functools import partial\ndef f(s, n): pass\nudf(partial(f, spark))",
        ["spark: SparkSession"],
    ),
    (
        "from functools import partial\ndef f(n, s): pass\nudf(partial(f, s=spark))",
        ["s=: SparkSession"],
    ),
    ("class C:\n  s = spark\nudf(lambda n: C)", ["C C.s: SparkSession"]),
    ("class C:\n  def m(self): return spark\nudf(C().m)", ["C(...) C.m spark: SparkSession"]),
    ("sc.broadcast(spark.range(1))", ["spark.range(...): DataFrame"]),
    (WITH_SELF + "udf(Job(spark).clean)", ["Job(...).spark: SparkSession"]),
    (WITH_SELF + "job = Job(spark)\nudf(job.clean)", ["job.spark: SparkSession"]),
    (WITH_SELF + "job = Job(spark)\nudf(lambda n: job.name)", ["job.spark: SparkSession"]),
    (WITH_SELF + "jobs = [Job(spark)]\nudf(lambda n: jobs)", ["jobs[0].spark: SparkSession"]),
    (WITH_SELF + "job = Job(spark)\nudf(job.plain)", []),
    (WITH_SELF + "job = Job(spark)\nname = job.name\nudf(lambda n: name)", []),
    ("udf(lambda spark: spark)", []),
    ("def f(n):\n  spark = n\n  return spark\nudf(f)", []),
    ("def f(n): pass\ndef g(n): return spark\nudf(f)", []),
    ("udf(lambda n: n.spark)", []),
    ("udf(lambda n: 'spark')", []),
    ("def f(n: spark): pass\nudf(f)", ["__annotations__['n']: SparkSession"]),
    ("def f(n) -> sc: pass\nudf(f)", ["__annotations__['return']: SparkContext"]),
    ("def f(n):\n  class L:\n    s = spark\nudf(f)", []),
]


@pytest.mark.parametrize(("body", "wanted"), PATHS)
def test_the_path_to_what_travels(body: str, wanted: list[str]) -> None:
    assert paths(HEAD + body) == wanted


def test_a_capture_knows_its_places() -> None:
    text = HEAD + dedented(
        """
        class Job:
            def __init__(self, session):
                self.session = session

            def rows(self, frame):
                return frame.select(udf(lambda n: self.name(n))("id"))

        def main(spark):
            Job(spark).rows(spark.range(1))
        """
    )

    [capture] = captures(text)

    assert under(text, capture.span) == "self"
    assert capture.span.start.line == text.count("\n", 0, text.index("lambda")) + 1
    assert capture.bound_at is not None
    assert under(text, capture.bound_at).startswith("self.session")
    assert (capture.holder, capture.entered) == ("Job", 1)


def test_what_no_object_holds_has_no_holder() -> None:
    [capture] = captures(HEAD + "x = [spark]\nudf(lambda n: x)")

    assert (capture.holder, capture.entered) == (None, None)


def test_every_function_that_names_it_is_told() -> None:
    body = """
        def f(n): return g(n), spark
        def g(n): return spark
        udf(f)
    """

    assert paths(HEAD + dedented(body)) == ["spark: SparkSession", "g spark: SparkSession"]


def test_a_cycle_ends() -> None:
    body = """
        class Node:
            def __init__(self, other): self.other = other
        a = Node(None)
        b = Node(a)
        a.other = b
        x = [b]
        x = [x]
        udf(lambda n: (a, b, x))
    """

    assert paths(HEAD + dedented(body)) == []


def test_a_chain_of_helpers_is_followed_to_its_end() -> None:
    helpers = "".join(f"def f{n}(x): return f{n + 1}(x)\n" for n in range(10))

    [path] = paths(f"{HEAD}{helpers}def f10(x): return spark\nudf(f0)")

    assert path.endswith("f10 spark: SparkSession")


def test_a_module_that_is_imported_sends_only_its_name() -> None:
    files = {
        "tools.py": HEAD + "def clean(n): return spark\n",
        "job.py": HEAD
        + "import tools\nfrom tools import clean\nudf(clean)\nudf(lambda n: tools.clean(n))\n",
    }

    assert paths(files) == []
