"""The generator: its programs parse, the same seed gives the same, names say nothing."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from sparkguard.pyspark_api import SHIP_POINTS
from tests.differential.draft import write
from tests.differential.left_out import LEFT_OUT
from tests.differential.program import Program
from tests.differential.static_verdict import findings
from tests.differential.strategies import (
    BINDS,
    HOLDS,
    MENTIONS,
    REACHES,
    SHIPS,
    SITES,
    THINGS,
    WRAPS,
)
from tests.differential.trial import drawn, sample, schedule

SEED = 20
PROGRAMS = [drawn(number, ship, SEED) for number, ship in enumerate(SHIPS[::3])]

each_program = pytest.mark.parametrize("number", range(len(PROGRAMS)))


def test_every_ship_point_is_drawn_or_left_out_for_a_reason() -> None:
    drawn_from = {ship.api for ship in SHIPS if not ship.look_alike}

    assert drawn_from | LEFT_OUT.keys() == SHIP_POINTS.keys()
    assert not drawn_from & LEFT_OUT.keys()


@each_program
def test_every_file_of_a_program_parses(number: int) -> None:
    for name, text in write(PROGRAMS[number], number).files:
        ast.parse(text, name)


@each_program
def test_a_program_says_where_it_ships(number: int) -> None:
    program = PROGRAMS[number]

    assert bool(write(program).ships) != program.ship.look_alike


@each_program
def test_names_do_not_change_the_verdict(number: int, tmp_path: Path) -> None:
    program = PROGRAMS[number]
    # `spark` is a name that notebooks hand out: it stays where it is.
    others = [name for name in reversed(program.names) if name != "spark"]
    renamed = replace(program, names=tuple(others))
    plain = replace(program, names=tuple(name for name in program.names if name != "spark"))

    assert said(renamed, tmp_path / "renamed") == said(plain, tmp_path / "plain")


def said(program: Program, folder: Path) -> list[tuple[str, int]]:
    return sorted((one.code, one.place[1]) for one in findings(write(program), folder))


def test_the_same_seed_gives_the_same_programs() -> None:
    ships = schedule(200, SEED)
    again = schedule(200, SEED)

    assert ships == again
    assert [drawn(7, ships[7], SEED), drawn(8, ships[8], SEED)] == [
        drawn(7, again[7], SEED),
        drawn(8, again[8], SEED),
    ]
    assert drawn(7, ships[7], SEED) != drawn(7, ships[7], SEED + 1)


def test_the_schedule_has_every_ship_point() -> None:
    assert {ship.name for ship in schedule(300, SEED)} == {ship.name for ship in SHIPS}


def test_every_ship_point_has_a_name_of_its_own() -> None:
    assert len({ship.name for ship in SHIPS}) == len(SHIPS)


def test_things_are_refused_and_travel() -> None:
    assert {bool(thing.code) for thing in THINGS} == {True, False}


def test_the_sample_has_every_ship_point_and_nearly_every_way() -> None:
    programs = sample(SEED)

    used = {part for program in programs for part in program.parts}
    ways = {*BINDS, *HOLDS, *MENTIONS, *REACHES, *SITES, *WRAPS}
    assert {program.ship.api for program in programs} == {ship.api for ship in SHIPS}
    assert len(ways - used) <= len(ways) / 50
