"""What a name is that a file gets from elsewhere: an import, a star import, a builtin, `spark`."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from sparkguard import pyspark_api as api
from sparkguard.source.facts import MODULE, Import
from sparkguard.source.module import Module
from sparkguard.source.values import Found, Frame, Instance, Library, ProjectModule, Value

if TYPE_CHECKING:
    from sparkguard.source.types import Evaluator


def unbound(evaluator: Evaluator, name: str, module: Module) -> Iterator[Found]:
    """What a name may be that nothing in the file binds: a star import, a builtin, `spark`."""
    starred = list(_starred(evaluator, name, module))
    yield from starred
    if starred or _brought(evaluator, name, module):
        return
    if hasattr(builtins, name):
        yield Found(Library(f"builtins.{name}"), None, 0)
    elif name in api.CONVENTIONAL:
        yield Found(Instance(api.CONVENTIONAL[name]), None, 0)


def _brought(evaluator: Evaluator, name: str, module: Module) -> bool:
    """Whether a star import of a module of the project brings a name, whatever it is."""
    stars = module.facts.stars
    read = (evaluator.index.imported(module, star.module, star.level) for star in stars)
    return any(source and name in source.facts.scopes[MODULE].bindings for source in read)


def _starred(evaluator: Evaluator, name: str, module: Module) -> Iterator[Found]:
    for star in module.facts.stars:
        dotted = api.canonical(f"{module.absolute(star.module, star.level)}.{name}")
        source = evaluator.index.imported(module, star.module, star.level)
        if _of_pyspark(dotted):
            yield Found(Library(dotted), None, 0)
        elif source is not None:
            yield from evaluator.captured(name, evaluator.frame(source))


def imported(evaluator: Evaluator, node: Import, frame: Frame) -> Iterable[Value]:
    """What an import gives."""
    importer = frame.module
    dotted = importer.absolute(node.module, node.level)
    if node.name is not None and _of_pyspark(name := api.canonical(f"{dotted}.{node.name}")):
        return (Library(name),)
    if node.name is not None and (type := api.object_of(f"{dotted}.{node.name}")):
        return (Instance(type),)
    module = evaluator.index.imported(importer, node.module, node.level)
    if node.name is None:
        return (ProjectModule(module) if module else Library(node.module),)
    return _imported_name(evaluator, node, importer, module) or (
        () if module else (Library(f"{dotted}.{node.name}"),)
    )


def _imported_name(
    evaluator: Evaluator, node: Import, importer: Module, module: Module | None
) -> tuple[Value, ...]:
    name = node.name or ""
    if module is not None and name in module.facts.scopes[MODULE].bindings:
        return tuple(found.value for found in evaluator.captured(name, evaluator.frame(module)))
    below = evaluator.index.imported(importer, f"{node.module}.{name}", node.level)
    if below is not None:
        return (ProjectModule(below),)
    if module is not None:
        return tuple(found.value for found in unbound(evaluator, name, module))
    return ()


def _of_pyspark(name: str) -> bool:
    return name in api.SHIP_POINTS or api.is_type(name) or api.result_of(name) is not None
