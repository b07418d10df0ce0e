"""What shipped code changes of what it captured."""

from __future__ import annotations

import textwrap

import pytest

from tests.source.witness import captures

HEAD = """
from collections import Counter, defaultdict
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.functions import udf

spark = SparkSession.builder.getOrCreate()
rdd = spark.sparkContext.parallelize([1])
total, model = 0, None
"""


def changes(program: str) -> list[tuple[str, str]]:
    found = [one for one in captures(HEAD + textwrap.dedent(program)) if one.change]
    return [("".join(s.text for s in one.path), one.change.kind) for one in found if one.change]


def in_main(lines: str) -> str:
    return "def main():\n" + textwrap.indent(textwrap.dedent(lines), "    ")


MUTATED = {
    "append": in_main("""
        seen = []
        rdd.foreach(lambda x: seen.append(x))
        return seen
    """),
    "an item": in_main("""
        seen = {}
        def note(x): seen[x] = 1
        rdd.foreach(note)
        print(seen)
    """),
    "an item of an item": in_main("""
        seen = defaultdict(list)
        def note(x): seen[x].append(1)
        rdd.foreach(note)
        print(seen)
    """),
    "update of a counter": in_main("""
        seen = Counter()
        rdd.foreach(lambda x: seen.update([x]))
        return seen.most_common()
    """),
    "nonlocal": in_main("""
        seen = 0
        def note(x):
            nonlocal seen
            seen += 1
        rdd.foreach(note)
        return seen
    """),
    "by a helper": """
        def helper(x): seen.append(x)
        def note(x): helper(x)
        seen = []
        rdd.foreach(note)
        print(seen)
    """,
    "a decorated udf": in_main("""
        seen = []
        @udf("int")
        def note(x):
            seen.append(x)
            return x
        spark.range(1).select(note("id")).collect()
        return seen
    """),
    "a udf of the module": """
        seen = []
        @udf("int")
        def note(x):
            seen.append(x)
            return x
        def main():
            spark.range(1).select(note("id")).collect()
            return seen
    """,
}
ATTRIBUTES = {
    "a method that ships": "rdd.foreach(self.note)",
    "a lambda that calls it": "rdd.foreach(lambda x: self.note(x))",
}
FINE = {
    "nobody reads it": in_main("""
        seen = []
        rdd.foreach(lambda x: seen.append(x))
    """),
    "read before": in_main("""
        seen = []
        print(seen)
        rdd.foreach(lambda x: seen.append(x))
    """),
    "a list of its own": in_main("""
        def part(rows):
            seen = []
            for row in rows: seen.append(row)
            return seen
        return rdd.mapPartitions(part).collect()
    """),
    "an accumulator": in_main("""
        seen = spark.sparkContext.accumulator(0)
        rdd.foreach(lambda x: seen.add(x))
        return seen.value
    """),
    "an accumulator by `+=`": """
        seen = spark.sparkContext.accumulator(0)
        def note(x):
            global seen
            seen += 1
        rdd.foreach(note)
        print(seen.value)
    """,
    "bound anew before it is read": in_main("""
        seen = []
        rdd.foreach(lambda x: seen.append(x))
        seen = rdd.collect()
        return seen
    """),
    "also called on the driver": in_main("""
        seen = {}
        def note(x): seen[x] = 1
        rdd.foreach(note)
        note(1)
        return seen
    """),
    "only changed by the driver, too": in_main("""
        seen = {}
        def note(x): seen[x] = 1
        rdd.foreach(note)
        seen.update({1: 2})
    """),
    "what nothing is known of": """
        def main(seen):
            rdd.foreach(lambda x: seen.append(x))
            return seen
    """,
}


@pytest.mark.parametrize("program", MUTATED.values(), ids=MUTATED)
def test_a_copy_is_changed_and_the_original_read(program: str) -> None:
    assert changes(program) == [("seen", "mutated")]


@pytest.mark.parametrize("ships", ATTRIBUTES.values(), ids=ATTRIBUTES)
def test_an_attribute_is_changed(ships: str) -> None:
    program = f"""
        class Job:
            def __init__(self):
                self.seen = 0
            def note(self, x):
                self.seen += 1
            def run(self):
                {ships}
                return self.seen
    """

    assert changes(program) == [("self.seen", "mutated")]


@pytest.mark.parametrize("program", FINE.values(), ids=FINE)
def test_what_is_seen_by_those_who_change_it_is_silent(program: str) -> None:
    assert changes(program) == []


LAZY = """
    def load(): return object()
    def score(x):
        global model
        if model is None:
            model = load()
        return model
"""


def test_a_global_of_the_script_is_kept() -> None:
    assert changes(f"{LAZY}\n    rdd.map(score).collect()\n") == [("model", "kept")]


def test_a_global_of_a_module_is_kept_for_good() -> None:
    files = {
        "scoring.py": textwrap.dedent(f"    model = None{LAZY}"),
        "job.py": f"{HEAD}\nfrom scoring import score\nrdd.map(score).collect()\n",
    }

    assert not [one for one in captures(files) if one.change]


def test_a_global_that_the_driver_fills_is_not_kept() -> None:
    program = """
    def load(): return object()
    def prepare():
        global model
        model = load()
    prepare()
    rdd.map(lambda x: model).collect()
    """

    assert changes(program) == []
