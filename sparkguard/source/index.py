"""The project across files: which file an import names, and who calls a function."""

from __future__ import annotations

import os
import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path

from sparkguard.source.apart import Apart
from sparkguard.source.facts import Call
from sparkguard.source.module import Module, real
from sparkguard.source.runs import with_runs
from sparkguard.source.syntax import ParseError, is_python
from sparkguard.source.text import SourceText, UnreadableSource, read_source

_WORD = re.compile(r"\w+")
_NO_WORDS = {code: " " for code in range(128) if not (chr(code).isalnum() or chr(code) == "_")}
_IMPORT_LINE = re.compile(r"\n[ \t]*(?:from|import)\b([^\n]*)")


class ProjectIndex:
    """The files of a project, each parsed when it is first asked for.

    Args:
        checked: The files that are checked.
        around: Other files of the project; nothing outside both is ever read.
    """

    def __init__(self, checked: Sequence[SourceText], around: Sequence[Path] = ()) -> None:
        self._sources: dict[str, SourceText | None] = {str(real(s.path)): s for s in checked}
        paths = {*self._sources, *(str(real(path)) for path in around)}
        self._known = dict.fromkeys(sorted(paths))
        self._modules: dict[str, Module | None] = {}
        self._calls: dict[tuple[Module, frozenset[str]], list[tuple[Module, int, Call]]] = {}
        self._derived: dict[tuple[str, Module], list[tuple[Module, int]]] = {}
        self._imported: dict[tuple[str, str, int], Module | None] = {}

    @cached_property
    def _roots(self) -> tuple[str, ...]:
        folders = {_folder(path) for path in self._known}
        return tuple(sorted({self._root(folder) for folder in folders}, key=Path))

    def _root(self, folder: str) -> str:
        while f"{folder}{os.sep}__init__.py" in self._known:
            folder = _folder(folder)
        return folder

    def source(self, path: Path) -> SourceText | None:
        """The text of one of the project's files, `None` if it cannot be read."""
        return self._source(str(path))

    def _source(self, path: str) -> SourceText | None:
        if path not in self._sources:
            try:
                self._sources[path] = read_source(Path(path), _shown(Path(path)))
            except UnreadableSource:
                self._sources[path] = None
        return self._sources[path]

    def parse(self, source: SourceText) -> Module:
        """The module of a file that is checked.

        Raises:
            ParseError: The file is not Python that can be read.
        """
        path = str(real(source.path))
        module = self._modules.get(path)
        if module is None:
            module = self._modules[path] = self._parsed(source)
        return module

    def _parsed(self, source: SourceText) -> Module:
        from sparkguard.source.parse import parse

        whole = with_runs(source, lambda path: self.source(path) if self._has(path) else None)
        if whole is not source and is_python(whole.text):
            return Module(whole, *parse(whole))
        return Module(source, *parse(source))

    def _has(self, path: Path) -> bool:
        return str(path) in self._known

    def module_at(self, path: Path) -> Module | None:
        """The module of a file, `None` if the project has no such file or it cannot be parsed."""
        return self._module(str(path))

    def _module(self, path: str) -> Module | None:
        if path not in self._known:
            return None
        if path not in self._modules:
            source = self._source(path)
            try:
                self._modules[path] = None if source is None else self.parse(source)
            except ParseError:
                self._modules[path] = None
        return self._modules[path]

    def imported(self, importer: Module, dotted: str, level: int) -> Module | None:
        """The module that `importer` gets by `dotted`, with `level` leading dots."""
        key = (importer.folder, dotted, level)
        if key not in self._imported:
            self._imported[key] = self._looked_up(importer, dotted, level)
        return self._imported[key]

    def _looked_up(self, importer: Module, dotted: str, level: int) -> Module | None:
        for path in self._candidates(importer, dotted, level):
            found = self._module(path)
            if found is not None:
                return found
        return None

    def _candidates(self, importer: Module, dotted: str, level: int) -> Iterator[str]:
        """The files that an import may name, the first that can be read is meant."""
        parts = dotted.strip(".").replace(".", os.sep)
        if level:
            bases = [str(folder) for folder in importer.path.parents[level - 1 : level]]
        else:
            bases = [importer.folder, str(importer.package_root), *self._roots]
        for base in bases:
            target = f"{base}{os.sep}{parts}" if parts else base
            if parts:
                yield f"{target}.py"
            yield f"{target}{os.sep}__init__.py"

    def is_apart(self, importer: Module, dotted: str, level: int) -> bool:
        """Whether an import gets a module that has nothing to do with Spark, nor what it imports.

        That is told by their texts; where it cannot be, the answer is no.
        """
        named = self._candidates(importer, dotted, level)
        return all(self._apart.holds(path) for path in named if path in self._known)

    @cached_property
    def _apart(self) -> Apart:
        return Apart(self._known, self._source)

    def calls_to(self, names: Iterable[str], definer: Module) -> Sequence[tuple[Module, int, Call]]:
        """Every call in the project of something that `definer` defines under one of `names`.

        A class is called by the names of the classes that derive from it, too.
        """
        key = (definer, frozenset(names))
        if key not in self._calls:
            self._calls[key] = [
                (module, scope, call)
                for module in self._knowing(*key)
                for name in module.with_derived(key[1])
                for scope, call in module.calls.get(name, ())
            ]
        return self._calls[key]

    def derived(self, name: str, definer: Module) -> Sequence[tuple[Module, int]]:
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
        mentioned = set[int]().union(*(self._mentions.get(name, ()) for name in names))
        for number in sorted(mentioned.intersection(self._mentions.get(definer.name, ()))):
            module = self._module(self._paths[number])
            if module is not None and module is not definer:
                yield module

    @cached_property
    def _paths(self) -> tuple[str, ...]:
        return tuple(self._known)

    def tests_of(self, names: frozenset[str]) -> Iterator[SourceText]:
        """The files of tests that mention one of some names."""
        mentioned = set[int]().union(*(self._mentions.get(name, ()) for name in names))
        for path in map(self._paths.__getitem__, sorted(mentioned)):
            source = self._source(path) if _is_test(Path(path)) else None
            if source is not None:
                yield source

    def is_imported(self, module: Module) -> bool:
        """Whether another file of the project imports this one by its name."""
        stem, own = module.path.stem, str(module.path)
        mentioning = (self._paths[number] for number in self._mentions.get(stem, ()))
        return any(path != own and stem in self._import_words(path) for path in mentioning)

    def _import_words(self, path: str) -> set[str]:
        source = self._source(path)
        return _words(" ".join(_IMPORT_LINE.findall(f"\n{source.text}"))) if source else set()

    @cached_property
    def _mentions(self) -> dict[str, array[int]]:
        """The numbers of the files that hold a word, in order, by the word."""
        found: dict[str, array[int]] = {}
        for number, path in enumerate(self._paths):
            source = self._source(path)
            for word in _words(source.text) if source else ():
                if word in found:
                    found[word].append(number)
                else:
                    found[word] = array("I", (number,))
        return found

    def runs_as_script(self, module: Module) -> bool:
        """Whether the file's own functions belong to `__main__`, and so go by value."""
        if module.facts.guarded or module.source.is_notebook:
            return True
        return not module.in_package and not self.is_imported(module)


def _is_test(path: Path) -> bool:
    return path.stem.startswith("test_") or path.stem.endswith(("_test", "_tests"))


def _words(text: str) -> set[str]:
    """The words of a text; of plain ASCII in a third of the time."""
    return set(text.translate(_NO_WORDS).split() if text.isascii() else _WORD.findall(text))


def _folder(path: str) -> str:
    return path.rpartition(os.sep)[0]


def _shown(path: Path) -> str:
    try:
        return path.relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()
