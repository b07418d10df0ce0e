"""Where the source stands that a live object comes from: definitions, names in them, calls."""

from __future__ import annotations

import ast
import linecache
import os
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import CodeType, FrameType
from typing import TypeVar

from sparkguard.diagnostic import Position, Span
from sparkguard.trees import tree_of

_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_FUNCTIONS: tuple[type[_Function], ...] = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_Node = TypeVar("_Node", bound=ast.AST)


@dataclass(frozen=True, slots=True)
class Site:
    """A call as the interpreter was making it.

    Args:
        file: The file, as its code names it.
        line: The line that runs.
        reach: First line, last line, first and last UTF-8 offset of the call, from Python 3.11 on.
    """

    file: str
    line: int
    reach: tuple[int | None, ...] = ()

    @classmethod
    def of(cls, frame: FrameType) -> Site:
        """Where a frame is now."""
        code, now = frame.f_code, frame.f_lasti
        reach: tuple[int | None, ...] = ()
        if sys.version_info >= (3, 11):
            positions = list(code.co_positions())
            reach = positions[now // 2] if 0 <= now // 2 < len(positions) else ()
        return cls(code.co_filename, frame.f_lineno, reach)


def call(site: Site, word: str, name: str) -> tuple[Span, Span, Span]:
    """The word that ships at a call, the `map` of `rdd.map`; its statement; what it ships.

    Args:
        site: The call.
        word: How the call is probably written.
        name: What the shipped thing is called.
    """
    file = _file(site.file)
    calls = [each for each in file.nodes(ast.Call) if _stands(each, site.line)]
    exact = [each for each in calls if _reach(each) == site.reach]
    worded = [each for each in calls if _word(each.func) == word]
    both = [each for each in exact if each in worded]
    found = next(iter((*both, *reversed(worded), *exact, *calls)), None)
    if found is None:
        return (file.statement(site.line),) * 3
    given = [*found.args, *(keyword.value for keyword in found.keywords)]
    argument = next((each for each in given if _word(each) == name), next(iter(given), found))
    return _of_call(file, found, argument, site.line)


def giving(
    thing: CodeType | type, name: str, words: Collection[str]
) -> tuple[str, Span, Span, Span] | None:
    """The call in a thing's own file that hands it over, as `call`, and the word before that.

    Args:
        thing: A function's code, or a class.
        name: What it is called.
        words: How such a call or decorator may be written.
    """
    file, node = _source(thing)
    for decorator in getattr(node, "decorator_list", ()):
        maker = decorator.func if isinstance(decorator, ast.Call) else decorator
        if node is not None and _word(maker) in words:
            return _word(maker), file.word(maker), file.span(decorator), file.named(node)
    for each in file.nodes(ast.Call):
        given = [*each.args, *(keyword.value for keyword in each.keywords)]
        for argument in given if _word(each.func) in words else ():
            if argument is node or (name and _word(argument) == name):
                return _word(each.func), *_of_call(file, each, argument, each.lineno)
    return None


def _source(thing: CodeType | type) -> tuple[_File, ast.AST | None]:
    """The file that a thing is written in, and its definition there."""
    if isinstance(thing, CodeType):
        file = _file(thing.co_filename)
        return file, _defined(file, thing)
    module = sys.modules.get(str(thing.__module__))
    file = _file(str(getattr(module, "__file__", None) or "<unknown>"))
    named = [node for node in file.nodes(ast.ClassDef) if node.name == thing.__name__]
    return file, named[0] if named else None


def _of_call(file: _File, call: ast.Call, argument: ast.expr, line: int) -> tuple[Span, Span, Span]:
    return file.word(call.func), file.statement(line), file.span(argument)


def _lines(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno


def name_at(span: Span) -> str:
    """The name that stands at a place, with its dots; empty where something else does."""
    words = _file(span.path).text(span)
    return words if all(word.isidentifier() for word in words.split(".")) else ""


def definition(code: CodeType) -> Span:
    """The name that a function is defined by, or the whole of a lambda."""
    file = _file(code.co_filename)
    node = _defined(file, code)
    if node is None:
        return file.line(code.co_firstlineno)
    return file.span(node) if isinstance(node, ast.Lambda) else file.named(node)


def class_definition(cls: type) -> Span | None:
    """The name that a class is defined by."""
    file, node = _source(cls)
    return file.named(node) if node else None


def uses(code: CodeType, name: str) -> tuple[Span, ...]:
    """Every place where a function's code names something.

    Args:
        code: The function's code.
        name: The name as it is written, `price=` for the default of a parameter.
    """
    file = _file(code.co_filename)
    node = _defined(file, code)
    if node is None:
        return ()
    if name.endswith("="):
        return tuple(map(file.span, _defaults(node, name.rstrip("="))))
    named = [n for n in ast.walk(node) if isinstance(n, ast.Name) and n.id == name]
    return tuple(sorted(map(file.span, named), key=lambda span: span.start))


def _defaults(node: _Function, name: str) -> Iterator[ast.expr]:
    given = node.args
    plain = [*given.posonlyargs, *given.args]
    pairs = list(zip(reversed(plain), reversed(given.defaults), strict=False))
    pairs += [(a, d) for a, d in zip(given.kwonlyargs, given.kw_defaults, strict=True) if d]
    return (default for argument, default in pairs if argument.arg == name)


def _defined(file: _File, code: CodeType) -> _Function | None:
    """The node of a function: several may begin on one line."""
    names = list(code.co_varnames[: code.co_argcount])
    functions = [each for kind in _FUNCTIONS for each in file.nodes(kind)]
    for node in functions:
        begins = {node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))}
        parameters = [each.arg for each in (*node.args.posonlyargs, *node.args.args)]
        called = getattr(node, "name", "<lambda>")
        if code.co_firstlineno in begins and parameters == names and called == code.co_name:
            return node
    return None


def _stands(node: ast.AST, line: int) -> bool:
    first, last, *_ = _reach(node)
    return first is not None and last is not None and first <= line <= last


def _reach(node: ast.AST) -> tuple[int | None, ...]:
    words = ("lineno", "end_lineno", "col_offset", "end_col_offset")
    return tuple(getattr(node, word, None) for word in words)


def _word(node: ast.expr) -> str:
    return str(getattr(node, "attr", getattr(node, "id", "")))


class _File:
    """A file's lines and tree; without lines there are no places, and line 1 stands for all."""

    def __init__(self, name: str) -> None:
        linecache.checkcache(name)
        self._lines = linecache.getlines(name)
        self.path = shown(name)
        try:
            tree = tree_of("".join(self._lines))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            tree = ast.Module([], [])
        self._nodes = list(ast.walk(tree))

    def nodes(self, kind: type[_Node]) -> list[_Node]:
        return [node for node in self._nodes if isinstance(node, kind)]

    def span(self, node: ast.AST) -> Span:
        first, last, start, end = (each or 0 for each in _reach(node))
        return Span(self.path, self._position(first, start), self._position(last, end))

    def word(self, node: ast.expr) -> Span:
        """The last word of what is called."""
        whole = self.span(node)
        word = len(_word(node))
        if not word:
            return whole
        end = whole.end
        return Span(self.path, Position(end.line, max(1, end.column - word)), end)

    def named(self, node: ast.AST) -> Span:
        """The name in a `def` or a `class`."""
        whole, name = self.span(node), str(getattr(node, "name", ""))
        text = self._text(whole.start.line)
        at = text.find(f" {name}", whole.start.column - 1) + 2
        start = Position(whole.start.line, at or whole.start.column)
        return Span(self.path, start, Position(start.line, start.column + len(name)))

    def statement(self, line: int) -> Span:
        """The innermost statement that stands on a line."""
        statements = [each for each in self.nodes(ast.stmt) if _stands(each, line)]
        found = min(statements, key=_lines, default=None)
        return self.span(found) if found else self.line(line)

    def line(self, number: int) -> Span:
        text = self._text(number)
        margin = len(text) - len(text.lstrip())
        end = max(len(text.rstrip()), margin + 1) + 1
        return Span(self.path, Position(max(1, number), margin + 1), Position(max(1, number), end))

    def text(self, span: Span) -> str:
        """What stands at a place within a line."""
        return self._text(span.start.line)[span.start.column - 1 : span.end.column - 1]

    def _text(self, number: int) -> str:
        return self._lines[number - 1] if 0 < number <= len(self._lines) else ""

    def _position(self, line: int, offset: int) -> Position:
        before = self._text(line).encode()[:offset]
        return Position(line, len(before.decode(errors="replace")) + 1)


@lru_cache(maxsize=64)
def _read(name: str, stamp: tuple[int, ...]) -> _File:
    return _File(name)


def _file(name: str) -> _File:
    """A file as it is now: a notebook's cell is run again under another name."""
    try:
        now = os.stat(name)  # noqa: PTH116 - a name of code may be no path at all
        stamp: tuple[int, ...] = (now.st_mtime_ns, now.st_size)
    except (OSError, ValueError):
        stamp = (len(linecache.getlines(name)),)
    return _read(name, stamp)


def shown(name: str) -> str:
    """A file's name as findings show it: relative to the working directory, with `/`."""
    if not Path(name).is_absolute():
        return name
    try:
        return Path(os.path.relpath(name)).as_posix()
    except ValueError:  # another drive, on Windows
        return Path(name).as_posix()
