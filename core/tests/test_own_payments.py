"""A member's page: what I pay, to whom, how, what became of it; and nobody else's."""

import io
import json
import re
from datetime import timedelta

import pytest
import segno
from flask import Flask
from sqlalchemy import select

from freeco.clock import now
from freeco.db import db
from freeco.members import privacy
from freeco.members.households import add_to_household, household_of
from freeco.members.models import TREASURER, Community, Member, Person
from freeco.money import Money
from freeco.organisations.billing import Billing
from freeco.organisations.models import Organisation
from freeco.payments import steps, transfer
from freeco.payments.models import Method, Payment, State
from freeco.payments.parties import party_of
from freeco.payments.references import spaced
from freeco.plugins import Plugins
from freeco.testing import Visitor, make_member
from freeco.testing.noon import DAY
from freeco.testing.people import sign_in_as

pytestmark = pytest.mark.usefixtures("noon")
IBAN = "FR7630006000011234567890189"


@pytest.fixture
def farm(community: Community) -> Organisation:
    found = Organisation(kind="independent", name="Ferme du Pré")
    db.session.add(Member(community=community, organisation=found))
    db.session.add(Billing(organisation=found, iban=IBAN, bic="AGRIFRPP"))
    db.session.commit()
    return found


@pytest.fixture
def marie(client: Visitor, person: Person, member: Member) -> Visitor:
    return sign_in_as(client, person)


def payment(
    member: Member, farm: Organisation, method: Method = Method.CHEQUE, cents: int = 4000
) -> Payment:
    payer = party_of(household_of(member))
    found = steps.expect(member.community, farm, payer, "garden:row:1", Money(cents), DAY, method)
    db.session.commit()
    return found


def plain(page: str) -> str:
    return page.replace("\xa0", " ").replace("\u202f", " ")


def test_a_newcomer_is_told_that_nothing_is_due(marie: Visitor) -> None:
    page = marie.get("/lavergne/mes-paiements").text
    assert "Rien à payer" in page
    assert "/lavergne/mes-paiements" in marie.get("/lavergne/moi").text


def test_cheques_to_give_say_to_whom_in_whose_name_and_when(
    marie: Visitor, member: Member, farm: Organisation, community: Community
) -> None:
    make_member(community, "Bernard", "Delpech", permissions=(TREASURER,))
    one, _other = payment(member, farm), payment(member, farm)
    page = plain(marie.get("/lavergne/mes-paiements").text)
    assert "2 chèques à l’ordre de Ferme du Pré, à donner à Bernard Delpech" in page
    assert "80,00 €" in page
    page = plain(marie.get(f"/lavergne/mes-paiements/{one.id}").text)
    assert f"écrivez au dos {spaced(one.reference)}" in page


def test_a_transfer_shows_the_account_the_reference_and_a_code(
    marie: Visitor, member: Member, farm: Organisation
) -> None:
    found = payment(member, farm, Method.TRANSFER)
    address = f"/lavergne/mes-paiements/{found.id}"
    page = plain(marie.get(address).text)
    assert "FR76 3000 6000 0112 3456 7890 189" in page
    assert f'data-exact="{found.reference}"' in page
    assert spaced(found.reference) in page
    assert 'data-exact="40,00"' in page
    drawn = marie.get(f"{address}/virement.svg")
    assert drawn.content_type == "image/svg+xml"
    assert drawn.data.startswith(b"<?xml")


def test_the_code_says_what_a_bank_expects(member: Member, farm: Organisation) -> None:
    found = payment(member, farm, Method.TRANSFER, 4205)
    lines = ["BCD", "002", "1", "SCT", "AGRIFRPP", "Ferme du Pré", IBAN, "EUR42.05", ""]
    expected = segno.make(
        "\n".join([*lines, found.reference]), error="m", boost_error=False, encoding="utf-8"
    )
    drawn = io.BytesIO()
    expected.save(drawn, kind="svg", scale=4, border=4, dark="black", light="white")
    assert transfer.qr_code(found) == drawn.getvalue()


def test_without_an_iban_a_transfer_is_not_offered(
    marie: Visitor, member: Member, farm: Organisation
) -> None:
    db.session.get_one(Billing, farm.id).iban = ""
    found = payment(member, farm, Method.TRANSFER)
    address = f"/lavergne/mes-paiements/{found.id}"
    assert "pas encore donné son IBAN" in marie.get(address).text
    assert marie.get(f"{address}/virement.svg").status_code == 404
    answer = marie.post(f"{address}/payer", data={"moyen": "transfer"})
    assert answer.status_code == 409
    assert "pas encore possible" in answer.text


def test_a_payer_chooses_another_means_as_long_as_nothing_has_come(
    marie: Visitor, member: Member, farm: Organisation
) -> None:
    found = payment(member, farm)
    address = f"/lavergne/mes-paiements/{found.id}/payer"
    assert marie.post(address, data={"moyen": "transfer"}).status_code == 302
    db.session.expire_all()
    assert found.method == "transfer"
    assert marie.post(address, data={"moyen": "debit"}).status_code == 422
    steps.settle(found, now())
    db.session.commit()
    assert marie.post(address, data={"moyen": "cheque"}).status_code == 409


def test_the_history_is_told_in_words_and_names_nobody(
    marie: Visitor, member: Member, farm: Organisation, community: Community
) -> None:
    bernard = make_member(community, "Bernard", "Delpech")
    found = payment(member, farm)
    steps.receive(found, bernard)
    steps.step_back(found, bernard)
    steps.receive(found, bernard)
    steps.bank([found], DAY, bernard)
    steps.given_back(found, Money(1000), "hail", now(), Method.TRANSFER)
    db.session.commit()
    page = plain(marie.get(f"/lavergne/mes-paiements/{found.id}").text)
    for words in (
        "Le paiement est prévu",
        "Le chèque est donné à la trésorerie",
        "elle est annulée",
        "Le chèque est porté à la banque",
        "10,00 € remboursés par virement",
        "Être remboursé",
    ):
        assert words in page
    assert "Bernard" not in page
    assert "dont 10,00 € remboursés" in plain(marie.get("/lavergne/mes-paiements").text)


def test_the_whole_household_sees_them_and_nobody_else(
    client: Visitor, member: Member, farm: Organisation, community: Community
) -> None:
    found = payment(member, farm)
    address = f"/lavergne/mes-paiements/{found.id}"
    shares, stranger = make_member(community, "Paul", "Roy"), make_member(community, "Zoé", "Gil")
    add_to_household(Plugins(), household_of(member), shares)
    db.session.commit()
    assert shares.person is not None
    assert stranger.person is not None
    assert sign_in_as(client, shares.person).get(address).status_code == 200
    sign_in_as(client, stranger.person)
    for page in (address, f"{address}/virement.svg"):
        assert client.get(page).status_code == 404
    assert client.post(f"{address}/payer", data={"moyen": "cash"}).status_code == 404
    assert "Ferme du Pré" not in client.get("/lavergne/mes-paiements").text
    assert found.reference not in client.get("/lavergne/mes-paiements.csv").text


def test_the_home_says_where_i_stand_three_clicks_from_the_payment(
    marie: Visitor, member: Member, farm: Organisation
) -> None:
    assert "À payer" not in marie.get("/lavergne/").text
    found = payment(member, farm, Method.TRANSFER)
    home = plain(marie.get("/lavergne/").text)
    assert "40,00 €, pour le " in home
    first = re.search(r'href="(/lavergne/mes-paiements)"', home)
    assert first is not None
    second = re.search(r'href="(/lavergne/mes-paiements/\d+)"', marie.get(first[1]).text)
    assert second is not None
    assert second[1].endswith(str(found.id))
    found.due_on = DAY - timedelta(days=2)
    db.session.commit()
    payment(member, farm, Method.CASH)
    assert "en 2 paiements, le premier attendu depuis" in marie.get("/lavergne/").text
    for each in db.session.scalars(select(Payment)):
        steps.cancel(each, None)
    db.session.commit()
    assert "Vous n’avez plus rien à payer." in marie.get("/lavergne/").text


def test_a_bank_s_code_is_said_in_words(marie: Visitor, member: Member, farm: Organisation) -> None:
    for code, words in (
        ("AM04", "revenu impayé : provision insuffisante"),
        ("fraudulent", "revenu impayé : autre raison"),
    ):
        found = payment(member, farm, Method.DEBIT)
        steps.settle(found, now())
        steps.fail(found, now(), code)
        db.session.commit()
        assert words in plain(marie.get(f"/lavergne/mes-paiements/{found.id}").text)


def test_what_is_unknown_is_not_paid_twice(
    marie: Visitor, member: Member, farm: Organisation
) -> None:
    found = payment(member, farm, Method.CARD)
    steps.begin(found, Method.CARD)
    steps.lose_sight(found, "timeout")
    db.session.commit()
    page = marie.get(f"/lavergne/mes-paiements/{found.id}").text
    assert "Ne payez pas une seconde fois" in page
    assert "/payer" not in page


def test_my_payments_are_in_my_export_and_stay_nameless_once_i_am_erased(
    app: Flask, member: Member, person: Person, farm: Organisation
) -> None:
    found = payment(member, farm)
    steps.receive(found, member)
    db.session.commit()
    told = privacy.export(Plugins(), person)["memberships"][0]["payments"]
    assert json.dumps(told)
    assert (told[0]["to"], told[0]["amount_cents"], told[0]["state"]) == (
        "Ferme du Pré",
        4000,
        "held",
    )
    assert [each["state"] for each in told[0]["steps"]] == ["held"]
    privacy.erase(Plugins(), person)
    db.session.commit()
    assert found.state == State.HELD
    assert found.amount == Money(4000)


def test_the_spreadsheet_adds_up(marie: Visitor, member: Member, farm: Organisation) -> None:
    found = payment(member, farm)
    lines = marie.get("/lavergne/mes-paiements.csv").data.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Échéance;De;Pour")
    assert f";40,00;0,00;0,00;chèque;à recevoir;{found.reference};;" in lines[1]
