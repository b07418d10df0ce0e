"""Reads the source of the installed PySpark: what each module names, and what its annotations mean.

Nothing is imported, so what is read does not depend on what else is installed.
"""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

NOT_READ = frozenset(
    {"tests", "testing", "examples", "proto", "worker", "plot", "missing", "param"}
)

# Modules that PySpark moved after 3.5, and still answers for.
MOVED = {
    "pyspark.broadcast": "pyspark.core.broadcast",
    "pyspark.context": "pyspark.core.context",
    "pyspark.rdd": "pyspark.core.rdd",
    "pyspark.status": "pyspark.core.status",
}


@dataclass(frozen=True)
class Attribute:
    """A function or an attribute of a class; `self_type` is what its `self` is annotated with.

    `parameters` are what a caller can write, in order, `*` before what takes the rest.
    """

    annotation: ast.expr | None
    is_property: bool = False
    parameters: tuple[str, ...] = ()
    self_type: str = ""


@dataclass
class Class:
    """A class as its source has it; `name` has the enclosing class's before it."""

    name: str
    module: str
    bases: list[ast.expr]
    members: dict[str, Attribute] = field(default_factory=dict)


@dataclass
class Module:
    """The names of one module, and what is behind them."""

    name: str
    imports: dict[str, str] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    classes: dict[str, Class] = field(default_factory=dict)
    functions: dict[str, Attribute] = field(default_factory=dict)
    typevars: set[str] = field(default_factory=set)
    exported: set[str] | None = None

    def gives(self, name: str) -> bool:
        """Whether a star import brings this name."""
        return name in self.exported if self.exported is not None else not name.startswith("_")


@cache
def modules() -> dict[str, Module]:
    """Every module of the installed PySpark that can hold something public, by name."""
    spec = importlib.util.find_spec("pyspark")
    assert spec is not None
    assert spec.origin is not None
    root = Path(spec.origin).parent
    found = {}
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root.parent).with_suffix("").parts
        if not NOT_READ & set(parts):
            name = ".".join(parts).removesuffix(".__init__")
            found[name] = _read(name, ast.parse(path.read_bytes()))
    return found


def _read(name: str, tree: ast.Module) -> Module:
    module = Module(name)
    for node in _flat(tree.body):
        match node:
            case ast.Import(names=found):
                module.imports |= {a.asname: a.name for a in found if a.asname}
            case ast.ImportFrom(module=source, names=found):
                module.stars += [str(source) for a in found if a.name == "*"]
                module.imports |= {a.asname or a.name: f"{source}.{a.name}" for a in found}
            case ast.ClassDef():
                _read_class(node, module)
            case ast.FunctionDef() if "overload" not in _decorators(node):
                module.functions[node.name] = Attribute(node.returns, parameters=_parameters(node))
        match _assigned(node):
            case variable, _, ast.Call(func=ast.Name("TypeVar")):
                module.typevars.add(variable)
            case again, None, ast.Name(function) if function in module.functions:
                module.functions[again] = module.functions[function]
            case "__all__", _, ast.List(elts=elements):
                module.exported = {ast.literal_eval(element) for element in elements}
    return module


def _read_class(node: ast.ClassDef, module: Module, outer: str = "") -> None:
    cls = Class(outer + node.name, module.name, node.bases)
    module.classes[cls.name] = cls
    for item in _flat(node.body):
        match item:
            case ast.FunctionDef() if not _decorators(item) & {"overload", "setter"}:
                cls.members[item.name] = _method(item)
            case ast.ClassDef():
                _read_class(item, module, f"{cls.name}.")
        match _assigned(item):
            case name, _, ast.Call(func=ast.Name("CachedAccessor"), args=[_, accessor]):
                cls.members[name] = Attribute(accessor, True)
            case name, None, ast.Name(alias) if alias in cls.members:
                cls.members[name] = cls.members[alias]
            case name, ast.expr() as annotation, _:
                cls.members[name] = Attribute(annotation, True)


def _method(node: ast.FunctionDef) -> Attribute:
    decorators = _decorators(node)
    parameters = _parameters(node)
    is_property = bool(decorators & {"property", "classproperty", "cached_property"})
    if "staticmethod" in decorators or not node.args.args:
        return Attribute(node.returns, is_property, parameters)
    annotation = node.args.args[0].annotation
    self_type = (
        ast.unparse(annotation).removeprefix("Type[").removesuffix("]") if annotation else ""
    )
    return Attribute(node.returns, is_property, parameters[1:], self_type)


def _parameters(node: ast.FunctionDef) -> tuple[str, ...]:
    arguments = node.args
    rest = (
        [f"*{arguments.vararg.arg}"] if arguments.vararg else ["*"] if arguments.kwonlyargs else []
    )
    keywords = [f"**{arguments.kwarg.arg}"] if arguments.kwarg else []
    plain = [a.arg for a in (*arguments.posonlyargs, *arguments.args)]
    return (*plain, *rest, *(a.arg for a in arguments.kwonlyargs), *keywords)


def _decorators(node: ast.FunctionDef) -> set[str]:
    return {ast.unparse(decorator).rpartition(".")[2] for decorator in node.decorator_list}


def _flat(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a body, those under `if` and `try` too."""
    for node in body:
        match node:
            case ast.If() | ast.Try():
                yield from _flat([*node.body, *node.orelse])
            case _:
                yield node


def _assigned(node: ast.stmt) -> tuple[str, ast.expr | None, ast.expr | None]:
    """Name, annotation and value of an assignment to one name; an empty name for anything else."""
    match node:
        case ast.Assign(targets=[ast.Name(name)], value=value):
            return name, None, value
        case ast.AnnAssign(target=ast.Name(name), annotation=annotation, value=value):
            return name, annotation, value
    return "", None, None


@cache
def classes() -> dict[str, Class]:
    """Every class, by where it is defined."""
    return {f"{m.name}.{n}": cls for m in modules().values() for n, cls in m.classes.items()}


def names(module: Module) -> set[str]:
    """Every name of a module, what its star imports bring included."""
    found = {*module.imports, *module.functions, *(n for n in module.classes if "." not in n)}
    for star in module.stars:
        source = modules().get(star)
        found |= {name for name in names(source) if source.gives(name)} if source else set()
    return found


@cache
def definition(module: str, name: str) -> str | None:
    """Where a name of a module is defined.

    Args:
        module: `pyspark.sql`.
        name: `DataFrame`, perhaps dotted.

    Returns:
        `pyspark.sql.dataframe.DataFrame`; a module for a module; `None` for what is not read.
    """
    if f"{module}.{name}" in modules() or module.startswith("py4j."):
        return f"{module}.{name}"
    known = modules().get(MOVED.get(module, module))
    if known is None:
        return None
    if name in known.classes or name in known.functions or name in known.typevars:
        return f"{known.name}.{name}"
    head, _, rest = name.partition(".")
    # A package that imports a module of its own which is not read leads nowhere.
    if known.imports.get(head, f"{known.name}.{head}") != f"{known.name}.{head}":
        target, _, last = known.imports[head].rpartition(".")
        behind = definition(target, last)
        if behind in modules() and rest:
            return definition(behind, rest)
        return f"{behind}.{rest}" if behind and rest else behind
    stars = [star for star in known.stars if star in modules() and modules()[star].gives(name)]
    found = (definition(star, name) for star in stars)
    return next(filter(None, found), None)
