"""Nought, one and ten thousand members are all a page that a phone can show."""

import re

from sqlalchemy import insert

from freeco.clock import now
from freeco.db import db
from freeco.members.models import Community, Member, Person
from freeco.testing.people import sign_in_as
from freeco.testing.visitor import Visitor

NAMES = 10_000


def fill(community: Community) -> None:
    """Enter ten thousand people at once."""
    first = (db.session.query(Person).count() or 0) + 1000
    people = [
        {
            "id": first + number,
            "first_name": f"Élodie {number:05}",
            "last_name": f"Dumas {number:05}",
            "created_at": now(),
        }
        for number in range(NAMES)
    ]
    db.session.execute(insert(Person), people)
    members = [
        {"community_id": community.id, "person_id": each["id"], "joined_at": now()}
        for each in people
    ]
    db.session.execute(insert(Member), members)
    db.session.commit()


def names_on(page: str) -> list[str]:
    return re.findall(r"<b>(Dumas \d+)</b>", page)


def test_ten_thousand_members_are_shown_fifty_at_a_time(
    client: Visitor, community: Community, member: Member, person: Person
) -> None:
    fill(community)
    page = sign_in_as(client, person).get("/lavergne/membres")
    assert names_on(page.text)[:1] == ["Dumas 00000"]
    assert len(names_on(page.text)) == 50
    assert len(page.data) < 60_000
    assert 'href="/lavergne/membres?page=2"' in page.text
    last = client.get("/lavergne/membres?page=99999")
    assert names_on(last.text) == []
    assert "<b>Dupont</b>" in last.text
    assert 'rel="next"' not in last.text


def test_a_search_is_kept_from_page_to_page(
    client: Visitor, community: Community, member: Member, person: Person
) -> None:
    fill(community)
    page = sign_in_as(client, person).get("/lavergne/membres?q=DUMAS+elodie+00120")
    assert names_on(page.text) == ["Dumas 00120"]
    many = client.get("/lavergne/membres?q=dumas")
    assert "?q=dumas&amp;page=2" in many.text


def test_a_name_nobody_has_says_so_and_leads_back(
    client: Visitor, member: Member, person: Person
) -> None:
    page = sign_in_as(client, person).get("/lavergne/membres?q=%00zzz")
    assert "Personne ne porte ce nom ici" in page.text


def test_a_page_number_that_is_none_is_the_first(
    client: Visitor, member: Member, person: Person
) -> None:
    sign_in_as(client, person)
    for typed in ("0", "-1", "x", "", "٣", "9" * 40):
        page = client.get("/lavergne/membres", query_string={"page": typed})
        assert page.status_code == 200
        assert "Dupont" in page.text
