"""A lot that anybody draws again."""

import subprocess

import pytest

from freeco_project_decisions.counting.approval import approval
from freeco_project_decisions.counting.errors import Uncountable
from freeco_project_decisions.counting.lots import draw, drawn_lot, ticket
from freeco_project_decisions.counting.profiles import gather


def test_a_ticket_is_what_sha256sum_gives() -> None:
    printed = subprocess.run(
        ["sha256sum"], input="graine,Élodie".encode(), capture_output=True, check=True
    )
    assert ticket("graine", "Élodie") == printed.stdout.decode().split()[0]


def test_the_order_is_that_of_the_tickets() -> None:
    names = [f"volontaire {number}" for number in range(20)]
    drawn = draw(names, "graine")
    assert sorted(drawn) == sorted(names)
    assert [ticket("graine", name) for name in drawn] == sorted(ticket("graine", n) for n in names)
    assert draw(names[::-1], "graine") == drawn
    assert draw(names, "autre graine") != drawn


def test_a_name_has_one_ticket() -> None:
    with pytest.raises(Uncountable):
        draw(["Ada", "Ada"], "graine")


def test_approval_chooses_what_most_people_ticked_and_gives_ties_back() -> None:
    profile = gather([b"\1\1\0", b"\1\0\1", b"\1\0\0"], 3)
    assert approval(profile).chosen == (0,)
    two = approval(profile, places=2)
    assert (two.chosen, two.tied, two.places_left) == ((0,), (1, 2), 1)
    lot = drawn_lot(["a", "b", "c"], "graine")
    assert approval(profile, places=2, lot=lot).chosen == (0, lot.sort([1, 2])[0])
