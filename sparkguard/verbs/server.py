"""`sparkguard server`: the language server, for editors."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from sparkguard.arguments import ExitCode, Failure, add_verb

if TYPE_CHECKING:
    from sparkguard.arguments import Verbs

_NOTES = """\
Editors start it; docs/editors.md shows how. Needs the extra `server`.

exit codes:
  0  the editor said goodbye
  1  the editor was gone without a word
  2  pygls 2 is not installed
"""


def add(verbs: Verbs) -> None:
    """Add the verb and its words to the command line."""
    server = add_verb(
        verbs,
        "server",
        "the language server, for editors",
        usage="",
        description="Speaks the Language Server Protocol over standard input and output.",
        notes=_NOTES,
    )
    server.add_argument("--stdio", action="store_true", help="changes nothing; some editors add it")


def run(_: Namespace) -> ExitCode:
    """Serve one editor until it says goodbye."""
    try:
        from sparkguard.server import serve
    except ImportError:
        raise Failure(
            "the language server needs pygls 2: `pip install 'sparkguard[server]'`"
        ) from None
    return ExitCode.CLEAN if serve() else ExitCode.FOUND
