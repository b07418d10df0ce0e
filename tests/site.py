"""Builds the site: README, the pages in docs/, those of the rules, and an index of these."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml

from sparkguard import catalog
from sparkguard.report.sarif import FAMILIES
from tests.readme import rows

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build" / "site"
PAGES = {
    "Home": "README.md",
    "Getting started": "docs/getting-started.md",
    "From a stack trace": "docs/stack-trace.md",
    "Findings one by one": "docs/audit.md",
    "Notebooks": "docs/notebooks.md",
    "Databricks": "docs/databricks.md",
    "Editors": "docs/editors.md",
    "Continuous integration": "docs/ci.md",
    "Python": "docs/python.md",
    "Features of pictures": "docs/extractor.md",
}
MORE = {"Contributing": "CONTRIBUTING.md", "Changes": "CHANGELOG.md"}
BENCHMARKS = {
    "How it is measured": "benchmarks/README.md",
    "Fifteen closures": "benchmarks/closures.md",
    "Agreement with Spark": "benchmarks/agreement.md",
    "The probe's agreement": "benchmarks/live_agreement.md",
    "The extractor": "benchmarks/extractor.md",
    "The language server": "benchmarks/server.md",
    "Speed": "benchmarks/results.md",
    "What fixes are worth": "benchmarks/fixes.md",
    "What heavy closures cost": "benchmarks/weights.md",
    "What models cost": "benchmarks/inference.md",
}
RULES = "rules/index.md"
WORDS = {
    "meta": "About the check",
    "driver-only": "It cannot leave the driver",
    "unpicklable": "It cannot be pickled",
    "semantics": "It travels, and the answer is wrong",
    "weight": "It travels, and it is heavy",
    "inference": "A model is used the wrong way on the workers",
}


def settings() -> dict[str, Any]:
    """What the site is made with; it asks no other server for anything."""
    rules = [RULES, *(catalog.page(rule).file for rule in catalog.rules())]
    groups = ({"Rules": rules}, {"Benchmarks": _listed(BENCHMARKS)}, *_listed(MORE))
    schemes = (("default", "slate", "dark"), ("slate", "default", "light"))
    return {
        "site_name": "sparkguard",
        "site_url": catalog.SITE,
        "site_description": "Tells that a Python function cannot travel to Spark's workers",
        "docs_dir": "source",
        "site_dir": "html",
        "theme": {
            "font": False,
            "features": [
                "content.code.copy",
                "navigation.sections",
                "navigation.top",
                "toc.follow",
            ],
            "palette": [
                {
                    "media": f"(prefers-color-scheme: {'dark' if here == 'slate' else 'light'})",
                    "scheme": here,
                    "toggle": {"icon": "lucide/sun-moon", "name": f"Show it in {words}"},
                }
                for here, _, words in schemes
            ],
        },
        "nav": [*_listed(PAGES), *groups],
        "markdown_extensions": [
            "tables",
            "admonition",
            "pymdownx.highlight",
            "pymdownx.superfences",
        ],
    }


def _listed(pages: dict[str, str]) -> list[dict[str, str]]:
    return [{title: page} for title, page in pages.items()]


def index_of_rules() -> str:
    """The page that lists the rules by family."""
    return "\n".join(["# Rules", "", *_families(), ""])


def _families() -> Iterator[str]:
    for family, of_it in groupby(catalog.rules(), lambda rule: FAMILIES[rule.code[:3]]):
        yield f"\n## {WORDS[family]}\n"
        yield from rows([*of_it], "")


def assemble(folder: Path) -> None:
    """Lays the sources out anew, as they lie in the project: the same links lead through both."""
    source = folder / "source"
    shutil.rmtree(folder, ignore_errors=True)
    kept = [*PAGES.values(), *MORE.values(), *BENCHMARKS.values(), "docs/report.svg"]
    kept += [catalog.page(rule).file for rule in catalog.rules()]
    for name in kept:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, source / name)
    (source / RULES).write_text(index_of_rules(), encoding="utf-8")
    written = yaml.safe_dump(settings(), sort_keys=False)
    (folder / "mkdocs.yml").write_text(written, encoding="utf-8")


def build(folder: Path = BUILD) -> int:
    """Makes the site in `html` of a folder; a link that leads nowhere makes the code 1.

    Args:
        folder: What is there is deleted.
    """
    assemble(folder)
    command = [sys.executable, "-m", "zensical", "build", "--strict", "-f", "mkdocs.yml"]
    return subprocess.run(command, cwd=folder, check=False).returncode


if __name__ == "__main__":
    sys.exit(build())
