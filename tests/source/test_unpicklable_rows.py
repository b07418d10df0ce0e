"""Each expression that was tried with cloudpickle, captured by a udf: the check says the same."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from pathlib import Path

from sparkguard.config import Config
from sparkguard.diagnostic import Severity
from sparkguard.engine import check
from tests.unpicklable.calls import prefixes
from tests.unpicklable.rows import Row, rows

CODES = {"": set(), "connection": {"SG202"}, "lock": {"SG201"}, "native": {"SG205"}}
CODES |= {"stream": {"SG203"}}
HELPERS = ("bare(", "holding(")
PROGRAM = """
{imports}
from pyspark.sql.functions import udf


def main(spark, tmp, text):
    thing = {expression}
    used = udf(lambda number: str(thing))
    return spark.range(1).select(used("id"))
"""
NOT_FOLLOWED = {
    "(ctypes.c_int * 3)()",
    "datadog.statsd",
    "functools.cache(lambda: 0)",
    "functools.lru_cache(maxsize=None)(lambda: 0)",
    "h5py.File(f'{tmp}/c.h5', 'w')['/']",
    "iter(torch.utils.data.DataLoader([]))",
    "motor.motor_asyncio.AsyncIOMotorClient()['a']",
    "next(os.scandir('/'))",
    "numpy.savez(f'{tmp}/a.npz') or numpy.load(f'{tmp}/a.npz')",
    "pymongo.MongoClient(connect=False)['a']",
    "pymongo.MongoClient(connect=False)['a']['b']",
    "pymongo.MongoClient(connect=False)['a']['b'].find()",
    "pymongo.MongoClient(connect=False)['a'].get_collection('b')",
    "sqlalchemy.orm.sessionmaker()()",
    "sys.stdin",
    "tenacity.retry(stop=tenacity.stop_after_attempt(3))(lambda: 0)",
}
"""What the analysis does not follow; none of them is called anything else."""


def tried() -> Iterator[tuple[Row, str]]:
    for row in rows():
        for expression in row.expressions:
            if not any(helper in expression for helper in HELPERS):
                yield row, expression


def imports(expression: str) -> str:
    names = {name.rpartition(".")[0] or name for name in prefixes(expression)}
    roots = {name for name in names if not hasattr(builtins, name.partition(".")[0])}
    modules = {name for name in roots if name == name.lower()}
    modules = (modules | {name.partition(".")[0] for name in roots}) - {"tmp", "text", "x"}
    return "\n".join(f"import {name}" for name in sorted(modules))


def test_the_check_says_of_each_expression_what_cloudpickle_said(tmp_path: Path) -> None:
    said = {f"p{number}.py": pair for number, pair in enumerate(tried())}
    for name, (_, expression) in said.items():
        code = PROGRAM.format(imports=imports(expression), expression=expression)
        (tmp_path / name).write_text(code, encoding="utf-8")

    result = check([tmp_path], Config(tmp_path))

    assert not result.problems
    found: dict[str, set[str]] = {}
    for one in result.diagnostics:
        if one.severity is Severity.WARNING:
            continue  # a model travels, at a price
        found.setdefault(Path(one.primary.span.path).name, set()).add(one.code)
    wrong = {e for f, (row, e) in said.items() if found.get(f, set()) != CODES[row.family]}
    assert wrong == NOT_FOLLOWED
    assert not any(said[name][1] in wrong for name in found)
