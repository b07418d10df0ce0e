"""`sparkguard extract` from the outside: a folder in, a Parquet out, or a line on why not."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

import numpy as np
import pyarrow.parquet as pq
import pytest

from sparkguard.cli import main
from sparkguard.extractor import requirements
from sparkguard.extractor.folder import Outcome
from sparkguard.extractor.result import beside
from sparkguard.report.extraction import write_outcome
from sparkguard.report.progress import PATIENCE, ProgressLine
from tests.extractor.album import encoded, odd, photos, reopened
from tests.extractor.test_engine import close, plain_features
from tests.spark_programs import HERE

CONTENTS = {f"{number}.jpg": encoded(photo, "JPEG") for number, photo in enumerate(photos()[:5])}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def images(here: Path) -> Path:
    """A folder whose name is a pattern as well, with pictures, what is none, and one below."""
    folder = here / "photos [2024]"
    (folder / "more").mkdir(parents=True)
    for name, content in CONTENTS.items():
        (folder / name).write_bytes(content)
    (folder / "more" / "half.png").write_bytes(odd()["half a PNG"][0])
    (folder / "notes.txt").write_text("no picture", encoding="utf-8")
    (folder / "list.csv").write_text("a,b", encoding="utf-8")
    return folder


def started(*arguments: str) -> subprocess.Popen[str]:
    """The command in a process of its own, with nothing said of Python's workers."""
    environment = {**os.environ, "PYTHONPATH": str(HERE), "SPARK_TESTING": "1"}
    environment.pop("PYSPARK_PYTHON", None)
    command = "import sys; from sparkguard.cli import main; sys.exit(main())"
    return subprocess.Popen(
        [sys.executable, "-c", command, "extract", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def says(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Exit code and standard error of the command in this process."""
    code = main(["extract", *arguments])
    said = capsys.readouterr()
    assert said.out == ""
    return code, said.err


# What it does


@pytest.mark.spark
def test_a_folder_becomes_a_parquet_and_a_stopped_run_leaves_it(
    images: Path, resnet18: str
) -> None:
    options = ("--model", "resnet18", "--weights", resnet18, "--master", "local[2]")

    done = started(images.name, "out.parquet", *options)
    out, err = done.communicate()

    assert (done.returncode, err) == (0, "")
    first, *reasons = out.splitlines()
    assert first.startswith("Wrote features of 5 of 8 files to out.parquet in ")
    assert reasons == ["3 without features:", "  not_an_image   2", "  corrupt_image  1"]
    assert_written(Path("out.parquet"), resnet18)

    stopped = started(str(images), "out.parquet", *options, "--overwrite")
    wait_for(lambda: [*Path().glob(".out.parquet.*")], stopped)
    stopped.send_signal(signal.SIGTERM)
    out, err = stopped.communicate()

    assert (stopped.returncode, out, err) == (130, "", "")
    assert {path.name for path in Path().iterdir()} == {images.name, "out.parquet"}
    assert_written(Path("out.parquet"), resnet18)


@pytest.mark.spark
def test_connect_replaces_what_was_there_when_asked(here: Path, resnet18: str) -> None:
    Path("some").mkdir()
    for name in ("0.jpg", "1.jpg"):
        Path("some", name).write_bytes(CONTENTS[name])
    Path("out.parquet").write_text("an old result", encoding="utf-8")

    options = ("--model", "resnet18", "--weights", resnet18, "--remote", "local[2]")
    done = started("some/*.jpg", "out.parquet", *options, "--overwrite")
    out, err = done.communicate()

    assert (done.returncode, err) == (0, "")
    assert out.startswith("Wrote features of 2 of 2 files to out.parquet in ")
    table = pq.read_table("out.parquet").to_pandas()
    assert sorted(Path(path).name for path in table["path"]) == ["0.jpg", "1.jpg"]
    assert {path.name for path in Path().iterdir()} == {"some", "out.parquet"}


def assert_written(out: Path, weights: str) -> None:
    table = pq.read_table(out).to_pandas()
    rows = {Path(row.path).name: row for row in table.itertuples()}
    assert [*table.columns] == ["path", "features", "error"]
    assert rows.keys() == {*CONTENTS, "half.png", "notes.txt", "list.csv"}
    ours = np.array([rows[name].features for name in CONTENTS], np.float32)
    pictures = [reopened(content) for content in CONTENTS.values()]
    assert close(ours, plain_features("resnet18", weights, pictures))
    assert rows["half.png"].features is None
    assert rows["half.png"].error == "corrupt_image: truncated"


def wait_for(condition: object, process: subprocess.Popen[str]) -> None:
    assert callable(condition)
    end = monotonic() + 120
    while not condition():
        assert process.poll() is None, process.communicate()
        assert monotonic() < end
        sleep(0.02)


def test_the_summary_counts_by_reason() -> None:
    out, clean = io.StringIO(), io.StringIO()

    write_outcome(Outcome(10, 4.0, {"not_an_image": 2, "too_many_pixels": 1}), "out", out)
    write_outcome(Outcome(10, 4.0), "out", clean)

    assert out.getvalue() == (
        "Wrote features of 7 of 10 files to out in 4.0 s (2.5 per second)\n"
        "3 without features:\n  not_an_image     2\n  too_many_pixels  1\n"
    )
    assert clean.getvalue() == "Wrote features of 10 of 10 files to out in 4.0 s (2.5 per second)\n"


def test_a_terminal_sees_how_far_it_has_come() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    out = Terminal()
    with ProgressLine(out, 80, "extracting") as progress:
        sleep(PATIENCE)
        progress(48, 192, "31.2 pictures/s")

    assert "extracting 48/192 31.2 pictures/s" in out.getvalue()


# What it cannot do


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--weights", "nix.pt"), "no weights file nix.pt; by name resnet50 has IMAGENET1K_V1, "),
        (("--model", "resnet5O"), "no network of torchvision that gives features: `resnet5O`"),
        (("--remote", "sc://localhost:1"), "no Spark Connect server at sc://localhost:1 ("),
        (("--remote", "sc://"), "no Spark Connect server at sc:// ("),
    ],
)
def test_what_cannot_be_done_is_one_line(
    here: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    code, line = says(capsys, ".", "out.parquet", *arguments)

    assert code == 2
    assert line.startswith(f"sparkguard: {said}")
    assert line.count("\n") == 1
    assert not [*here.iterdir()]


def test_a_result_is_not_overwritten(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("out.parquet").write_text("precious", encoding="utf-8")

    there = says(capsys, ".", "out.parquet")
    nowhere = says(capsys, ".", "no/folder/out.parquet")

    assert there == (2, "sparkguard: out.parquet is there already; --overwrite replaces it\n")
    assert nowhere[0] == 2
    assert nowhere[1].startswith("sparkguard: no folder ")
    assert Path("out.parquet").read_text(encoding="utf-8") == "precious"


def test_nothing_but_a_result_is_overwritten(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("all/pictures").mkdir(parents=True)
    Path("other").mkdir()
    Path("other/thesis.txt").write_text("precious", encoding="utf-8")

    for out in ("all/pictures", "all", "."):
        assert says(capsys, "all/pictures", out, "--overwrite") == (
            2,
            f"sparkguard: {out} holds the pictures: it is not replaced\n",
        )
    assert says(capsys, "all/pictures", "other", "--overwrite") == (
        2,
        "sparkguard: other is a folder that Spark did not write: it is not replaced\n",
    )
    assert Path("other/thesis.txt").read_text(encoding="utf-8") == "precious"


def test_a_result_takes_its_place_or_leaves_what_was_there(here: Path) -> None:
    out = here / "out.parquet"
    out.write_text("old", encoding="utf-8")

    def stopped() -> None:
        with beside(out) as new:
            new.mkdir()
            (new / "half").write_text("half", encoding="utf-8")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert [*here.iterdir()] == [out]
    assert out.read_text(encoding="utf-8") == "old"

    with pytest.raises(FileNotFoundError), beside(out):
        pass  # nothing was written
    assert out.read_text(encoding="utf-8") == "old"

    with beside(out) as new:
        new.mkdir()
    assert [*here.iterdir()] == [out]
    assert out.is_dir()


def test_java_is_missing(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAVA_HOME", str(here))
    in_home = says(capsys, ".", "out.parquet")
    monkeypatch.delenv("JAVA_HOME")
    monkeypatch.setenv("PATH", str(here))
    on_path = says(capsys, ".", "out.parquet")

    assert in_home == (
        2,
        f"sparkguard: needs Java 17 or newer to start Spark: there is none in JAVA_HOME ({here})\n",
    )
    assert on_path[0] == 2
    assert "none on the path, and JAVA_HOME is not set" in on_path[1]


def test_a_package_is_missing(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requirements, "find_spec", lambda name: None if name == "pyspark" else name)

    code, line = says(capsys, ".", "out.parquet")

    assert (code, line) == (
        2,
        "sparkguard: needs pyspark: `pip install 'sparkguard[extractor]'`\n",
    )


@pytest.mark.parametrize(
    ("package", "code", "said"),
    [
        ("torchvision", "raise RuntimeError('operator torchvision::nms does not exist')", "match"),
        ("torchvision", "raise ImportError('undefined symbol: _ZN3c10')", "do not match"),
        ("torch", "raise ModuleNotFoundError(\"No module named 'torch'\")", "needs torch and"),
        ("torchvision", "raise ModuleNotFoundError('none')", "needs torchvision beside torch"),
    ],
)
def test_torch_and_torchvision_are_not_as_they_must_be(
    here: Path, package: str, code: str, said: str
) -> None:
    (here / package).mkdir()
    (here / package / "__init__.py").write_text(code, encoding="utf-8")
    run = f"import sys; sys.path.insert(0, {str(here)!r}); from sparkguard.cli import main"
    command = f"{run}; sys.exit(main(['extract', '.', 'out.parquet']))"

    done = subprocess.run(
        [sys.executable, "-c", command], capture_output=True, text=True, check=False
    )

    assert done.returncode == 2
    assert said in done.stderr
    assert "`pip install torch torchvision`" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("size", ["0", "-3", "many"])
def test_no_batch_is_wrong_usage(capsys: pytest.CaptureFixture[str], size: str) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["extract", ".", "out.parquet", f"--batch-size={size}"])

    assert stopped.value.code == 2
    assert f"`{size}` is no number of pictures" in capsys.readouterr().err


def test_the_extractor_starts_light() -> None:
    command = "import sys, sparkguard.extractor; print(*sys.modules)"

    done = subprocess.run(
        [sys.executable, "-c", command], capture_output=True, text=True, check=True
    )

    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "sparkguard" in loaded
    assert loaded.isdisjoint({"torch", "pyspark", "pyarrow", "pandas", "PIL", "numpy"})
