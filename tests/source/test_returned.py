"""What a udf is declared to return, and what it is known to return."""

from __future__ import annotations

import pytest

from sparkguard.model import ShipPoint
from tests.source.witness import HEAD, ship_points


def only(program: str) -> ShipPoint:
    [point] = ship_points(f"import math\nimport numpy as np\n{HEAD}\n{program}\n")
    return point


DECLARED = {
    "f = udf(lambda x: x)": "string",
    "f = udf(lambda x: x, 'int')": "int",
    "f = udf(lambda x: x, 'INTEGER')": "int",
    "f = udf(lambda x: x, 'array < bigint >')": "array<long>",
    "f = udf(lambda x: x, returnType=FloatType())": "float",
    "f = udf(lambda x: x, ArrayType(FloatType()))": "array<float>",
    "f = udf(lambda x: x, ArrayType(ArrayType(LongType())))": "array<array<long>>",
    "kind = DoubleType()\nf = udf(lambda x: x, kind)": "double",
    "f = F.udf(lambda x: x, F.col('x'))": None,
    "@udf\ndef f(x): return x": "string",
    "@udf('int')\ndef f(x): return x": "int",
    "@udf(returnType=LongType())\ndef f(x): return x": "long",
    "SparkSession.builder.getOrCreate().udf.register('f', lambda x: x, 'int')": "int",
    "f = F.pandas_udf(lambda x: x, 'int')": None,
}
RETURNED = {
    "1": ["int"],
    "-1": ["int"],
    "1.5": ["float"],
    "True": ["bool"],
    "'none'": ["str"],
    "'7'": ["text"],
    "None": [],
    "x": [],
    "x + 1": [],
    "x / 2": [],
    "2 * 3": ["int"],
    "len(x)": ["int"],
    "len(x) + 1": ["int"],
    "len(x) + 0.5": [],
    "float(x)": ["float"],
    "str(x)": ["text"],
    "round(x)": ["int"],
    "round(x, 2)": [],
    "math.sqrt(x)": ["float"],
    "np.float32(x)": ["numpy.float32"],
    "np.array(x)": ["numpy.ndarray"],
    "[1, 2]": ["list[int]"],
    "[x, 2]": ["list"],
    "(1.5, 2.5)": ["tuple[float]"],
    "[y for y in x]": ["list"],
    "{'a': x}": ["dict"],
    "len(x) if x else None": ["int"],
    "len(x) if x else 'none'": [],
    "x and len(x)": [],
    "int": [],
}


@pytest.mark.parametrize(("program", "declared"), DECLARED.items(), ids=DECLARED)
def test_what_is_declared(program: str, declared: str | None) -> None:
    assert only(program).declared == declared


@pytest.mark.parametrize(("value", "types"), RETURNED.items(), ids=RETURNED)
def test_what_is_returned(value: str, types: list[str]) -> None:
    assert [one.type for one in only(f"f = udf(lambda x: {value})").returned] == types


def test_a_local_name_is_what_it_was_bound_to() -> None:
    point = only("@udf('int')\ndef f(x):\n    size = float(x)\n    return size")

    assert [one.type for one in point.returned] == ["float"]


def test_a_name_that_is_bound_twice_is_not_known() -> None:
    point = only("@udf('int')\ndef f(x):\n    n = 1.5\n    n = x\n    return n")

    assert point.returned == ()


def test_a_name_that_is_bound_to_itself_ends() -> None:
    point = only("@udf('int')\ndef f(x):\n    n = n + 1\n    return n")

    assert point.returned == ()


def test_an_annotation_counts_where_nothing_else_is_known() -> None:
    assert [one.type for one in only("@udf('int')\ndef f(x) -> float: return g(x)").returned] == [
        "float"
    ]
    assert [one.type for one in only("@udf('int')\ndef f(x) -> float: return 1").returned] == [
        "int"
    ]


@pytest.mark.parametrize(("written", "arrow"), [("True", True), ("False", False), ("x", None)])
def test_how_it_runs(written: str, arrow: bool | None) -> None:
    assert only(f"f = udf(lambda x: 1, 'int', useArrow={written})").arrow is arrow


DRAWN = {
    "udf(lambda x: random.random())": ["random.random"],
    "udf(lambda x: uuid4())": ["uuid4"],
    "udf(lambda x: np.random.rand())": ["np.random.rand"],
    "udf(lambda x: time.time())": ["time.time"],
    "udf(lambda x: [random.random() for _ in x])": ["random.random"],
    "F.pandas_udf(lambda x: np.random.rand(len(x)), 'double')": ["np.random.rand"],
    "udf(lambda x: random.random()).asNondeterministic()": [],
    "udf(lambda x: random.Random(x).random())": [],
    "udf(lambda x: random)": [],
    "udf(lambda x: time.sleep(1))": [],
}


@pytest.mark.parametrize(("made", "names"), DRAWN.items(), ids=DRAWN)
def test_what_is_drawn(made: str, names: list[str]) -> None:
    point = only(f"import random, time\nfrom uuid import uuid4\nf = {made}")

    assert [draw.name for draw in point.draws] == names


CLOCK = "import time\n@udf('double')\ndef f(x):\n    start = time.time()\n    {}"


def test_a_clock_that_only_measures_is_no_answer() -> None:
    assert only(CLOCK.format("print(time.time() - start)\n    return x")).draws == ()
    assert len(only(CLOCK.format("return x + start")).draws) == 1


def test_an_answer_may_hang_on_a_draw() -> None:
    drawing = "import random\n@udf('int')\ndef f(x):\n    if random.random() < 0.5:\n        {}"

    assert only(drawing.format("return x")).draws
    assert not only(
        "import uuid\n@udf('int')\ndef f(x):\n    log(uuid.uuid4())\n    return x"
    ).draws


@pytest.mark.parametrize("rest", ["f = f.asNondeterministic()", "g = f.asNondeterministic()('x')"])
def test_a_udf_may_be_marked_later(rest: str) -> None:
    drawing = "import random\n@udf('double')\ndef f(x): return random.random()\n"

    assert only(drawing).draws
    assert not only(drawing + rest).draws


def test_a_seed_makes_it_foreseeable() -> None:
    assert not only(
        "import random\n@udf('double')\ndef f(x):\n    random.seed(x)\n    return random.random()"
    ).draws
