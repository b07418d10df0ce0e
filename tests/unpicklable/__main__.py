"""Writes the table of what cannot be pickled: `python -m tests.unpicklable --write`.

It asks everything, so it wants every package, in an environment of its own:
`pip install $(python -m tests.unpicklable --packages)`.
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from collections.abc import Iterator
from dataclasses import asdict
from subprocess import TimeoutExpired

from tests.unpicklable.package import Said, answer, asked
from tests.unpicklable.rows import PACKAGES, PYTHON
from tests.unpicklable.table import UNPICKLABLE, table, text


def main(arguments: list[str]) -> int:
    """Does what the arguments say."""
    match arguments:
        case ["--write"]:
            said = dict(_all())
            UNPICKLABLE.write_text(text(table(said)), encoding="utf-8")
        case ["--packages"]:
            others = (name for name in PACKAGES if name != PYTHON)
            sys.stdout.write(" ".join(("onnx", "tree-sitter-python", *others)) + "\n")
        case ["--ask", package]:
            sys.stdout.write(f"\n{json.dumps(asdict(answer(package)))}\n")
        case _:
            sys.stderr.write(__doc__ or "")
            return 2
    return 0


def _all() -> Iterator[tuple[str, Said]]:
    """Asks every package.

    Raises:
        ValueError: If rows are wrong; the words say which.
    """
    problems = []
    for package in PACKAGES:
        try:
            yield package, asked(package)
        except (RuntimeError, TimeoutExpired) as error:
            problems.append(str(error))
    if problems:
        raise ValueError("\n".join(problems))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    try:
        code = main(sys.argv[1:])
    except (RuntimeError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # the clients that were made have threads that would be waited for
