"""Writes a repository of made-up Python files, of which one in twenty speaks of Spark."""

from __future__ import annotations

import argparse
import random
from pathlib import Path

SPARK = 20
"""One file in so many speaks of Spark."""
_FOLDER = 50
_PLAIN = '''\
"""Orders of region {number}, and what they come to."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from {package}.module_{other:05} import total_{other}


@dataclass(frozen=True)
class Order{number}:
    """One order: who asked for what, and how much of it."""

    customer: str
    product: str
    amount: int = {amount}
    price: float = {amount}.5

    def total(self) -> float:
        """What it comes to."""
        return self.amount * self.price if self.amount > 0 else 0.0


def read_{number}(file: Path) -> list[Order{number}]:
    """The orders of a file, a line each."""
    orders = []
    for line in file.read_text(encoding="utf-8").splitlines():
        fields = json.loads(line)
        if fields.get("region") == {number} and "price" in fields:
            orders.append(Order{number}(fields["customer"], fields["product"], fields["amount"]))
    return orders


def total_{number}(orders: Iterable[Order{number}], discount: float = 0.{amount}) -> float:
    """What all of them come to, less a discount for the large ones."""
    totals = [order.total() for order in orders]
    large = [total * (1 - discount) for total in totals if total > 1_000]
    return sum(large) + sum(total for total in totals if total <= 1_000)


def report_{number}(orders: list[Order{number}]) -> str:
    """A line for people, with what another region came to."""
    return f"{{len(orders)}} orders, {{total_{number}(orders):.2f}} of {{total_{other}([]):.2f}}"
'''
_JOB = '''\
"""The job of region {number}: prices as a column."""

from __future__ import annotations

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import DoubleType

from {package}.module_{other:05} import total_{other}


class Job{number}:
    """Reads orders and writes what they come to."""

    def __init__(self, spark: SparkSession, rate: float) -> None:
        self.spark = spark
        self.rate = rate

    def run(self, path: str) -> DataFrame:
        """The orders with their totals."""
        orders = self.spark.read.parquet(path).filter(F.col("region") == {number})
        rate, limit = self.rate, {amount}
        priced = F.udf(lambda amount: amount * {rate} + total_{other}([]) + limit, DoubleType())
        return orders.withColumn("total", priced("amount")).groupBy("customer").sum("total")


def count_{number}(spark: SparkSession) -> int:
    """How many there are."""
    return spark.range({amount}).rdd.map(lambda row: row.id + {number}).count()
'''


def write(folder: Path, files: int, seed: int = 1) -> None:
    """Writes the files, fifty to a package; one job in ten ships its session.

    Args:
        folder: Where; it must not be there yet.
        files: How many.
        seed: Of the choices that are made.
    """
    folder.mkdir(parents=True)
    (folder / "sparkguard.toml").write_text("", encoding="utf-8")
    choose = random.Random(seed)  # noqa: S311, nothing is kept secret
    for number in range(files):
        package = folder / f"package_{number // _FOLDER:04}"
        if number % _FOLDER == 0:
            package.mkdir()
            (package / "__init__.py").write_text("", encoding="utf-8")
        first = number - number % _FOLDER
        other = choose.choice([n for n in range(first, first + _FOLDER) if n % SPARK])
        text = (_PLAIN if number % SPARK else _JOB).format(
            number=number,
            other=min(other, files - 1),
            package=package.name,
            amount=choose.randrange(1, 99),
            rate="self.rate" if choose.random() < 0.1 else "rate",
        )
        (package / f"module_{number:05}.py").write_text(text, encoding="utf-8")


def main() -> None:
    """Writes one from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, default=10_000)
    arguments = parser.parse_args()
    write(arguments.folder, arguments.files)


if __name__ == "__main__":
    main()
