"""A community is founded with somebody who looks after it."""

import pytest

from freeco.charter import services as charter
from freeco.db import db
from freeco.mail.models import OutgoingMail
from freeco.members import founding, membership
from freeco.members.founding import BadSlug
from freeco.members.models import STEWARD, Community, Person
from freeco.plugins import Plugins


def found(plugins: Plugins, slug: str = "assiac") -> Community:
    return founding.found(
        plugins, slug, "AMAP d’Assiac", "Assiac", "anne@example.org", "Anne", "Roux"
    )


def test_the_founder_looks_after_the_community(plugins: Plugins) -> None:
    (steward,) = membership.stewards(found(plugins))
    assert steward.name == "Anne Roux"
    assert membership.holds(steward, STEWARD)
    assert charter.has_accepted_current(steward)


def test_the_founder_gets_a_way_in(plugins: Plugins) -> None:
    found(plugins)
    assert [mail.recipient for mail in db.session.query(OutgoingMail)] == ["anne@example.org"]


def test_somebody_already_known_founds_another(plugins: Plugins, person: Person) -> None:
    community = founding.found(plugins, "assiac", "Assiac", "", "marie@example.org", "M", "D")
    assert [each.person for each in membership.stewards(community)] == [person]


@pytest.mark.parametrize("slug", ["Assiac", "à-côté", "moi", "api", "a/b", "", "-a", "a" * 61])
def test_an_address_that_would_not_work_is_refused(plugins: Plugins, slug: str) -> None:
    with pytest.raises(BadSlug):
        found(plugins, slug)


def test_an_address_is_taken_once(plugins: Plugins) -> None:
    found(plugins)
    with pytest.raises(BadSlug):
        found(plugins)
