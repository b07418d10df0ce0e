"""What instances hold: attributes from constructors, methods, bases, fields, and from outside."""

from __future__ import annotations

import pytest

from tests.source.witness import HEAD, dedented, paths

HOLDERS = [
    (
        "an assignment in __init__",
        "class A:\n  def __init__(self, s): self.s = s",
        "A(spark)",
        ".s",
    ),
    (
        "another method",
        "class A:\n  def load(self, s: SparkSession): self.s = s.range(1)",
        "A()",
        ".s",
    ),
    ("a tuple", "class A:\n  def __init__(self, s): self.n, self.s = 1, s", "A(spark)", ".s"),
    ("a keyword", "class A:\n  def __init__(self, *, s=None): self.s = s", "A(s=spark)", ".s"),
    (
        "an annotation",
        "class A:\n  def __init__(self, s: SparkSession): self.s = s",
        "A(unknown())",
        ".s",
    ),
    ("another first parameter", "class A:\n  def __init__(this, s): this.s = s", "A(spark)", ".s"),
    ("a base", "class B:\n  def __init__(self, s): self.s = s\nclass A(B): pass", "A(spark)", ".s"),
    (
        "super().__init__",
        "class B:\n  def __init__(self, s): self.s = s\n"
        "class A(B):\n  def __init__(self, s): super().__init__(s)",
        "A(spark)",
        ".s",
    ),
    (
        "Base.__init__(self)",
        "class B:\n  def __init__(self, s): self.s = s\n"
        "class A(B):\n  def __init__(self, s): B.__init__(self, s)",
        "A(spark)",
        ".s",
    ),
    (
        "a base of a base",
        "class C:\n  def __init__(self, s): self.s = s\nclass B(C): pass\n"
        "class A(B):\n  def __init__(self, s):\n    super().__init__(s=s)",
        "A(spark)",
        ".s",
    ),
    ("a class attribute", "class A:\n  s = spark", "A()", ".s"),
    (
        "a container",
        "class A:\n  def __init__(self, s): self.a = {'s': [s]}",
        "A(spark)",
        ".a['s'][0]",
    ),
    (
        "an object in an object",
        "class B:\n  def __init__(self, s): self.s = s\n"
        "class A:\n  def __init__(self, s): self.b = B(s)",
        "A(spark)",
        ".b.s",
    ),
    (
        "a dataclass field",
        "from dataclasses import dataclass\n@dataclass\nclass A:\n  n: int\n  s: object = None",
        "A(1, spark)",
        ".s",
    ),
    (
        "a dataclass field by keyword",
        "import dataclasses\n@dataclasses.dataclass(frozen=True)\nclass A:\n  n: int\n  s: object",
        "A(s=spark, n=1)",
        ".s",
    ),
    (
        "a dataclass field by its annotation",
        "from dataclasses import dataclass\n@dataclass\nclass A:\n  s: SparkSession",
        "A(unknown())",
        ".s",
    ),
    (
        "a field of a base dataclass",
        "from dataclasses import dataclass\n@dataclass\nclass B:\n"
        "  s: SparkSession\n@dataclass\nclass A(B):\n  n: int",
        "A(spark, 1)",
        ".s",
    ),
    (
        "a classmethod that makes it",
        "class A:\n  def __init__(self, s): self.s = s\n"
        "  @classmethod\n  def of(cls, s): return cls(s)",
        "A.of(spark)",
        ".s",
    ),
    (
        "a factory",
        "class A:\n  def __init__(self, s): self.s = s\ndef make(): return A(spark)",
        "make()",
        ".s",
    ),
]


@pytest.mark.parametrize(
    ("how", "definition", "made", "step"), HOLDERS, ids=[one[0] for one in HOLDERS]
)
def test_what_an_instance_holds(how: str, definition: str, made: str, step: str) -> None:
    found = paths(f"{HEAD}{definition}\na = {made}\nudf(lambda n: a)\n")

    assert [path.partition(":")[0] for path in found] == [f"a{step}"]


CLEAN = [
    (
        "a value of the session",
        "class A:\n  def __init__(self, s): self.n = s.range(1).count()",
        "A(spark)",
    ),
    ("used and not kept", "class A:\n  def __init__(self, s): s.range(1)", "A(spark)"),
    (
        "set to None at last",
        "class A:\n  def __init__(self, s):\n    self.s = s\n    self.s = None",
        "A(spark)",
    ),
    (
        "deleted at last",
        "class A:\n  def __init__(self, s):\n    self.s = s\n    del self.s",
        "A(spark)",
    ),
    ("a local", "class A:\n  def __init__(self, s):\n    s = s", "A(spark)"),
    ("another object", "class A:\n  def __init__(self, o, s): o.s = s", "A(unknown, spark)"),
    (
        "a property",
        "class A:\n  @property\n  def s(self): return SparkSession.builder.getOrCreate()",
        "A()",
    ),
    ("a static method", "class A:\n  @staticmethod\n  def f(s): s.x = spark_of()", "A()"),
    ("an annotation only", "class A:\n  s: SparkSession", "A()"),
    (
        "a class variable of a dataclass",
        "from dataclasses import dataclass\n@dataclass\nclass A:\n  n: int = 1",
        "A()",
    ),
    ("given something else", "class A:\n  def __init__(self, s): self.s = s", "A('text')"),
]


@pytest.mark.parametrize(("how", "definition", "made"), CLEAN, ids=[one[0] for one in CLEAN])
def test_what_an_instance_does_not_hold(how: str, definition: str, made: str) -> None:
    assert paths(f"{HEAD}{definition}\na = {made}\nudf(lambda n: a)\n") == []


def test_two_instances_of_one_class_are_told_apart() -> None:
    text = HEAD + dedented(
        """
        class Box:
            def __init__(self, value): self.value = value
        on_driver, shipped = Box(spark), Box("text")
        udf(lambda n: shipped.value)
        udf(lambda n: on_driver.value)
        """
    )

    assert paths(text) == ["on_driver.value: SparkSession"]


def test_a_method_that_a_subclass_replaces_is_the_one_that_ships() -> None:
    text = HEAD + dedented(
        """
        class Base:
            def run(self, n): return spark
        class Child(Base):
            @staticmethod
            def run(n): return n
        udf(Child.run)
        """
    )

    assert paths(text) == []


def test_a_property_gives_what_it_returns() -> None:
    text = HEAD + dedented(
        """
        class Tables:
            @property
            def codes(self): return spark.range(1)
        codes = Tables().codes
        udf(lambda n: codes)
        """
    )

    assert paths(text) == ["codes: DataFrame"]
