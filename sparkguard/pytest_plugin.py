"""The guard for test suites: `pytest --sparkguard`, and the fixture `sparkguard`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sparkguard.guarding import Guard

_SEEN = pytest.StashKey[dict[str, "Guard"]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option, in a group of its own."""
    group = parser.getgroup("sparkguard", "what travels to Spark's workers")
    group.addoption(
        "--sparkguard",
        action="store_true",
        help="probe what each test ships to Spark; what does not travel fails the test",
    )


def pytest_configure(config: pytest.Config) -> None:
    """A place for what the tests ship."""
    config.stash[_SEEN] = {}


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Guards a test and its fixtures."""
    if not item.config.getoption("sparkguard"):
        yield
        return
    from sparkguard.guarding import guard

    with guard() as guarding:
        yield
    item.config.stash[_SEEN][item.nodeid] = guarding


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """How much was probed, and what does not travel, by test."""
    seen = config.stash[_SEEN]
    if not config.getoption("sparkguard"):
        return
    payloads = sum(guarding.payloads for guarding in seen.values())
    found = {
        name: [one.message for result in guarding.results for one in result.diagnostics]
        for name, guarding in seen.items()
        if guarding.results
    }
    terminalreporter.section("sparkguard")
    terminalreporter.line(f"{payloads} payloads probed in {len(seen)} tests")
    for name, messages in found.items():
        for message in dict.fromkeys(messages):
            terminalreporter.line(f"{name}: {message}")


@pytest.fixture
def sparkguard() -> Iterator[Guard]:
    """Guards one test; tells how many payloads came by and what was found."""
    from sparkguard.guarding import guard

    with guard() as guarding:
        yield guarding
