"""The recipes: `nox -l` lists them, `nox` runs all that must be green, where it is installed."""

import nox

nox.options.default_venv_backend = "none"


@nox.session
def tests(session: nox.Session) -> None:
    """Every test; those marked `spark` start real Spark."""
    session.run("python", "-m", "pytest", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Style and formatting."""
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Types, strictly."""
    session.run("mypy")


@nox.session
def imports(session: nox.Session) -> None:
    """Imports run one way."""
    session.run("lint-imports", "--no-logo", "--no-cache")


@nox.session
def itself(session: nox.Session) -> None:
    """What sparkguard says of its own source."""
    session.run("python", "-m", "sparkguard", "check", "sparkguard")


@nox.session(default=False)
def fast(session: nox.Session) -> None:
    """The tests that need no Spark."""
    session.run("python", "-m", "pytest", "-m", "not spark", *session.posargs)


@nox.session(default=False)
def coverage(session: nox.Session) -> None:
    """Every test, and the lines that none of them reached."""
    session.run("coverage", "run", "-m", "pytest", *session.posargs)
    session.run("coverage", "report")


@nox.session(default=False)
def fix(session: nox.Session) -> None:
    """Formats, and mends what ruff can mend."""
    session.run("ruff", "check", "--fix", ".")
    session.run("ruff", "format", ".")


@nox.session(default=False)
def readme(session: nox.Session) -> None:
    """Renews the README's table of rules and its picture from what the program says."""
    session.run("python", "-m", "tests.readme")


@nox.session(default=False)
def benchmark(session: nox.Session) -> None:
    """Times `sparkguard check` beside bare parsers: `nox -s benchmark -- FOLDER`."""
    session.run("python", "benchmarks/parsers.py", *session.posargs)


@nox.session(default=False)
def extractor(session: nox.Session) -> None:
    """Times the extractor beside bare PyTorch and other UDFs, some 20 minutes: writes its page."""
    session.run(
        "python", "benchmarks/extractor.py", "--write", "benchmarks/extractor.md", *session.posargs
    )


@nox.session(default=False)
def agreement(session: nox.Session) -> None:
    """Asks real Spark of thousands of programs: `nox -s agreement -- --programs 5000 --seed 1`."""
    session.run("python", "-m", "tests.differential.agreement", *session.posargs)


@nox.session(default=False)
def fixes(session: nox.Session) -> None:
    """Asks real Spark of fixed programs: `nox -s fixes -- --programs 2000 --seed 1`."""
    session.run("python", "-m", "tests.differential.fixes", *session.posargs)
