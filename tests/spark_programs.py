"""Runs programs on real Spark, classic or Connect, the way a script is run."""

from __future__ import annotations

import ast
import gc
import json
import os
import subprocess
import sys
import traceback
import types
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sparkguard.catalog import EXPECTATION, Example, Expectation

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

HERE = Path(__file__).parents[1]
QUIET: dict[str, bool | float | int | str | None] = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.host": "localhost",
    "spark.log.level": "OFF",
    "spark.sql.shuffle.partitions": "1",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a program did.

    Args:
        returned: The `repr` of what `main` returned, `None` if it raised.
        said: Every error of the chain, the worker's own words included.
        lines: The script's lines that stand on the way to the error.
    """

    returned: str | None = None
    said: str = ""
    lines: tuple[int, ...] = ()

    def keeps(self, expectation: Expectation) -> bool:
        """Whether Spark did what the comment says, and on the line where it says so."""
        if expectation.kind == "returns":
            return self.returned is not None and ast.literal_eval(
                self.returned
            ) == ast.literal_eval(expectation.words)
        return expectation.words in self.said and expectation.line in self.lines


def write(example: Example, folder: Path, name: str) -> Path:
    """Writes a program of a page, its script as `name`, and returns the script's path.

    The comments that say what is expected stay out: a traceback quotes the lines that it passes,
    and Spark would be proven right by our own words.
    """
    *modules, (_, script) = example.files
    for module, code in [*modules, (f"{name}.py", script)]:
        path = folder / module
        text = EXPECTATION.sub("", code)
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.read_text(encoding="utf-8") != text:
            raise ValueError(f"two programs call a module {module}: a worker keeps the first")
        path.write_text(text, encoding="utf-8")
    return path


def run(script: Path, root: Path, spark: SparkSession) -> Outcome:
    """Runs a script as `__main__`, with `root` first on the path, and calls its `main(spark)`."""
    text = script.read_text(encoding="utf-8")
    return _outcome(text, script, root, {}, lambda module: module.main(spark))


def run_notebook(notebook: Path, text: str, spark: SparkSession) -> Outcome:
    """Runs the Python of a notebook, `text`, as `__main__`, with what notebooks hand out."""
    given = {"spark": spark, "sc": spark.sparkContext, "display": print}
    return _outcome(text, notebook, notebook.parent, given, lambda module: None)


def _outcome(
    text: str, script: Path, root: Path, given: dict[str, Any], then: Callable[[Any], object]
) -> Outcome:
    with _as_main(script, root) as module, warnings.catch_warnings():
        # Spark 4.3 says this of any function whose annotations are not Arrow's or pandas'.
        warnings.filterwarnings("ignore", "Cannot infer the eval type from type hints")
        # What a library deprecates is no matter of the program's.
        warnings.simplefilter("ignore", FutureWarning)
        try:
            vars(module).update(given)
            code = compile(text, script, "exec", dont_inherit=True)
            exec(code, vars(module))  # noqa: S102 - a program of this repository
            return Outcome(repr(then(module)))
        except Exception as error:
            return Outcome(None, "\n".join(_words(error)), tuple(_lines(error, script)))
        finally:
            _forget_broadcasts()
            # What a program leaves open is its own affair, and is closed before the next one.
            vars(module).clear()
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()


def run_on_connect(scripts: Sequence[Path], root: Path) -> dict[Path, Outcome]:
    """Runs scripts on Spark Connect, in one other process: a process speaks classic or Connect."""
    # Told that it is tested, Spark listens on any free port, else on 15002 or not at all.
    path = f"{HERE}{os.pathsep}{root}"
    environment = {**os.environ, "PYTHONPATH": path, "SPARK_TESTING": "1"}
    command = f"from tests.spark_programs import serve_connect; serve_connect({str(root)!r})"
    subprocess.run(
        [sys.executable, "-c", command, *map(str, scripts)],
        cwd=HERE,
        env=environment,
        check=True,
    )
    outcomes = json.loads((root / "outcomes.json").read_text(encoding="utf-8"))
    return {script: Outcome(**told) for script, told in zip(scripts, outcomes, strict=True)}


def serve_connect(root: str) -> None:
    """The other process: runs the scripts it is given, and leaves their outcomes as JSON."""
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.remote("local[2]").config(map=QUIET).getOrCreate()
    outcomes = [asdict(run(Path(script), Path(root), spark)) for script in sys.argv[1:]]
    (Path(root) / "outcomes.json").write_text(json.dumps(outcomes), encoding="utf-8")
    spark.stop()


@contextmanager
def _as_main(script: Path, root: Path) -> Iterator[Any]:
    """A fresh `__main__`, and `root` on the path; what was there before is put back."""
    main, path = sys.modules["__main__"], list(sys.path)
    module = types.ModuleType("__main__")
    module.__file__ = str(script)
    sys.modules["__main__"] = module
    sys.path.insert(0, str(root))
    try:
        yield module
    finally:
        sys.path[:] = path
        sys.modules["__main__"] = main
        for name, loaded in list(sys.modules.items()):
            if root in Path(getattr(loaded, "__file__", None) or "").parents:
                del sys.modules[name]


def _words(error: BaseException | None) -> Iterator[str]:
    """The error and what it came from, without the source lines that a traceback quotes."""
    while error is not None:
        yield "".join(traceback.format_exception_only(error))
        error = error.__cause__ or error.__context__


def _lines(error: Exception, script: Path) -> Iterator[int]:
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename == str(script) and frame.lineno:
            yield frame.lineno
    if isinstance(error, SyntaxError) and error.lineno:
        yield error.lineno


def _forget_broadcasts() -> None:
    """A function that failed to pickle leaves its broadcasts registered for the next one."""
    pyspark = sys.modules.get("pyspark")
    context = pyspark and pyspark.SparkContext._active_spark_context
    if context:
        context._pickled_broadcast_vars.clear()
