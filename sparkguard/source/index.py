"""The project across files: which file an import names, and who calls a function."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from sparkguard.source.apart import Apart
from sparkguard.source.facts import Call
from sparkguard.source.finder import Finder
from sparkguard.source.located import real
from sparkguard.source.mentions import SEARCHES, Mentions
from sparkguard.source.module import Module
from sparkguard.source.needs import Memory, Needs, Sought, imported_words
from sparkguard.source.notes import Known, Notes
from sparkguard.source.profile import Profile
from sparkguard.source.runs import with_runs
from sparkguard.source.syntax import ParseError, is_python
from sparkguard.source.text import SourceText, UnreadableSource, display_name, read_source

T = TypeVar("T")
_FEW = 50
"""One file in so many is checked: few words are looked for."""


class ProjectIndex(Notes):
    """The files of a project, each parsed when it is first asked for.

    Args:
        checked: The files that are checked.
        around: Other files of the project; nothing outside both is ever read.
        memory: What was learnt of files that are as they were then.
    """

    def __init__(
        self,
        checked: Sequence[SourceText],
        around: Callable[[], Iterable[Path]] = tuple,
        memory: Memory | None = None,
    ) -> None:
        self.memory = memory or Memory()
        self._sources: dict[str, SourceText | None] = {}
        self._located_at: dict[Path, str] = {}
        self._checked = 0
        self.take(checked)
        self._around = around
        super().__init__()
        self._modules: dict[str, Module | None] = {}
        self._run: dict[str, Needs] = {}
        self._calls: Known[tuple[Module, frozenset[str]], list[tuple[Module, int, Call]]] = {}
        self._derived: Known[tuple[str, Module], list[tuple[Module, int]]] = {}
        self._told_apart: Known[tuple[str, str, int], bool] = {}
        self._importing: Known[Module, bool] = {}
        self._import_words: dict[str, set[str]] = {}
        self._imported: Known[tuple[str, str, int], Module | None] = {}

    def take(self, sources: Iterable[SourceText]) -> None:
        """Takes texts of the project that were read; they count for what stands in their files."""
        read = {source.path: source for source in sources}
        self._checked += len(read)
        self._sources |= {file: read[path] for file, path in self._located(read)}

    def _located(self, paths: Iterable[Path]) -> Iterator[tuple[str, Path]]:
        """Where files are, links resolved: each is looked for once."""
        given = [*paths]
        new = [path for path in given if path not in self._located_at]
        self._located_at |= {path: file for file, path in _resolved(new)}
        return ((self._located_at[path], path) for path in given)

    @cached_property
    def _known(self) -> dict[str, Path]:
        """The files of the project, as they were given, by where they are, in that order."""
        found = dict(self._located(self._around()))
        found |= {path: source.path for path, source in self._sources.items() if source}
        return dict(sorted(found.items()))

    def profile(self, path: Path) -> Profile | None:
        """What a file of the project says to those that only pass it; `None` if it must be read."""
        module = self.at(path)
        if module is None or path not in self._passable:
            return None
        return module.profile or Profile.of(module)

    def may_link(self, path: Path, name: str | None, dotted: str, level: int) -> bool:
        """Whether an import in a file may give a module of the project."""
        whole = dotted if name is None else f"{dotted}.{name}"
        module = self.at(path)
        return module is not None and any(self._finder.files(module, whole, level))

    @cached_property
    def _finder(self) -> Finder:
        return Finder(self._known)

    def _source(self, path: str) -> SourceText | None:
        """The text of one of the project's files, `None` if it cannot be read."""
        if path not in self._sources:
            given = self._known[path]
            try:
                self._sources[path] = read_source(given, display_name(given))
            except UnreadableSource:
                self._sources[path] = None
        return self._sources[path]

    def parse(self, source: SourceText) -> Module:
        """The module of a file that is checked.

        Raises:
            ParseError: The file is not Python that can be read.
        """
        return self._parse(self._place(source.path), source)

    def _place(self, given: Path) -> str:
        """Where a file is, by its path as it was given."""
        return self._located_at.get(given) or str(real(given))

    def _parse(self, path: str, source: SourceText) -> Module:
        module = self._modules.get(path)
        if module is None:
            with self.noting() as self._run[path]:
                module = self._modules[path] = self._parsed(path, source)
        if path in self._run:
            self._needs.add(self._run[path])
        return module

    def _parsed(self, path: str, source: SourceText) -> Module:
        whole = with_runs(source, self._runnable)
        joined = whole is not source and is_python(whole.text)
        module = Module(whole if joined else source, Path(path))
        _ = module.facts  # where it is no Python, that is told here
        return module

    def _runnable(self, path: Path) -> SourceText | None:
        """A file of the project that a notebook runs."""
        if str(path) not in self._known:
            return None
        self._needs.files.add(self._known[str(path)])
        return self._source(str(path))

    def module_at(self, path: Path) -> Module | None:
        """The module of a file, `None` if the project has no such file or it cannot be parsed."""
        return self._module(str(path))

    def _module(self, path: str) -> Module | None:
        if path not in self._known:
            return None
        given = self._known[path]
        self._needs.files.add(given)
        if path not in self._modules:
            self._modules[path] = self._found(path)
        elif path in self._run:
            self._needs.add(self._run[path])
        module = self._modules[path]
        if module is not None and given not in self._passable and not module.source.is_notebook:
            self._passable.add(given)
        return module

    def _found(self, path: str) -> Module | None:
        source = self._source(path)
        if source is None:
            return None
        profile = self.memory.profile(self._known[path])
        if profile is not None:
            return Module(source, Path(path), profile, self.memory)
        with suppress(ParseError):
            return self._parse(path, source)
        return None

    def at(self, given: Path) -> Module | None:
        """The module of a file by its path as it was given; nobody is said to need it."""
        with self.noting():
            return self._module(self._place(given))

    def imported(self, importer: Module, dotted: str, level: int) -> Module | None:
        """The module that `importer` gets by `dotted`, with `level` leading dots."""
        if not self._finder.may_find(dotted):
            return None
        key = (importer.folder, dotted, level)
        return self.kept(self._imported, key, lambda: self._looked_up(importer, dotted, level))

    def _looked_up(self, importer: Module, dotted: str, level: int) -> Module | None:
        for path in self._finder.files(importer, dotted, level):
            found = self._module(path)
            if found is not None:
                return found
        return None

    def is_apart(self, importer: Module, dotted: str, level: int) -> bool:
        """Whether an import gets a module that has nothing to do with Spark, nor what it imports.

        That is told by their texts; where it cannot be, the answer is no.
        """
        if not self._finder.may_find(dotted):
            return True
        key = (importer.folder, dotted, level)
        return self.kept(self._told_apart, key, lambda: self._is_apart(importer, dotted, level))

    def _is_apart(self, importer: Module, dotted: str, level: int) -> bool:
        for path in self._finder.files(importer, dotted, level):
            files = self._apart.around(path)
            if files is None:
                return False
            self._needs.files |= {self._known[file] for file in files}
        return True

    @cached_property
    def _apart(self) -> Apart:
        return Apart(self._known, self._source)

    def calls_to(self, names: Iterable[str], definer: Module) -> Sequence[tuple[Module, int, Call]]:
        """Every call in the project of something that `definer` defines under one of `names`.

        A class is called by the names of the classes that derive from it, too.
        """
        key = (definer, frozenset(names))
        return self.kept(self._calls, key, lambda: [*self._calls_to(*key)])

    def _calls_to(
        self, definer: Module, names: frozenset[str]
    ) -> Iterator[tuple[Module, int, Call]]:
        def called(module: Module) -> list[tuple[Module, int, Call]]:
            if module.profile and not module.profile.uses(names):
                return []
            found = ((name, module.calls.get(name, ())) for name in module.with_derived(names))
            return [(module, scope, call) for _, calls in found for scope, call in calls]

        return self._knowing(definer, names, called)

    def derived(self, name: str, definer: Module) -> Sequence[tuple[Module, int]]:
        """The classes of the project that name `name`, a class of `definer`, as a base."""
        key = (name, definer)
        return self.kept(self._derived, key, lambda: [*self._derived_from(*key)])

    def _derived_from(self, name: str, definer: Module) -> Iterator[tuple[Module, int]]:
        def derived(module: Module) -> list[tuple[Module, int]]:
            if module.profile and not module.profile.derives(name):
                return []
            return [(module, number) for number in module.derived_from(name)]

        return self._knowing(definer, frozenset({name}), derived)

    def _knowing(
        self, definer: Module, names: frozenset[str], ask: Callable[[Module], list[T]]
    ) -> Iterator[T]:
        """What each file answers that mentions one of `names` and its definer, that file first."""
        self._needs.files.add(definer.source.path)
        yield from ask(definer)
        idle = self._needs.sought.setdefault(Sought.of(names, definer.name), set())
        mentioned = set[int]().union(*map(self._mentions.of, names))
        for number in sorted(mentioned.intersection(self._mentions.of(definer.name))):
            path = self._paths[number]
            with self.noting() as needs:
                module = self._module(path)
                found = ask(module) if module is not None and module is not definer else []
            if not found and self._known[path] in self._passable:
                idle.add(self._known[path])
            else:
                self._needs.add(needs)
            yield from found

    @cached_property
    def _paths(self) -> tuple[str, ...]:
        return tuple(self._known)

    def tests_of(self, names: frozenset[str]) -> Iterator[SourceText]:
        """The files of tests that mention one of some names."""
        self._needs.sought.setdefault(Sought.of(names), set())
        mentioned = set[int]().union(*map(self._mentions.of, names))
        for path in map(self._paths.__getitem__, sorted(mentioned)):
            source = self._source(path) if _is_test(Path(path)) else None
            if source is not None:
                self._needs.files.add(self._known[path])
                yield source

    def is_imported(self, module: Module) -> bool:
        """Whether another file of the project imports this one by its name."""
        return self.kept(self._importing, module, lambda: self._is_imported(module))

    def _is_imported(self, module: Module) -> bool:
        name, own = module.name, str(module.path)
        mentioning = (self._paths[number] for number in self._mentions.of(name))
        importers = (path for path in mentioning if path != own and name in self._imports(path))
        importer = next(importers, None)
        found = self._needs.sought.setdefault(Sought((name,), within="imports"), set())
        if importer is not None:
            found.add(self._known[importer])
        return importer is not None

    def _imports(self, path: str) -> set[str]:
        """The words of the import lines of a file."""
        if path not in self._import_words:
            source = self._source(path)
            self._import_words[path] = imported_words(source.text) if source else set()
        return self._import_words[path]

    @cached_property
    def _mentions(self) -> Mentions:
        few = self._checked < len(self._paths) // _FEW and self.memory.sought <= SEARCHES
        return Mentions(lambda: map(self._text, self._paths), few=few)

    def _text(self, path: str) -> str:
        source = self._source(path)
        return source.text if source else ""

    def runs_as_script(self, module: Module) -> bool:
        """Whether the file's own functions belong to `__main__`, and so go by value."""
        if module.is_package:
            return False
        if module.facts.guarded or module.source.is_notebook:
            return True
        return not module.in_package and not self.is_imported(module)


def _is_test(path: Path) -> bool:
    return path.stem.startswith("test_") or path.stem.endswith(("_test", "_tests"))


def _resolved(paths: Iterable[Path]) -> Iterator[tuple[str, Path]]:
    """Where files are, links resolved: those of a folder are looked for once."""
    folders: dict[str, str] = {}
    for path in paths:
        folder, name = os.path.split(path)
        if folder not in folders:
            folders[folder] = str(real(Path(folder)))
        here = os.path.join(folders[folder], name)  # noqa: PTH118, of 10,000 files
        yield (str(real(path)) if os.path.islink(path) else here), path  # noqa: PTH114, may raise
