"""What a project calls the things that ship, whichever file is asked first."""

from __future__ import annotations

from pathlib import Path

import pytest

from sparkguard.pyspark_api import Own
from sparkguard.source.aliases import Aliases
from sparkguard.source.index import ProjectIndex
from sparkguard.source.text import read_source

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
    aliases.of(index.parse(sources[first]))

    names = {name: aliases.of(index.parse(source)) for name, source in sources.items()}

    assert {"left_udf", "right_udf"} <= names["left"]
    assert "right_udf" in names["right"]
    assert "mine" in names["job"]
    assert "other" not in names["right"]
