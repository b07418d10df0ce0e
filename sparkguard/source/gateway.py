"""What py4j gives for the packages, classes and objects of the JVM."""

from __future__ import annotations

from sparkguard.source.values import Instance, Library, Value

_PY4J = "py4j.java_gateway."
_PACKAGE, _CLASS = f"{_PY4J}JavaPackage", f"{_PY4J}JavaClass"
_OBJECT, _MEMBER = f"{_PY4J}JavaObject", f"{_PY4J}JavaMember"
_FACTORIES = frozenset({"getInstance", "getLogger", "getRootLogger", "newBuilder", "newInstance"})
"""Methods that give an object in every Java library; what others give may be a plain value."""


def attribute(holder: str, name: str) -> Value | None:
    """What an attribute of something of the JVM is, by the case of its first letter.

    Args:
        holder: The dotted name of a class of py4j.
        name: The attribute's name.
    """
    match holder:
        case "py4j.java_gateway.JVMView" | "py4j.java_gateway.JavaPackage":
            return Instance(_CLASS if name[:1].isupper() else _PACKAGE)
        case "py4j.java_gateway.JavaClass" if name.isupper():
            return None
        case "py4j.java_gateway.JavaClass" | "py4j.java_gateway.JavaObject":
            return Library(f"{_MEMBER}.{name}", Instance(_MEMBER))
    return None


def result(called: Value) -> Value | None:
    """What calling something of the JVM gives, where it must be an object of the JVM."""
    match called:
        case Instance(type="py4j.java_gateway.JavaClass"):
            return Instance(_OBJECT)
        case Library(name=name, receiver=Instance(type="py4j.java_gateway.JavaMember")):
            return Instance(_OBJECT) if name.rpartition(".")[2] in _FACTORIES else None
    return None
