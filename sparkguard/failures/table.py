"""The messages by which a function that cannot travel is known, and what is behind each of them.

Source: PySpark 4.3.0, each message provoked on classic or on Connect, unless its evidence says
otherwise. The first row that fits counts, so what is special stands before what is general.
"""

from __future__ import annotations

from dataclasses import dataclass

WORKER = r"from the Python worker|PythonException|pyspark[/.\\]daemon|pyspark[/\\]worker\.py"
"""What a text says where the error happened on a worker."""
PICKLING = r"Could not serialize|pyspark[/\\](?:serializers|cloudpickle|core[/\\]broadcast)"
"""What a text says where Spark pickled something."""
COLUMNS = r"pyspark[/\\](?:(?:sql|ml|avro|protobuf|classic)[/\\])+(?:functions|column|window)\b"
"""The parts of PySpark that make columns, in a traceback."""

_CAPTURED = ("SG103", "SG101", "SG104", "SG102", "SG106")
_ANY = ("SG103", "SG101", "SG205", "SG202", "SG201", "SG203", "SG104", "SG106", "SG105", "SG108")
_MADE_THERE = "the code that ran on a worker made a SparkSession or a SparkContext there"
_MAKES_THERE = (
    "`getOrCreate` is called by the function, or when the worker imports the function's module"
)
_ASK = "find out with `sparkguard check` what the function names, and with it what that holds"


@dataclass(frozen=True, slots=True)
class Failure:
    """One way in which Spark says that something did not travel, or did not work where it went.

    Args:
        pattern: A regular expression for the words that show it.
        means: What happened, in one sentence.
        likely: What is probably meant, and what to do.
        rules: The codes of the rules that it may be, the likeliest first; none where no rule is
            about it.
        needs: What else the text must hold, in this order.
        amid: What a traceback must hold as well; words without a traceback are taken at their word.
        unless: What the text must not hold.
        evidence: Where the message was seen, if not on the PySpark that the table is made with.
    """

    pattern: str
    means: str
    likely: str
    rules: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    amid: str = ""
    unless: str = ""
    evidence: str = "provoked"


FAILURES = (
    # Special words inside the general ones
    Failure(
        r"RDD_TRANSFORM_ONLY_VALID_ON_DRIVER|attempting to broadcast an RDD|This RDD lacks a Spark",
        "a function for the workers, or a broadcast, takes an RDD along",
        "an RDD is used inside a function that another RDD ships: join the two, or collect one",
        ("SG104", "SG103"),
        evidence="the first provoked; the others are what Spark 3 and its JVM said",
    ),
    Failure(
        r"attempting to reference SparkSession inside a UDTF",
        "the class of a UDTF takes the SparkSession along, in an attribute or by name",
        "read what the UDTF needs from the session on the driver, and hand it over as an argument",
        ("SG101", "SG103"),
    ),
    Failure(
        r"cannot use dbutils within a spark job",
        "a function for the workers takes the `dbutils` of a Databricks notebook along",
        "ask `dbutils` on the driver, for a secret or a widget, and capture the answer",
        ("SG106", "SG103"),
        evidence="Databricks' own words; not provoked",
    ),
    Failure(
        r"Method __get(?:newargs|state)__\(\[\]\) does not exist",
        "a function for the workers takes along an object that stands for one of the JVM",
        "it names a DataFrame, a Column, a model or `spark`, or an object that holds one",
        ("SG103", "SG104", "SG106", "SG105", "SG101", "SG102"),
        evidence="what Spark 2 said; not provoked",
    ),
    # On a worker
    Failure(
        r"SparkContext should only be created and accessed on the driver",
        _MADE_THERE,
        _MAKES_THERE,
        ("SG107",),
        evidence="what Spark 3 said; not provoked",
    ),
    Failure(
        r"CONTEXT_ONLY_VALID_ON_DRIVER|attempting to reference SparkContext",
        _MADE_THERE,
        _MAKES_THERE,
        ("SG107",),
        needs=(WORKER,),
        unless=r"Could not serialize",
    ),
    Failure(
        r"NO_ACTIVE_SESSION\b",
        "a worker unpickled something of Spark Connect that needs a session, and has none there",
        "Connect pickles a session, a DataFrame or a reader without a word: the function names "
        "one, or an object that holds one",
        _CAPTURED,
        amid=WORKER,
    ),
    Failure(
        r"NO_ACTIVE_OR_DEFAULT_SESSION",
        "the code that ran on a worker asked for the SparkSession, and there is none",
        "a session is looked for, or a model is loaded, inside the function: do it on the driver",
        ("SG107", "SG106"),
        amid=WORKER,
    ),
    Failure(
        r"SESSION_OR_CONTEXT_NOT_EXISTS",
        "the code that ran on a worker called a part of Spark that needs the JVM",
        "a function of Columns (`F.upper`), a udf object or a type written in words is used inside "
        "the function, or when the worker imports its module",
        ("SG105", "SG107"),
        amid=WORKER,
    ),
    Failure(
        r"'NoneType' object has no attribute '_jvm'|Cannot load _jvm from SparkContext",
        "the code that ran on a worker called a part of Spark that needs the JVM",
        "a function of Columns (`F.upper`) is used inside a udf, where plain Python is needed",
        ("SG105", "SG106"),
        amid=WORKER,
        evidence="provoked; '_jvm' of None is what Spark 3 said",
    ),
    Failure(
        r"(?m)^(?:\w+\.)*(?:AssertionError|PySparkTypeError|TypeError|AttributeError)\b",
        "the code that ran on a worker called a function of Columns, which is for the driver",
        "a function of `pyspark.sql.functions` is used on plain values inside a udf",
        ("SG105", "SG106"),
        needs=(WORKER, COLUMNS),
    ),
    Failure(
        r"TypeError: (?:abs|ascii|filter|hash|max|min|pow|round|slice|sum)\(\) (?:takes|missing)",
        "the code that ran on a worker called a function of the name of a built-in one",
        "`from pyspark.sql.functions import *` hides the built-in `max`, `min`, `sum` and others: "
        "import the module as `F`",
        ("SG105",),
        amid=WORKER,
    ),
    Failure(
        r"(?m)^(?:\w+\.)*AssertionError\b",
        "the code that ran on a worker made an object that stands for one of the JVM",
        "a model or a transformer is made inside the function: make it on the driver",
        ("SG106",),
        needs=(WORKER, r"pyspark[/\\]ml(?:lib)?[/\\]"),
    ),
    Failure(
        r"from partially initialized module 'pyspark\.sql\.connect\.udtf'",
        "a worker unpickled a UDTF of Spark Connect, or what registers one, and cannot",
        "the function names a udtf object, or `spark.udtf`",
        ("SG106", "SG105"),
    ),
    Failure(
        r"called with a collection of some kind, None was passed|pass both levels and codes",
        "a worker unpickled an index of pandas on Spark, and cannot",
        "take what is needed of it with `to_pandas()` on the driver",
        ("SG104", "SG103"),
        amid=WORKER,
    ),
    Failure(
        r"Couldn't find message spark\.connect\.FetchErrorDetailsResponse",
        "a worker unpickled an exception that Spark had raised, and cannot",
        "the function names an exception that was caught: capture its text, `str(error)`",
        amid=WORKER,
    ),
    Failure(
        r"Can't get attribute '[^']+' on <module '(?:pyspark\.daemon|__main__)'",
        "a worker looked in its own `__main__` for what the driver's `__main__` defines",
        "plain pickle sends it by name only: an object of the script's own class in a broadcast, "
        "or a function under `lru_cache`; put the definition into a module",
        ("SG204", "SG205"),
        amid=WORKER,
    ),
    Failure(
        r"VALUE_NOT_ACCESSIBLE[^\n]*",
        "the code that ran on a worker read the value of an accumulator",
        "a worker can only add to it: read `.value` on the driver, after an action",
        ("SG303",),
    ),
    Failure(
        r"Arrow(?:Invalid|TypeError|NotImplemented\w+): [^\n]+",
        "a udf returned a value that cannot be what it is declared to return",
        "return what is declared, `float(...)` for a `DoubleType`, or declare what is returned",
        ("SG305",),
        needs=(WORKER, r"Array\.cast|array\.pxi"),
        unless=r"Could not convert Column",
    ),
    Failure(
        r"expected zero arguments for construction of ClassDict[^\n]*",
        "a udf returned an object that the JVM cannot read, such as a scalar of numpy",
        "return Python's own: `float(value)`, `value.item()`, `array.tolist()`",
        ("SG305",),
    ),
    Failure(
        r"can(?:not|'t) pickle [^\n]+",
        "a worker could not pickle what the function returned",
        "return plain values or a list: no generator, no lock, no connection",
        needs=(WORKER, r"\bdump_stream\b", r"\bdumps\b"),
    ),
    Failure(
        r"type object 'PyC\w+Type' has no attribute '__mul__'",
        "a worker unpickled an object of `ctypes`, and cannot",
        "the function names a shared library or a C array: load it inside the function",
        ("SG205",),
        amid=WORKER,
    ),
    # On the driver, pickling
    Failure(
        r"Could not serialize object: IndexError: tuple index out of range",
        "this PySpark is older than the Python that it runs on, and cannot read its functions",
        "use a newer PySpark or an older Python; the function is not to blame",
        evidence="Spark 3.2 on Python 3.11; not provoked",
    ),
    Failure(
        r"CONTEXT_ONLY_VALID_ON_DRIVER|attempting to reference SparkContext",
        "a pool of processes pickles what it is given, and something of Spark was in it",
        "processes share no session: use threads (`ThreadPool`), or give the pool plain values",
        ("SG104", "SG101", "SG103", "SG102"),
        needs=(r"multiprocessing[/\\]\w+\.py|concurrent[/\\]futures[/\\]process",),
        unless=r"Could not serialize",
    ),
    Failure(
        r"CONTEXT_ONLY_VALID_ON_DRIVER|attempting to reference SparkContext|SPARK-5063",
        "a function for the workers takes along something that leads to the SparkContext",
        "a method or a lambda that names `self` takes all of `self`; a function may name `spark`, "
        "`sc` or a DataFrame of the script",
        (*_CAPTURED, "SG107"),
    ),
    Failure(
        r"can(?:not|'t) pickle '?_thread\.RLock'? object",
        "a function for the workers takes a lock along, and most objects of Spark hold one",
        "it names a Column, a reader, `spark.conf`, a model of the JVM, a udf used before, "
        "or an object that holds one; else a client of a service, or a lock of its own",
        ("SG106", "SG103", "SG105", "SG201", "SG202", "SG104", "SG203"),
        amid=PICKLING,
    ),
    Failure(
        r"Could not serialize broadcast: |attribute lookup \S+ on __main__ failed",
        "plain pickle, which broadcasts use, cannot send what was given to it",
        "a lambda, a function or an object of the script's own class cannot be broadcast: name it "
        "in the function that ships, or broadcast the plain data that it is made of",
        ("SG204", "SG205"),
        amid=PICKLING,
        unless=r"lru_cache",
    ),
    Failure(
        r"Cannot pickle (?:files|closed files|standard)\b[^\n]*",
        "a function for the workers takes an open file along",
        "capture the path, and open the file inside the function",
        ("SG203",),
        amid=PICKLING,
    ),
    # What says nothing of its cause
    Failure(
        r"UDTF_SERIALIZATION_ERROR|STREAMING_CONNECT_SERIALIZATION_ERROR",
        "something that is shipped cannot be pickled, and Spark leaves out what it was",
        _ASK,
        _ANY,
        evidence="the first provoked, the second read in Spark's source",
    ),
    Failure(
        r"PYTHON_DATA_SOURCE_ERROR",
        "a part of a Python data source cannot be pickled where the server plans the query",
        _ASK,
        _ANY,
        needs=(r"[Pp]ickl|[Ss]erializ",),
    ),
    # Of what shipped code does where it runs
    Failure(
        r"output with shape \[[124](?:, \d+)+\] doesn't match the broadcast shape \[3|"
        r"size of tensor a \([24]\) must match the size of tensor b \(3\) at non-singleton",
        "a picture that is not RGB was normalised for three channels",
        'convert each picture when it is opened: `Image.open(...).convert("RGB")`',
        ("SG503",),
    ),
    # Of functions that ship, and of no rule yet
    Failure(
        r"RESOURCE_EXHAUSTED[^\n]*message larger than max|Sent message larger than max",
        "what travels with the plan is larger than Connect takes, 128 MiB",
        "a model or a table is captured by a function: send it as a file with `addArtifacts`, or "
        "read it on the workers",
    ),
    Failure(
        r"PYTHON_VERSION_MISMATCH|Python in worker has different version",
        "the workers run another version of Python than the driver",
        "set `PYSPARK_PYTHON` to the same Python for both",
    ),
    Failure(
        r"ModuleNotFoundError: No module named [^\n]+",
        "a worker cannot import a module that the shipped function belongs to, or names",
        "functions of modules travel by name: send the module with `--py-files` or `addPyFile`, or "
        "install the package on the workers",
        needs=(WORKER,),
    ),
    Failure(
        r"JVM_ATTRIBUTE_NOT_SUPPORTED",
        "the session is one of Spark Connect, which has no SparkContext and reaches no JVM",
        "use the DataFrame's own methods, `mapInPandas` where `rdd.mapPartitions` stands",
    ),
    Failure(
        r"attempted to use Broadcast after it was destroyed",
        "a function for the workers takes a broadcast along that was destroyed before it ran",
        "call `destroy()` after the last action that uses it; `unpersist()` only frees memory",
    ),
)
