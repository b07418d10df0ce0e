"""The project across files: which file an import names, and who calls a function."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path

from sparkguard.source.facts import Call
from sparkguard.source.module import Module, real
from sparkguard.source.runs import with_runs
from sparkguard.source.syntax import ParseError, is_python
from sparkguard.source.text import SourceText, UnreadableSource, read_source

_WORD = re.compile(r"\w+")
_IMPORT_LINE = re.compile(r"^[ \t]*(?:from|import)\b([^\n]*)", re.M)


class ProjectIndex:
    """The files of a project, each parsed when it is first asked for.

    Args:
        checked: The files that are checked.
        around: Other files of the project; nothing outside both is ever read.
    """

    def __init__(self, checked: Sequence[SourceText], around: Sequence[Path] = ()) -> None:
        self._sources: dict[Path, SourceText | None] = {real(s.path): s for s in checked}
        self._known = dict.fromkeys([*self._sources, *map(real, around)])
        self._modules: dict[Path, Module | None] = {}
        self._derived: dict[tuple[str, Module], list[tuple[Module, int]]] = {}
        self._imported: dict[tuple[Path, str, int], Module | None] = {}

    @cached_property
    def _roots(self) -> tuple[Path, ...]:
        folders = {path.parent for path in self._known}
        return tuple(sorted({self._root(folder) for folder in folders}))

    def _root(self, folder: Path) -> Path:
        while folder / "__init__.py" in self._known:
            folder = folder.parent
        return folder

    def source(self, path: Path) -> SourceText | None:
        """The text of one of the project's files, `None` if it cannot be read."""
        if path not in self._sources:
            try:
                self._sources[path] = read_source(path, _shown(path))
            except UnreadableSource:
                self._sources[path] = None
        return self._sources[path]

    def parse(self, source: SourceText) -> Module:
        """The module of a file that is checked.

        Raises:
            ParseError: The file is not Python that can be read.
        """
        path = real(source.path)
        module = self._modules.get(path)
        if module is None:
            module = self._modules[path] = self._parsed(source)
        return module

    def _parsed(self, source: SourceText) -> Module:
        from sparkguard.source.parse import parse

        whole = with_runs(source, lambda path: self.source(path) if path in self._known else None)
        if whole is not source and is_python(whole.text):
            return Module(whole, *parse(whole))
        return Module(source, *parse(source))

    def module_at(self, path: Path) -> Module | None:
        """The module of a file, `None` if the project has no such file or it cannot be parsed."""
        if path not in self._known:
            return None
        if path not in self._modules:
            source = self.source(path)
            try:
                self._modules[path] = None if source is None else self.parse(source)
            except ParseError:
                self._modules[path] = None
        return self._modules[path]

    def imported(self, importer: Module, dotted: str, level: int) -> Module | None:
        """The module that `importer` gets by `dotted`, with `level` leading dots."""
        key = (importer.path, dotted, level)
        if key not in self._imported:
            self._imported[key] = self._looked_up(importer, dotted, level)
        return self._imported[key]

    def _looked_up(self, importer: Module, dotted: str, level: int) -> Module | None:
        parts = tuple(part for part in dotted.split(".") if part)
        if level:
            above = importer.path.parents[level - 1 : level]
            return self._found(above[0], parts) if above else None
        for base in (importer.path.parent, importer.package_root, *self._roots):
            found = self._found(base, parts)
            if found is not None:
                return found
        return None

    def _found(self, base: Path, parts: tuple[str, ...]) -> Module | None:
        target = base.joinpath(*parts)
        if parts:
            found = self.module_at(target.with_name(target.name + ".py"))
            if found is not None:
                return found
        return self.module_at(target / "__init__.py")

    def calls_to(self, names: Iterable[str], definer: Module) -> Iterator[tuple[Module, int, Call]]:
        """Every call in the project of something that `definer` defines under one of `names`.

        A class is called by the names of the classes that derive from it, too.
        """
        wanted = frozenset(names)
        for module in self._knowing(definer, wanted):
            for name in module.with_derived(wanted):
                for scope, call in module.calls.get(name, ()):
                    yield module, scope, call

    def derived(self, name: str, definer: Module) -> list[tuple[Module, int]]:
        """The classes of the project that name `name`, a class of `definer`, as a base."""
        key = (name, definer)
        if key not in self._derived:
            self._derived[key] = [
                (module, number)
                for module in self._knowing(definer, frozenset({name}))
                for number in module.derived_from(name)
            ]
        return self._derived[key]

    def _knowing(self, definer: Module, names: frozenset[str]) -> Iterator[Module]:
        """The files that mention one of `names` and the file that defines it, that file first."""
        yield definer
        for path, words in self._words.items():
            if definer.name in words and not names.isdisjoint(words) and path != definer.path:
                module = self.module_at(path)
                if module is not None:
                    yield module

    @cached_property
    def _words(self) -> dict[Path, frozenset[str]]:
        found = {}
        for path in self._known:
            source = self.source(path)
            found[path] = frozenset(_WORD.findall(source.text) if source else ())
        return found

    def tests_of(self, names: frozenset[str]) -> Iterator[SourceText]:
        """The files of tests that mention one of some names."""
        for path, words in self._words.items():
            source = self.source(path) if _is_test(path) and not names.isdisjoint(words) else None
            if source is not None:
                yield source

    def is_imported(self, module: Module) -> bool:
        """Whether another file of the project imports this one by its name."""
        return not self._importers.get(module.path.stem, frozenset()) <= {module.path}

    @cached_property
    def _importers(self) -> dict[str, frozenset[Path]]:
        """The files whose import lines have a word, by the word."""
        found: dict[str, set[Path]] = {}
        for path in self._known:
            source = self.source(path)
            for line in _IMPORT_LINE.findall(source.text if source else ""):
                for word in _WORD.findall(line):
                    found.setdefault(word, set()).add(path)
        return {word: frozenset(paths) for word, paths in found.items()}

    def runs_as_script(self, module: Module) -> bool:
        """Whether the file's own functions belong to `__main__`, and so go by value."""
        if module.facts.guarded or module.source.is_notebook:
            return True
        return not module.in_package and not self.is_imported(module)


def _is_test(path: Path) -> bool:
    return path.stem.startswith("test_") or path.stem.endswith(("_test", "_tests"))


def _shown(path: Path) -> str:
    try:
        return path.relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()
