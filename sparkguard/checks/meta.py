"""SG0xx: findings about the check itself."""

from __future__ import annotations

from sparkguard.diagnostic import Severity
from sparkguard.model import Rule

UNUSED_SUPPRESSION = Rule(
    code="SG001",
    name="unused-suppression",
    severity=Severity.WARNING,
    summary="a suppression comment that silences nothing",
    check=None,
    since="0.1.0",
)
UNPARSEABLE_FILE = Rule(
    code="SG002",
    name="unparseable-file",
    severity=Severity.ERROR,
    summary="a file that cannot be read as Python, so that nothing in it was checked",
    check=None,
    since="0.1.0",
)
UNEXPLAINED_SUPPRESSION = Rule(
    code="SG003",
    name="unexplained-suppression",
    severity=Severity.ERROR,
    summary="a suppression comment without a reason, where the settings ask for one",
    check=None,
    since="0.1.0",
)
RULES = (UNUSED_SUPPRESSION, UNPARSEABLE_FILE, UNEXPLAINED_SUPPRESSION)
