"""What settings add to the tables."""

from __future__ import annotations

import pytest

from sparkguard.pyspark_api import Argument, Own


def test_a_ship_point_names_each_argument_that_ships() -> None:
    own = Own.read(["mylib.run:0", "mylib.run:work", "mylib.Pool.submit:1"], ())

    assert own.ship_points["mylib.run"].arguments == (
        Argument(0, "", "function"),
        Argument(None, "work", "function"),
    )
    assert own.ship_points["mylib.Pool.submit"].arguments == (Argument(1, "", "function"),)


def test_a_driver_only_type_has_its_own_cure() -> None:
    refused = Own.read((), [("mylib.Api", " open it there ")]).driver_only["mylib.Api"]

    assert (refused.family, refused.noun, refused.cure) == ("own", "an Api", "open it there")
    assert set(refused.refusals) == {"classic", "connect"}


@pytest.mark.parametrize("entry", ["", "run:0", "a.b", "a.b:", "a.b:-1", "a.b:0:1", "a..b:0"])
def test_a_ship_point_of_another_shape_is_an_error(entry: str) -> None:
    with pytest.raises(ValueError, match="is not written as"):
        Own.read([entry], ())
