"""Every page about somebody's money, tried by everybody whose money it is not."""

import pytest
from flask import Flask
from sqlalchemy import select

from freeco.clock import now, today
from freeco.db import db
from freeco.members.models import STEWARD, TREASURER, Community, Member
from freeco.organisations.models import Organisation, OrganisationRole, Role
from freeco.payments import steps
from freeco.payments.models import Method
from freeco.testing import Visitor, make_community, make_member, sign_in_as
from freeco.testing.bank_accounts import expect_payment, make_creditor, make_household

ROOMS = {
    "billing",
    "cards",
    "debits",
    "documents",
    "organisation_books",
    "own_payments",
    "payments",
    "producer_payments",
    "receipts",
    "slips",
    "statements",
    "treasury",
}
OWN = ("/mes-paiements", "/mes-paiements.csv", "/mes-factures", "/mes-factures/releve-")
"""One's own: everybody has such a page, and reads nothing of others there."""


@pytest.fixture
def addresses(app: Flask, community: Community) -> list[tuple[str, str]]:
    """Give every address of the rooms of money, of things that exist, with its method."""
    farm = make_creditor(community)
    roux = make_household(community, "Claire", "Roux")
    keeper = make_member(community, "Bernard", "Delpech", permissions=(TREASURER,))
    cheque = expect_payment(roux, farm, 4600, today(), Method.CHEQUE)
    steps.receive(cheque, keeper)
    slip = steps.bank([cheque], today(), keeper)
    due = expect_payment(roux, farm, 4600, today())
    db.session.commit()
    values = {
        "community": community.slug,
        "member_id": db.session.scalar(select(Member.id).where(Member.organisation == farm)),
        "payment_id": due.id,
        "slip_id": slip.id,
        "year": today().year,
    }
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint.partition(".")[0] in ROOMS:
            form = "csv" if "csv" in rule.rule else "fec"
            told = {
                name: values.get(name, form if name == "form" else 1) for name in rule.arguments
            }
            built = rule.build(told)
            assert built is not None, rule
            found += [
                (built[1], each) for each in sorted({"GET", "POST"} & (rule.methods or set()))
            ]
    assert len(found) > 60
    return found


def others(community: Community) -> dict[str, Member]:
    """Return those whose money it is not."""
    farm = db.session.scalars(select(Organisation)).one()
    neighbour = Organisation(kind="company", name="Ferme d’à côté")
    db.session.add(Member(community=community, organisation=neighbour))
    elsewhere = make_community("ailleurs", "Amis d’Ailleurs")
    found = {
        "member": make_member(community, "Marc", "Simple"),
        "steward": make_member(community, "Odile", "Faure", permissions=(STEWARD,)),
        "secretary": make_member(community, "Inès", "Blanc"),
        "other producer": make_member(community, "Jean", "Puech"),
        "treasurer elsewhere": make_member(elsewhere, "Ali", "Nour", permissions=(TREASURER,)),
        "gone": make_member(community, "Paul", "Roux", permissions=(TREASURER,)),
    }
    for name, body, role in (
        ("secretary", farm, Role.SECRETARY),
        ("other producer", neighbour, Role.PRODUCER),
        ("gone", farm, Role.PRODUCER),
    ):
        person = found[name].person
        assert person is not None
        db.session.add(OrganisationRole(organisation=body, person_id=person.id, role=role))
    found["gone"].left_at = now()
    db.session.commit()
    return found


def test_nobody_passes_a_door_that_is_not_theirs(
    client: Visitor, community: Community, addresses: list[tuple[str, str]]
) -> None:
    for who, member in others(community).items():
        assert member.person is not None
        sign_in_as(client, member.person)
        for address, method in addresses:
            path = address.removeprefix("/lavergne")
            is_own = path in OWN[:3] or path.startswith(OWN[3])
            if method == "GET" and (is_own or (path == "/releves" and who == "other producer")):
                continue
            answer = client.open(address, method=method, data={} if method == "POST" else None)
            turned_away = {403, 404, 302} if who in ("gone", "treasurer elsewhere") else {403, 404}
            assert answer.status_code in turned_away, (who, method, address)
            if answer.status_code == 302:
                assert answer.location.startswith("/lavergne/rejoindre"), (who, address)


def test_a_stranger_is_led_to_the_entrance(
    client: Visitor, addresses: list[tuple[str, str]]
) -> None:
    for address, method in addresses:
        answer = client.open(address, method=method, data={} if method == "POST" else None)
        assert answer.status_code == 302, (method, address)
