"""Writes a program: fills the holes of its parts and lays them out in files."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from tests.differential.parts import Bind, Decoy, Hold, Wrap
from tests.differential.program import Program
from tests.differential.template import Scope

SCRIPT = "job.py"
_TOP_SESSION = "SparkSession.builder.getOrCreate()"
_SESSION_IMPORT = "from pyspark.sql import SparkSession"
_MARK = re.compile(r"[ \t]*#([@~])")
_DEFINED = re.compile(r"^(?:def|class) (\w+)", re.MULTILINE)
_STRICT = Wrap("a def of the right shape", "def $w($params)$arrow:\n    return $f($args)")
_ENTRIES = {
    "name": "def main(spark):\n    $lines",
    "annotation": "def main($session: SparkSession):\n    $lines",
    "call": "def $run($session):\n    $lines\n\n\ndef main(spark):\n    $run(spark)",
}

Lines = frozenset[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Written:
    """The files of a program.

    Args:
        files: Text by name; the script is the last.
        ships: The lines of the calls that ship.
        decoys: The lines that are beside the point.
    """

    files: tuple[tuple[str, str], ...]
    ships: Lines
    decoys: Lines


def write(program: Program, number: int = 0) -> Written:
    """The program's files.

    Args:
        program: What was drawn.
        number: Its own among those that run in one session; its modules bear it.
    """
    return _Draft(program, number).written()


class _Draft:
    """A program in the making: what stands at each file's top, and in the script's `main`."""

    def __init__(self, program: Program, number: int) -> None:
        self.program, self.number = program, number
        self.names = iter(program.names)
        if program.entry != "annotation":  # `main(spark)`: no other part may have the name
            self.names = (name for name in self.names if name != "spark")
        self.session = "spark" if program.entry == "name" else next(self.names)
        self.it, self.f = next(self.names), next(self.names)
        self.imports = [_SESSION_IMPORT]
        self.top: list[str] = []
        self.main: list[str] = []
        self.files: dict[str, list[str]] = {}

    def written(self) -> Written:
        for decoy in self.program.decoys[::2]:
            self.decoy(decoy)
        self.site(self.wrapped(self.reach()))
        for decoy in self.program.decoys[1::2]:
            self.decoy(decoy)
        self.file(SCRIPT, "\n\n".join([*filter(None, self.top), self.entry()]))
        return _marked({name: self.assembled(name) for name in self.files})

    def scope(self, **holes: str) -> Scope:
        shape = self.program.ship.shape
        asked = {"params": shape.params, "args": shape.args, "arrow": shape.arrow}
        return Scope(self.names, self.number, **asked, result=shape.result, **holes)

    def need(self, imports: str) -> None:
        self.imports += imports.splitlines()

    def file(self, name: str, text: str) -> None:
        self.files.setdefault(name, []).append(text)

    def decoy(self, decoy: Decoy) -> None:
        scope = self.scope(it=self.it, spark=self.session)
        self.need(decoy.imports)
        for text, lines in ((decoy.top, self.top), (decoy.main, self.main)):
            lines.append("\n".join(f"{line}  #~" for line in scope.fill(text).splitlines()))

    def reach(self) -> str:
        """Lays out how the function knows the thing, and says what the function is called."""
        reach = self.program.reach
        scope = self.scope(it=self.it, f=self.f, decorator=self.program.ship.decorator)
        files = {scope.fill(name): text for name, text in reach.files}
        made = _Made(self, self.home(files))
        inside = self.body(made.use, scope.fill(reach.root))
        above, here = {**inside, **made.at(_TOP_SESSION)}, {**inside, **made.at(self.session)}
        for name, text in files.items():
            self.file(name, scope.fill(text, **above))
        self.top.append(scope.fill(reach.top, **above))
        self.main.append(scope.fill(reach.main, **here))
        self.need(scope.fill(reach.imports))
        return scope.fill(reach.function, **here)

    def home(self, files: dict[str, str]) -> list[str]:
        """The top of the file that the thing is made in."""
        makers = [name for name, text in files.items() if "$bind" in text or "$make" in text]
        return self.files.setdefault(makers[0], []) if makers else self.top

    def body(self, use: str, root: str) -> dict[str, str]:
        """The statements of the function, the same as a lambda's value, and the bare use."""
        mention, result = self.program.mention, self.program.ship.shape.result
        self.need(mention.imports)
        scope = self.scope(it=self.it)
        used = scope.fill(use, it=root)
        block = scope.fill(mention.block, use=used, root=root)
        value = scope.fill(mention.expression, use=used, root=root)
        return {
            "body": f"{block}\nreturn {result}",
            "value": f"({value}, {result})[1]",
            "use": used,
        }

    def wrapped(self, function: str) -> str:
        top = self.program.reach.level == "top"
        for wrap in (*self.program.wraps, *self.straightened()):
            scope = self.scope(f=f"({function})" if function.startswith("lambda") else function)
            self.need(wrap.imports)
            (self.top if top else self.main).append(scope.fill(wrap.text))
            function = scope.fill(wrap.function)
            top = top and bool(wrap.text)
        return function

    def straightened(self) -> Iterator[Wrap]:
        program = self.program
        exact = program.wraps[-1].exact if program.wraps else program.reach.exact
        if program.ship.takes == "strict" and exact != "def":
            yield _STRICT

    def site(self, function: str) -> None:
        ship, site = self.program.ship, self.program.site
        if ship.takes == "name" and not function.isidentifier():
            scope = self.scope(f=function)
            self.main.append(scope.fill("$g = $f"))
            function = scope["g"]
        scope = self.scope(f=function, spark=self.session)
        call = self.scope(f=scope.fill(site.function), spark=scope.fill(site.session))
        statements = call.fill(ship.text)
        self.need(ship.imports)
        self.need(scope.fill(site.imports))
        if site.module:
            name = f"{scope['module']}.py"
            self.file(name, call.fill(ship.top))
            self.file(name, scope.fill(site.module, ship=statements))
        else:
            self.top.append(call.fill(ship.top))
        self.top.append(scope.fill(site.top, ship=statements))
        self.main.append(scope.fill(site.main, ship=statements))

    def entry(self) -> str:
        lines = "\n".join(filter(None, self.main))
        return self.scope(session=self.session).fill(_ENTRIES[self.program.entry], lines=lines)

    def assembled(self, name: str) -> str:
        text = "\n\n".join(filter(None, self.files[name]))
        own = self.program.thing.top
        if any(re.search(rf"\b{defined}\b", text) for defined in _DEFINED.findall(own)):
            text = f"{own}\n\n\n{text}"
        imports = _used(dict.fromkeys(self.imports), text, PurePosixPath(name))
        return "\n".join([*imports, "", text, ""]) if text else ""


class _Made:
    """How the thing is made in its holders, bound to its name, and used."""

    def __init__(self, draft: _Draft, home: list[str]) -> None:
        program = draft.program
        self.draft, self.home = draft, home
        self.make, self.after = program.thing.make, ""
        self.use = program.thing.uses[program.use % len(program.thing.uses)]
        draft.need(program.thing.imports)
        for hold in program.holds:
            access = self.hold(hold)
            self.use = hold.use or self.use.replace("$it", access)
        self.scope = draft.scope(it=draft.it)
        if program.reach.binds:
            self.bind(program.bind)
        self.use = program.reach.use or self.use

    def hold(self, hold: Hold) -> str:
        """Puts the thing into a holder, and says how it is reached there."""
        scope = self.draft.scope(spark="$spark", it="$it")
        inner, above = self.make, self.made(_TOP_SESSION)
        self.draft.need(scope.fill(hold.imports))
        if hold.module:
            self.draft.file(f"{scope['module']}.py", scope.fill(hold.module, make=above))
        self.home.append(scope.fill(hold.top, make=above))
        self.make = scope.fill(hold.make, make=inner)
        self.after = scope.fill(hold.after, make=inner)
        return scope.fill(hold.access)

    def bind(self, bind: Bind) -> None:
        """Defines what the binding needs; the statements come where the thing is bound."""
        self.draft.need(self.scope.fill(bind.imports))
        if bind.module:
            self.draft.file(f"{self.scope['module']}.py", self.scope.fill(bind.module))
        self.home.append(self.scope.fill(bind.top, make=self.made(_TOP_SESSION)))
        self.use = bind.use or self.use

    def made(self, session: str) -> str:
        return self.draft.scope().fill(self.make, spark=session)

    def at(self, session: str) -> dict[str, str]:
        """What stands in the holes of a place where `session` is how a session is got."""
        make = self.made(session)
        lines = self.scope.fill(self.draft.program.bind.text, make=make)
        after = self.scope.fill(self.after, spark=session)
        return {"bind": f"{lines}\n{after}".strip(), "make": make, "spark": session}


def _used(imports: Iterable[str], text: str, path: PurePosixPath) -> Iterator[str]:
    """The imports that a file has use for; never of itself or of its own package."""
    own = path.parts[0].removesuffix(".py")
    for line in imports:
        (statement,) = ast.parse(line).body
        assert isinstance(statement, ast.Import | ast.ImportFrom)
        bound = [(name.asname or name.name).partition(".")[0] for name in statement.names]
        if re.match(rf"(from|import) {own}\b", line):
            continue
        if bound == ["*"] or any(re.search(rf"\b{name}\b", text) for name in bound):
            yield line


def _marked(texts: dict[str, str]) -> Written:
    lines = [
        (name, number, line)
        for name, text in texts.items()
        for number, line in enumerate(text.splitlines(), 1)
    ]
    ships, decoys = (
        frozenset((name, number) for name, number, line in lines if mark in _MARK.findall(line))
        for mark in "@~"
    )
    return Written(
        tuple((name, _MARK.sub("", text)) for name, text in texts.items()), ships, decoys
    )
