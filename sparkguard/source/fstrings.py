"""Where the expressions in f-strings stand: before Python 3.12 its parser gave wrong places."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from sparkguard.source.syntax import parse_expression
from sparkguard.source.text import code_point, line_starts

_BETWEEN = re.compile(r"(?:[\s\\]|#[^\r\n]*)*")
_OPENING = re.compile(r"([A-Za-z]*)('''|\"\"\"|'|\")")
_ESCAPE = re.compile(r"\\N\{[^}]*\}|\\.", re.S)
_QUOTED = re.compile(r"('''|\"\"\"|'|\")(?:\\.|(?!\1).)*\1", re.S)
_CONVERSION = re.compile(r"\s*(?:=\s*)?(?:![rsa]\s*)?")
_BRACKETS = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}


def places(node: ast.JoinedStr, written: str) -> dict[ast.AST, tuple[int, int]]:
    """Where the nodes inside an f-string begin and end, in code points from its own beginning.

    Args:
        node: The f-string, or a row of strings with one among them.
        written: How it is written.

    Returns:
        Nothing of what cannot be told.
    """
    found: dict[ast.AST, tuple[int, int]] = {}
    values = [value.value for value in _values(node)]
    for value, (start, end) in zip(values, _expressions(written), strict=False):
        found |= _shifted(value, written[start:end], start)
    return found


def _values(node: ast.JoinedStr) -> Iterator[ast.FormattedValue]:
    for value in node.values:
        if isinstance(value, ast.FormattedValue):
            yield value
            if isinstance(value.format_spec, ast.JoinedStr):
                yield from _values(value.format_spec)


def _shifted(node: ast.expr, written: str, shift: int) -> dict[ast.AST, tuple[int, int]]:
    """The places of the nodes of one expression; `shift` is where it begins."""
    bracketed = f"({written}\n)"
    read = parse_expression(bracketed)
    if read is None:
        return {}
    starts, last = line_starts(bracketed), len(written.rstrip())

    def place(line: int, column: int) -> int:
        return shift + min(max(code_point(bracketed, starts, line, column) - 1, 0), last)

    found: dict[ast.AST, tuple[int, int]] = {}
    pending: list[tuple[ast.AST, ast.AST]] = [(node, read)]
    while pending:
        one, other = pending.pop()
        if type(one) is not type(other):
            return {}
        if isinstance(other, ast.expr | ast.arg | ast.keyword):
            end = place(other.end_lineno or 1, other.end_col_offset or 0)
            found[one] = (place(other.lineno, other.col_offset), end)
        if isinstance(one, ast.JoinedStr) and isinstance(other, ast.JoinedStr):
            start, end = found[one]
            inner = places(one, written[start - shift : end - shift])
            found |= {each: (s + start, e + start) for each, (s, e) in inner.items()}
        else:
            below = (ast.iter_child_nodes(one), ast.iter_child_nodes(other))
            pending += zip(*below, strict=False)
    return found


def _expressions(written: str) -> Iterator[tuple[int, int]]:
    """Where each expression in a row of string literals begins and ends."""
    at = 0
    while opening := _OPENING.match(written, _end(_BETWEEN, written, at)):
        prefix, quote = opening[1].lower(), opening[2]
        end = _closing(written, opening.end(), quote)
        if "f" in prefix:
            yield from _replaced(written, opening.end(), end, is_raw="r" in prefix)
        at = end + len(quote)


def _end(pattern: re.Pattern[str], written: str, at: int) -> int:
    found = pattern.match(written, at)
    return found.end() if found else at


def _closing(written: str, at: int, quote: str) -> int:
    while at < len(written) and not written.startswith(quote, at):
        at += 2 if written[at] == "\\" else 1
    return at


def _replaced(written: str, at: int, end: int, *, is_raw: bool) -> Iterator[tuple[int, int]]:
    """The expressions of one literal, whose text goes from `at` to `end`."""
    while at < end:
        if written[at] == "\\" and not is_raw:
            at = _end(_ESCAPE, written, at)
        elif written.startswith(("{{", "}}"), at):
            at += 2
        elif written[at] == "{":
            stop = _stop(written, at + 1, end)
            yield at + 1, stop
            at = _end(_CONVERSION, written, stop)
            if written.startswith(":", at):
                closing = _spec_end(written, at + 1, end)
                yield from _replaced(written, at + 1, closing, is_raw=is_raw)
                at = closing
            at += 1
        else:
            at += 1


def _stop(written: str, at: int, end: int) -> int:
    """Where an expression ends: at `}`, `:`, `!r` or `=` outside all brackets."""
    depth = 0
    while at < end:
        char = written[at]
        quoted = _QUOTED.match(written, at, end)
        if quoted:
            at = quoted.end()
            continue
        if not depth:
            if char in "}:" or (char == "!" and written[at + 1 : at + 2] != "="):
                return at
            if char == "=" and not _compares(written, at):
                return at
        depth += _BRACKETS.get(char, 0)
        at += 1
    return end


def _compares(written: str, at: int) -> bool:
    return written[at + 1 : at + 2] == "=" or written[at - 1 : at] in ("=", "!", "<", ">")


def _spec_end(written: str, at: int, end: int) -> int:
    depth = 0
    while at < end and (depth or written[at] != "}"):
        depth += _BRACKETS.get(written[at], 0) if written[at] in "{}" else 0
        at += 1
    return at
