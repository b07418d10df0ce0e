"""What an instance leaves behind when it is pickled."""

from __future__ import annotations

import textwrap

import pytest

from tests.source.witness import HEAD, paths

JOB = """
class Job:
    def __init__(self):
        self.spark = SparkSession.builder.getOrCreate()
        self.table = self.spark.range(1)
        self.name = "nightly"
"""
BOTH = ["job.spark: SparkSession", "job.table: DataFrame"]
TABLE = ["job.table: DataFrame"]

FORMS = [
    ("", BOTH),
    ("def __setstate__(self, state): pass", BOTH),
    ("def __getstate__(self): return self.__dict__", BOTH),
    (
        "def __getstate__(self):\n    s = self.__dict__.copy()\n    del s['spark']\n    return s",
        TABLE,
    ),
    (
        "def __getstate__(self):\n    s = dict(self.__dict__)\n"
        "    del s['spark'], s['table']\n    return s",
        [],
    ),
    (
        "def __getstate__(self):\n    s = vars(self).copy()\n"
        "    s.pop('spark', None)\n    return s",
        TABLE,
    ),
    (
        "def __getstate__(self):\n    s = {**self.__dict__}\n    s['spark'] = None\n    return s",
        TABLE,
    ),
    ("def __getstate__(self): return {**self.__dict__, 'spark': None}", TABLE),
    ("def __getstate__(self): return self.__dict__ | {'spark': None}", TABLE),
    ("def __getstate__(self): return {'name': self.name}", []),
    (
        "def __getstate__(self): return {'name': self.name, 'table': self.table}",
        ["job['table']: DataFrame"],
    ),
    ("def __getstate__(self): return dict(name=self.name)", []),
    ("def __getstate__(self): return self.name", []),
    ("def __getstate__(self): return None", []),
    (
        "def __getstate__(self):\n"
        "    return {k: v for k, v in self.__dict__.items() if k not in ('spark', 'table')}",
        [],
    ),
    (
        "def __getstate__(self):\n    s = self.__dict__.copy()\n"
        "    for key in ('spark', 'table'):\n        s.pop(key)\n    return s",
        [],
    ),
    ("def __reduce__(self): return Job, ()", []),
    ("def __reduce__(self): return Job, (self.name,)", []),
    ("def __reduce_ex__(self, protocol): return Job, (), {'name': self.name}", []),
    ("def __getstate__(self): return unknown(self)", []),
]


@pytest.mark.parametrize(("method", "wanted"), FORMS)
def test_what_travels_with_an_instance(method: str, wanted: list[str]) -> None:
    text = HEAD + JOB + textwrap.indent(method, "    ") + "\njob = Job()\nudf(lambda n: job)\n"

    assert paths(text) == wanted


def test_the_reducer_of_a_base_class_counts() -> None:
    text = f"""{HEAD}
class Base:
    def __getstate__(self):
        return {{}}
{JOB.replace("class Job:", "class Job(Base):")}
job = Job()
udf(lambda n: job)
"""

    assert paths(text) == []


def test_a_slot_is_an_attribute() -> None:
    text = (
        HEAD + JOB + "    __slots__ = ('spark', 'table', 'name')\njob = Job()\nudf(lambda n: job)\n"
    )

    assert paths(text) == BOTH
