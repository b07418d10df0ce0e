"""What a payload weighs and needs, as a report shows it."""

from __future__ import annotations

import io
import json
import re
import unicodedata
from dataclasses import replace
from typing import get_args

import pytest

from sparkguard import report
from sparkguard.config import OutputFormat
from sparkguard.diagnostic import ShippedBy
from sparkguard.payload import Need, Payload, Trial, Weight
from sparkguard.report import View
from sparkguard.report.payload import size
from sparkguard.result import ProbeResult
from tests.records import span
from tests.report.test_hostile_text import HOSTILE

TREE = Weight(
    "score",
    "builtins.function",
    2_000_000,
    (
        Weight("model", "torch.nn.Linear", 1_500_000),
        Weight("self", "jobs.Job", 400_000, (Weight(".rows", "builtins.list", 390_000),)),
    ),
)
PAYLOAD = Payload(
    ShippedBy("pyspark.RDD.map", "score", span("3:5", path="job.py")),
    2_000_100,
    TREE,
    (Need("helpers", own=True, here=False), Need("torch", "2.4", here=True)),
    Trial("3.11.7", seconds=0.25),
)
RESULT = ProbeResult(payloads=(PAYLOAD,), remarks=("no job ran",))


def written(result: ProbeResult, kind: OutputFormat = "text", view: View | None = None) -> str:
    out = io.StringIO()
    report.write(kind, result, out, lambda code: "", view or View())
    return out.getvalue()


def test_a_payload_is_a_tree_with_bars() -> None:
    assert written(RESULT).splitlines() == [
        "payload: `score` ships 2.0 MB, 1.5 MB of it `model`",
        "  --> job.py:3",
        "   model        1.5 MB  ###############.....  torch.nn.Linear",
        "   self       400.0 kB  ####................  jobs.Job",
        "     .rows    390.0 kB  ####................  list",
        "   = classic Spark sends what is above 1 MiB by a broadcast, again for each job",
        "   = workers import: helpers, torch 2.4",
        "   = missing: helpers (not found in a clean interpreter; "
        "ship it with `--py-files` or `addArtifacts`)",
        "   = worker: unpickled in 0.25 s by a clean Python 3.11.7",
        "",
        "note: no job ran",
        "All checks passed (1 payload probed)",
    ]


def test_a_failure_on_the_worker_is_counted_and_said() -> None:
    trial = Trial("3.11.7", "call", "ValueError: a", events=("os.fork: a.py:1",))
    text = written(replace(RESULT, payloads=(replace(PAYLOAD, worker=trial),)))

    assert "   = a worker would say: ValueError: a\n" in text
    assert "   = an import there: os.fork: a.py:1\n" in text
    assert "Found 1 failure on the worker's stand-in" in text


def test_the_users_own_module_that_is_not_sent_yet_is_no_failure() -> None:
    trial = Trial("3.11.7", "unpickle", "ModuleNotFoundError: helpers", missing="helpers")
    away = replace(PAYLOAD, worker=trial)
    other = replace(PAYLOAD, worker=replace(trial, missing="torch"))

    assert (away.fails, other.fails, PAYLOAD.fails) == (False, True, False)
    assert "a worker would say: ModuleNotFoundError" in written(replace(RESULT, payloads=(away,)))
    concise = written(replace(RESULT, payloads=(other,)), "concise")
    assert "job.py:3:5: a worker would say: ModuleNotFoundError: helpers\n" in concise


def test_a_heavy_payload_is_counted() -> None:
    assert "Found 1 heavy payload" in written(replace(RESULT, max_bytes=1000))
    assert "All checks passed" in written(replace(RESULT, max_bytes=3_000_000))


def test_a_line_is_enough_for_a_pipe() -> None:
    assert written(RESULT, "concise").splitlines() == [
        "job.py:3:5: payload `score` ships 2.0 MB, 1.5 MB of it `model`",
        "note: no job ran",
        "All checks passed (1 payload probed)",
    ]


def test_json_has_the_payloads_beside_the_rest() -> None:
    told = json.loads(written(RESULT, "json"))

    assert {"version", "sparkguard", "diagnostics", "summary", "payloads", "remarks"} == set(told)
    (payload,) = told["payloads"]
    assert payload["bytes"] == 2_000_100
    assert payload["ship_point"]["path"] == "job.py"
    assert payload["weight"]["held"][1]["held"][0]["text"] == ".rows"
    assert payload["needs"][0] == {"module": "helpers", "version": "", "own": True, "here": False}
    assert payload["worker"]["python"] == "3.11.7"


def test_colours_are_for_terminals_and_change_no_word() -> None:
    plain, coloured = written(RESULT), written(RESULT, view=View(colour=True))

    assert "\x1b[" in coloured
    assert [line.split("\x1b")[0] for line in plain.splitlines()] == plain.splitlines()
    assert "torch.nn.Linear" in coloured


def test_what_a_name_says_cannot_steer_the_terminal() -> None:
    evil = replace(PAYLOAD, weight=replace(TREE, held=(Weight("\x1b[2J", "a.B", 1_900_000),)))

    assert "\x1b" not in written(replace(RESULT, payloads=(evil,)))


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (97_800_000, "97.8 MB"),
        (10**13, "10.0 TB"),
    ],
)
def test_sizes_are_said_as_people_say_them(number: int, words: str) -> None:
    assert size(number) == words


def test_html_draws_the_tree() -> None:
    page = written(RESULT, "html")
    assert '<article class="payload">' in page
    assert '<code>model</code> <meter max="2000100" value="1500000"></meter> 1.5 MB' in page
    assert page.count("<ul") == page.count("</ul>") == 2
    assert "<b>missing:</b> helpers (not found in a clean interpreter" in page
    assert '<p class="note">no job ran</p>' in page
    assert '<article class="warning">' in written(replace(RESULT, max_bytes=1), "html")


@pytest.mark.parametrize("kind", get_args(OutputFormat))
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_words_of_a_payload_are_inert(kind: OutputFormat, name: str) -> None:
    text = HOSTILE[name]
    shipped = replace(PAYLOAD.shipped, function=text, span=span("1:1", path=text))
    needs = (Need(text, text, own=True, here=False),)
    trial = Trial(text, "call", text, text, (text,), text)
    weight = Weight(text, text, 9, (Weight(text, text, 8),))
    said = written(
        ProbeResult(payloads=(Payload(shipped, 9, weight, needs, trial),), remarks=(text,)), kind
    )
    bad = {char for char in said if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
    assert bad <= {"\n"}
    assert not [line for line in said.splitlines() if line.lstrip().startswith("::")]
    if kind == "html":
        assert re.findall(r"<(script|img)\b", said) == ["script"]
