"""What a project calls the things that ship, whichever file is asked first."""

from __future__ import annotations

from pathlib import Path

import pytest

from sparkguard.pyspark_api import Own
from sparkguard.source.aliases import Aliases
from sparkguard.source.index import ProjectIndex
from sparkguard.source.text import SourceText, read_source

FILES = {
    "left": "import right\nfrom pyspark.sql.functions import udf\nleft_udf = udf('string')\n",
    "right": "from left import left_udf as right_udf\nother = 1\n",
    "job": "from right import right_udf as mine\n",
}


@pytest.mark.parametrize("first", FILES)
def test_names_are_handed_on_through_files_that_import_each_other(
    first: str, tmp_path: Path
) -> None:
    sources = {}
    for name, text in FILES.items():
        path = tmp_path / f"{name}.py"
        path.write_text(text, encoding="utf-8")
        sources[name] = read_source(path, path.name)
    index = ProjectIndex(list(sources.values()))
    aliases = Aliases(index, Own())
    modules = {name: index.parse(source) for name, source in sources.items()}
    aliases.loads(modules[first], "nothing")

    assert aliases.loads(modules["left"], "left_udf")
    assert aliases.loads(modules["left"], "right_udf")
    assert aliases.loads(modules["right"], "right_udf")
    assert aliases.loads(modules["job"], "mine")
    assert not aliases.loads(modules["right"], "other")


def test_only_that_is_read_from_which_a_name_may_come(tmp_path: Path) -> None:
    texts = {
        "job": "from helper import given\nfrom other import unused\n",
        "helper": "",
        "other": "",
    }
    paths = [tmp_path / f"{name}.py" for name in texts]
    for path, text in zip(paths, texts.values(), strict=True):
        path.write_text(text, encoding="utf-8")
    read: list[str] = []

    class Watched(ProjectIndex):
        def _source(self, path: str) -> SourceText | None:
            read.append(Path(path).stem)
            return super()._source(path)

    index = Watched([read_source(paths[0], "job.py")], lambda: paths[1:])
    module = index.module_at(paths[0])
    assert module is not None
    assert not Aliases(index, Own()).loads(module, "given")
    assert read == ["job", "helper"]
