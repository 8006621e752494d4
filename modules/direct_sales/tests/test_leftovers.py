"""What is left: two hours, one letter each, and the first partner who says so."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from freeco.clock import held_at
from freeco.db import db
from freeco.mail.models import OutgoingMail
from freeco.members.models import Community, Member
from freeco.notifications.models import Notice
from freeco.testing.forms import Typed, fill_in
from freeco.testing.visitor import Visitor
from freeco_direct_sales.models import Distribution
from freeco_direct_sales.shifts import leftovers
from freeco_direct_sales.shifts.errors import (
    LeftoverGone,
    NoPartner,
    PartnerUnreachable,
    SamePartner,
)
from freeco_direct_sales.shifts.leftover_models import Leftover, Partner

Visit = Callable[[Member], Visitor]
HERE = "/lavergne/direct-sales"
EVENING = datetime(2026, 11, 5, 19, tzinfo=UTC)


@pytest.fixture
def partners(community: Community, opened: None) -> list[Partner]:
    """Give the grocery, the soup kitchen, and somebody who only has a telephone."""
    found = [
        leftovers.keep_partner(community, name, "", email, phone, "")
        for name, email, phone in (
            ("Épicerie solidaire", "epicerie@example.org", ""),
            ("Restos du cœur", "restos@example.org", "06 00 00 00 02"),
            ("Secours", None, "06 00 00 00 03"),
        )
    ]
    db.session.commit()
    return found


@pytest.fixture
def left(thursdays: Sequence[Distribution], volunteer: Member, partners: list[Partner]) -> Leftover:
    """Give what is left on Thursday evening."""
    with held_at(EVENING):
        found = leftovers.offer(thursdays[0], volunteer, "Deux cagettes de choux")
    db.session.commit()
    return found


def links() -> dict[str, str]:
    """Return the page that each partner's letter leads to."""
    return {
        mail.recipient: found[1]
        for mail in db.session.query(OutgoingMail).order_by(OutgoingMail.id)
        for found in [re.search(r"\{site\}(/\S+)", mail.body)]
        if found
    }


def send(client: Visitor, page: TestResponse, ending: str, typed: Typed) -> TestResponse:
    """Send a form of a page and follow to the page it leads to."""
    answer = fill_in(client, page, ending, typed)
    return client.get(answer.location) if answer.status_code == 302 else answer


def test_each_partner_has_a_letter_with_a_link_of_their_own(left: Leftover) -> None:
    found = links()
    assert set(found) == {"epicerie@example.org", "restos@example.org"}
    assert len(set(found.values())) == 2
    assert left.until == EVENING + timedelta(hours=2)


def test_reading_a_letter_s_page_takes_nothing_and_its_button_does(
    client: Visitor, left: Leftover, volunteer: Member
) -> None:
    found = links()
    with held_at(EVENING + timedelta(minutes=10)):
        page = client.get(found["restos@example.org"])
        assert client.get(found["epicerie@example.org"]).status_code == 200
        assert db.session.query(Leftover.partner_id).one() == (None,)
        token = found["restos@example.org"].rpartition("/")[2]
        done = send(client, page, token, {})
        assert "Restos du cœur" in done.text
        assert "vient" in done.text
    db.session.refresh(left)
    assert left.partner is not None
    assert left.partner.name == "Restos du cœur"
    told = {
        mail.recipient: mail.subject
        for mail in db.session.query(OutgoingMail).order_by(OutgoingMail.id)
        if not re.search(r"\{site\}", mail.body)
    }
    assert told["epicerie@example.org"].startswith("Les restes de")
    assert told["restos@example.org"].startswith("Vous venez chercher")
    notice = db.session.query(Notice).filter_by(member_id=volunteer.id).one()
    assert notice.subject == "Restos du cœur vient chercher ce qui reste"


def test_the_second_partner_is_told_and_so_is_who_comes_too_late(
    client: Visitor, left: Leftover, partners: list[Partner]
) -> None:
    found = links()
    address = found["epicerie@example.org"]
    with held_at(EVENING + timedelta(minutes=10)):
        page = client.get(address)
        assert leftovers.fetch(left, partners[1])
        assert not leftovers.fetch(left, partners[1])
        db.session.commit()
        late = send(client, page, address.rpartition("/")[2], {})
        assert late.status_code == 409
        assert "Un autre partenaire vient déjà" in late.text
        with pytest.raises(LeftoverGone):
            leftovers.fetch(left, partners[0])


def test_after_two_hours_nobody_waits_any_more(client: Visitor, left: Leftover) -> None:
    address = links()["epicerie@example.org"]
    with held_at(EVENING + timedelta(minutes=119)):
        page = client.get(address)
    with held_at(EVENING + timedelta(hours=2)):
        assert (
            "<button" not in client.get(address).text.partition("<main")[2].partition("</main")[0]
        )
        late = send(client, page, address.rpartition("/")[2], {})
    assert late.status_code == 409
    assert "plus personne n’attend" in late.text


def test_a_link_that_this_site_did_not_write_leads_nowhere(
    app: Flask, client: Visitor, left: Leftover, partners: list[Partner]
) -> None:
    address = links()["epicerie@example.org"]
    token = address.rpartition("/")[2]
    for other in (
        f"{HERE}/restes/{left.id}/{partners[1].id}/{token}",
        f"{HERE}/restes/{left.id}/{partners[0].id}/{'é' * 32}",
        f"{HERE}/restes/{left.id}/99/{token}",
    ):
        assert client.get(other).status_code == 404
        assert client.post(other).status_code == 404
    leftovers.retire_partner(partners[0])
    db.session.commit()
    assert client.get(address).status_code == 404
    assert (partners[0].email, partners[0].phone) == ("", "")


def test_from_the_hall_one_offers_and_notes_what_was_given(
    visiting: Visit,
    thursdays: Sequence[Distribution],
    volunteer: Member,
    partners: list[Partner],
) -> None:
    with held_at(EVENING):
        rose = visiting(volunteer)
        page = rose.get(f"{HERE}/distributions/{thursdays[0].id}/restes")
        assert "06\u00a000\u00a000\u00a000\u00a003" in page.text
        for _click in range(2):
            shown = send(rose, page, "/restes", {"words": "Six pains"})
        left = db.session.query(Leftover).one()
        assert "attend une réponse" in shown.text
        leftovers.fetch(left, partners[0])
        db.session.commit()
        page = rose.get(f"{HERE}/distributions/{thursdays[0].id}/restes")
        page = send(rose, page, "/donne", {"given": "Cinq pains"})
    assert "Cinq pains" in page.text
    assert left.given == "Cinq pains"


def test_the_coordinator_keeps_the_partners_and_others_do_not(
    visiting: Visit, coordinator: Member, member: Member, community: Community
) -> None:
    awa = visiting(coordinator)
    page = awa.get(f"{HERE}/partenaires")
    typed = {"name": "Épicerie solidaire", "email": "epicerie@example.org"}
    page = send(awa, page, "/partenaires", typed)
    assert "epicerie@example.org" in page.text
    with pytest.raises(SamePartner):
        leftovers.keep_partner(community, "Épicerie solidaire", "", "a@example.org", "", "")
    db.session.rollback()
    with pytest.raises(PartnerUnreachable):
        leftovers.keep_partner(community, "Muet", "", None, "", "")
    page = send(awa, page, "/retirer", {})
    assert "epicerie@example.org" not in page.text
    assert visiting(member).get(f"{HERE}/partenaires").status_code == 403


def test_without_partners_nobody_would_be_told(
    thursdays: Sequence[Distribution], volunteer: Member
) -> None:
    with pytest.raises(NoPartner):
        leftovers.offer(thursdays[0], volunteer, "Six pains")
