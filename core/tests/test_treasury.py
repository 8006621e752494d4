"""The treasurer's page: sixty cheques in a few clicks, each noted once, everything undone."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from freeco.accounting.audit import check
from freeco.accounting.recording import book_of
from freeco.db import db
from freeco.members.models import TREASURER, Community, Member
from freeco.money import Money
from freeco.organisations.billing import Billing
from freeco.organisations.models import Organisation
from freeco.payments.models import Method, Payment, RemittanceSlip, State
from freeco.payments.references import spaced
from freeco.testing import Visitor, make_community, make_member
from freeco.testing.noon import DAY
from freeco.testing.payments import note, organisation, payment, undo_fields
from freeco.testing.people import sign_in_as

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def treasurer(community: Community) -> Member:
    return make_member(community, "Bernard", "Delpech", permissions=(TREASURER,))


@pytest.fixture
def bernard(client: Visitor, treasurer: Member) -> Visitor:
    assert treasurer.person is not None
    return sign_in_as(client, treasurer.person)


@pytest.fixture
def farm(community: Community) -> Organisation:
    return organisation(community, "Ferme du Pré")


def test_only_who_keeps_the_payments_sees_them(
    client: Visitor, member: Member, community: Community, farm: Organisation
) -> None:
    assert member.person is not None
    found = payment(community, farm)
    sign_in_as(client, member.person)
    for page in ("", "/bordereaux", f"/paiements/{found.id}", "/paiements.csv"):
        assert client.get(f"/lavergne/tresorerie{page}").status_code == 403
    assert client.post("/lavergne/tresorerie", data={}).status_code == 403


def test_sixty_cheques_are_noted_in_one_click_and_undone_in_another(
    bernard: Visitor, community: Community, farm: Organisation
) -> None:
    cheques = [payment(community, farm, f"Foyer {number}") for number in range(60)]
    page = bernard.get("/lavergne/tresorerie").text
    assert "60 paiements, 2 400,00 € en tout." in page.replace("\xa0", " ").replace("\u202f", " ")
    assert page.count('name="choisis"') == 60
    page = bernard.post(
        "/lavergne/tresorerie",
        data={
            "tout": "1",
            "lignes": [str(each.id) for each in cheques],
            "faire": "recu",
            "le": DAY.isoformat(),
        },
        follow_redirects=True,
    ).text
    assert "60 paiements notés reçus" in page
    db.session.expire_all()
    assert {each.state for each in cheques} == {State.HELD}
    book = book_of(farm, community)
    assert check(book).entries == 60
    fields = undo_fields(page)
    bernard.post("/lavergne/tresorerie/annuler", data=fields)
    bernard.post("/lavergne/tresorerie/annuler", data=fields)
    db.session.expire_all()
    assert {each.state for each in cheques} == {State.EXPECTED}
    assert (check(book).entries, check(book).faults) == (120, ())


def test_an_impatient_person_notes_it_once(
    bernard: Visitor, community: Community, farm: Organisation
) -> None:
    cheque = payment(community, farm)
    note(bernard, "a-recevoir", "recu", [cheque])
    assert "rien n’a changé" in note(bernard, "a-recevoir", "recu", [cheque])
    assert cheque.steps_taken == 1


def test_nothing_ticked_and_a_wrong_day_are_said_beside_their_field_and_ticks_stay(
    bernard: Visitor, community: Community, farm: Organisation
) -> None:
    cheque = payment(community, farm)
    assert "Cochez au moins une ligne." in note(bernard, "a-recevoir", "recu", [])
    tomorrow = (DAY + timedelta(days=1)).isoformat()
    page = note(bernard, "a-recevoir", "recu", [cheque], le=tomorrow)
    assert "Ce jour n’est pas encore venu." in page
    assert re.search(rf'value="{cheque.id}" data-cents="4000" checked', page)
    assert cheque.state == State.EXPECTED


def test_cheques_of_two_farms_make_two_slips_and_early_ones_wait(
    bernard: Visitor, community: Community, farm: Organisation
) -> None:
    bakery = organisation(community, "Fournil")
    ready = [payment(community, farm, "Allard"), payment(community, bakery, "Blanc")]
    early = payment(community, farm, "Carré", DAY + timedelta(days=40))
    note(bernard, "a-recevoir", "recu", [*ready, early])
    assert "Allard" in bernard.get("/lavergne/tresorerie?dossier=a-encaisser").text
    assert "Carré" not in bernard.get("/lavergne/tresorerie?dossier=a-encaisser").text
    page = note(bernard, "en-caisse", "bordereau", [*ready, early])
    assert "2 chèques portés à la banque" in page
    assert "1 chèque attend encore sa date." in page
    assert [each.state for each in (*ready, early)] == ["settled", "settled", "held"]
    assert db.session.scalar(select(func.count(RemittanceSlip.id))) == 2
    assert "Ces chèques attendent leur date." in note(bernard, "en-caisse", "bordereau", [early])


def test_a_slip_is_printed_as_banks_know_it_and_opens_in_a_spreadsheet(
    bernard: Visitor, community: Community, farm: Organisation
) -> None:
    db.session.add(Billing(organisation=farm, iban="FR7630006000011234567890189"))
    cheque = payment(community, farm, "=Fabre")
    note(bernard, "a-recevoir", "recu", [cheque])
    page = note(bernard, "a-encaisser", "bordereau", [cheque])
    assert "Le bordereau de remise n° 1" in page
    paper = bernard.get(f"/lavergne/tresorerie/bordereaux/{cheque.slip_id}.pdf")
    assert paper.data.startswith(b"%PDF")
    table = bernard.get(f"/lavergne/tresorerie/bordereaux/{cheque.slip_id}.csv")
    assert table.data.decode("utf-8-sig").splitlines() == [
        "N°;Tireur;Référence;Montant",
        f"1;'=Fabre;{cheque.reference};40,00",
    ]
    assert "Ferme du Pré" in bernard.get("/lavergne/tresorerie/bordereaux").text


def test_a_household_a_reference_and_a_farm_are_found(
    bernard: Visitor, community: Community, farm: Organisation
) -> None:
    bakery = organisation(community, "Fournil")
    one, other = payment(community, farm, "Lefèvre"), payment(community, bakery, "Blanc")

    def names(question: str) -> set[str]:
        page = bernard.get(f"/lavergne/tresorerie?dossier=tout&{question}").text
        return {each for each in ("Lefèvre", "Blanc") if f"<bdi>{each}</bdi>" in page}

    assert names("q=lefevre") == {"Lefèvre"}
    assert names(f"q={spaced(other.reference).lower()}") == {"Blanc"}
    assert names(f"pour={farm.id}") == {"Lefèvre"}
    assert names("q=personne") == set()
    assert one.reference != other.reference


def test_another_communitys_payments_are_absent(
    bernard: Visitor, community: Community, farm: Organisation
) -> None:
    elsewhere = make_community("ailleurs", "Ailleurs")
    theirs = payment(elsewhere, organisation(elsewhere, "Autre"))
    address = f"/lavergne/tresorerie/paiements/{theirs.id}"
    assert bernard.get(address).status_code == 404
    assert bernard.post(f"{address}/impaye", data={"raison": "other"}).status_code == 404
    fields = {"choisis": str(theirs.id), "faire": "recu", "le": DAY.isoformat()}
    assert bernard.post("/lavergne/tresorerie", data=fields).status_code == 404
    undone = {"paiements": f"{theirs.id}.0"}
    assert bernard.post("/lavergne/tresorerie/annuler", data=undone).status_code == 404
    for wrong in ("x", "1", "1.2.3", "²."):
        answer = bernard.post("/lavergne/tresorerie/annuler", data={"paiements": wrong})
        assert answer.status_code == 404, wrong


def test_every_empty_folder_says_what_will_stand_there(bernard: Visitor) -> None:
    for folder in ("a-recevoir", "en-retard", "en-caisse", "a-encaisser", "remis", "tout"):
        page = bernard.get(f"/lavergne/tresorerie?dossier={folder}")
        assert page.status_code == 200
        assert 'class="empty"' in page.text
    assert bernard.get("/lavergne/tresorerie?dossier=autre").status_code == 404
    assert 'class="empty"' in bernard.get("/lavergne/tresorerie/bordereaux").text


def test_a_page_of_thousands_asks_the_database_no_more_than_a_page_of_a_few(
    app: Flask, bernard: Visitor, community: Community, farm: Organisation
) -> None:
    asked: list[str] = []

    def listen(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    def queries() -> int:
        db.session.commit()
        event.listen(db.engine, "before_cursor_execute", listen)
        asked.clear()
        assert bernard.get("/lavergne/tresorerie").status_code == 200
        event.remove(db.engine, "before_cursor_execute", listen)
        return len(asked)

    first = payment(community, farm)
    few = queries()
    db.session.add_all(
        Payment(
            community=community,
            beneficiary=farm,
            payer=first.payer,
            purpose=first.purpose,
            amount=Money(100),
            method=Method.CHEQUE,
            due_on=DAY,
            reference=f"RF{number}",
        )
        for number in range(3000)
    )
    assert queries() <= few + 1


def test_the_treasurers_home_shows_the_work(
    bernard: Visitor, community: Community, farm: Organisation
) -> None:
    payment(community, farm, due_on=DAY - timedelta(days=1))
    bernard.get("/lavergne/")
    bernard.post("/lavergne/chapeau", data={"hat": "treasurer"})
    page = bernard.get("/lavergne/").text
    assert "1 paiement en retard" in page
    assert 'href="/lavergne/tresorerie"' in page
