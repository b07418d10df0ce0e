"""What must be there before a picture can be looked at, and one line for each thing that is not."""

from __future__ import annotations

import os
import shutil
import socket
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

_INSTALL = "`pip install torch torchvision`"


class SetupError(RuntimeError):
    """The extractor cannot be set up as it was asked to be; the text is one line that says why."""


def torchvision_models() -> Any:  # noqa: ANN401 - a module without types
    """`torchvision.models`, imported when it is first needed.

    Raises:
        SetupError: torch or torchvision is missing, or they are builds that do not match.
    """
    try:
        import torch  # noqa: F401 - first, so that a failure below is torchvision's
    except ImportError as error:
        raise SetupError(f"needs torch and torchvision: {_INSTALL} ({error})") from None
    try:
        from torchvision import models
    except ModuleNotFoundError as error:
        raise SetupError(f"needs torchvision beside torch: {_INSTALL} ({error})") from None
    except (ImportError, RuntimeError, OSError) as error:
        # A build of another torch: `operator torchvision::nms does not exist`, missing symbols.
        builds = f"torch {_version('torch')} and torchvision {_version('torchvision')}"
        said = str(error).partition("\n")[0]
        raise SetupError(f"{builds} do not match ({said}): {_INSTALL} together") from None
    return models


def need_packages() -> None:
    """Raise `SetupError` if a package that Spark's driver needs here is missing."""
    for name in ("pyspark", "pyarrow", "pandas", "PIL"):
        if not find_spec(name):
            raise SetupError(f"needs {name}: `pip install 'sparkguard[extractor]'`")


def need_java() -> None:
    """Raise `SetupError` if there is no Java to start Spark with."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=os.path.join(home, "bin") if home else None)  # noqa: PTH118
    if not java:
        where = f"in JAVA_HOME ({home})" if home else "on the path, and JAVA_HOME is not set"
        raise SetupError(f"needs Java 17 or newer to start Spark: there is none {where}")


def need_server(remote: str) -> None:
    """Raise `SetupError` if nothing answers there: Spark's own client would try for ten minutes.

    Args:
        remote: `sc://host`, with or without a port and parameters.
    """
    address = urlsplit(remote)
    try:
        port = address.port or 15002  # Spark's default
        socket.create_connection((address.hostname or "", port), timeout=10).close()
    except (OSError, ValueError) as error:
        raise SetupError(f"no Spark Connect server at {remote} ({error})") from None


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "(unknown)"
