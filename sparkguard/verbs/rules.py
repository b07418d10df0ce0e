"""`sparkguard rules`: the table of rules."""

from __future__ import annotations

import sys
from argparse import Namespace
from typing import TYPE_CHECKING

from sparkguard.arguments import ExitCode
from sparkguard.verbs.reports import page_url

if TYPE_CHECKING:
    from sparkguard.arguments import Verbs


def add(verbs: Verbs) -> None:
    """Add the verb and its words to the command line."""
    rules = verbs.add_parser("rules", help="list the rules", allow_abbrev=False)
    rules.add_argument("--output-format", choices=("text", "json"), default="text")


def run(options: Namespace) -> ExitCode:
    """Write the table."""
    from sparkguard import catalog
    from sparkguard.report.page import write_rules

    write_rules(catalog.rules(), sys.stdout, options.output_format, page_url)
    return ExitCode.CLEAN
