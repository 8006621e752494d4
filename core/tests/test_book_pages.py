"""The books as pages: the platform's for everybody, an organisation's for who acts for it."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import text

from freeco.accounting import shown
from freeco.accounting.books import open_book
from freeco.accounting.facts import Commitment, Gift, Part, Purchase, Sale
from freeco.accounting.fec_check import check_fec
from freeco.accounting.models import Book
from freeco.accounting.recording import record
from freeco.accounting.years import close_year
from freeco.clock import today
from freeco.db import db
from freeco.members.models import Community, Member, Person
from freeco.money import Money
from freeco.organisations.models import Organisation, OrganisationRole, Role
from freeco.payments.parties import party_of
from freeco.testing import Visitor, make_community, make_member, sign_in_as
from freeco.testing.books import fill_book
from freeco.testing.guards import guards_lifted

YEAR = date(2025, 5, 1)


@pytest.fixture
def platform(app: Flask) -> Book:
    """Give the platform's book: 120 € came in and 50 € went out in 2025."""
    book = open_book(None)
    record(book, Gift("core:person:7", Money(12_000), "cash"), YEAR, "gift")
    record(book, Purchase("core:organisation:9", "613", Money(5000)), YEAR, "host", piece="F-77")
    db.session.commit()
    return book


@pytest.fixture
def gardens(community: Community, member: Member) -> Member:
    """Give an organisation for which the member acts as treasurer."""
    organisation = Organisation(kind="association", name="Les Jardins", siren="732829320")
    found = Member(community=community, organisation=organisation)
    role = OrganisationRole(organisation=organisation, person_id=_id(member), role=Role.TREASURER)
    db.session.add_all([found, role])
    db.session.flush()
    book = open_book(organisation)
    record(book, Commitment(party_of(member.person), Money(4000)), YEAR, "season")
    db.session.commit()
    return found


def _id(member: Member) -> int:
    assert member.person_id is not None
    return member.person_id


def words(page: str) -> str:
    return " ".join(page.replace("\u202f", " ").replace("\xa0", " ").split())


def test_anybody_reads_what_came_in_what_went_out_and_what_is_left(
    client: Visitor, platform: Book
) -> None:
    page = words(client.get("/comptes").text)
    for said in ("120,00 €", "50,00 €", "70,00 €", "Dons manuels", "Fournisseurs", "F-77"):
        assert said in page
    assert "les 2 écritures se suivent" in page
    assert "core:person" not in page, "whose it is stays out of the page"


def test_a_closed_year_still_says_what_came_in(client: Visitor, platform: Book) -> None:
    close_year(platform, 2025)
    db.session.commit()
    page = words(client.get("/comptes?annee=2025").text)
    assert "120,00 €" in page
    assert "70,00 €" in page
    assert "Clos" in page


def test_nothing_written_is_said_calmly(client: Visitor) -> None:
    page = client.get("/comptes")
    assert page.status_code == 200
    assert "Rien n’est encore écrit" in page.text
    assert client.get("/comptes/csv?annee=2025").status_code == 404


@pytest.mark.parametrize("form", ["csv", "hledger", "beancount"])
def test_the_files_are_there_for_everybody(client: Visitor, platform: Book, form: str) -> None:
    answer = client.get(f"/comptes/{form}?annee=2025")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "120.00" in answer.text or "120,00" in answer.text


@pytest.mark.parametrize("year", ["1999", "0000", "٢٠٢٥", "-1", "20250", "x", "9999"])
def test_a_year_that_is_not_in_the_book_is_absent(
    client: Visitor, platform: Book, year: str
) -> None:
    assert client.get(f"/comptes?annee={year}").status_code == 404
    assert client.get(f"/comptes/csv?annee={year}").status_code == 404


def test_the_entries_come_by_pages_the_last_first(client: Visitor, platform: Book) -> None:
    fill_book(platform, shown.LINES + 3, date(2026, 1, 1), date(2026, 6, 1))
    first, second = (client.get(f"/comptes?page={number}").text for number in (1, 2))
    assert first.count("<summary>") == shown.LINES
    assert second.count("<summary>") == 3
    assert "n° 25" in first.replace("\xa0", " ")
    assert client.get("/comptes?annee=2025").text.count("<summary>") == 2


def test_a_page_reads_only_the_last_entries_again(
    client: Visitor, platform: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shown, "READ_AGAIN", 10)
    fill_book(platform, 30, date(2026, 1, 1), date(2026, 6, 1))
    assert "les 10 dernières écritures" in words(client.get("/comptes").text)


@pytest.mark.parametrize(
    ("tampering", "said"),
    [
        ("UPDATE ledger_entry SET label = 'Autre' WHERE number = 2", "Écriture n° 2"),
        ("UPDATE account_balance SET debit = debit + 1", "Compte "),
    ],
)
def test_a_page_says_that_the_book_was_changed(
    client: Visitor, platform: Book, tampering: str, said: str
) -> None:
    with guards_lifted():
        db.session.execute(text(tampering))
    page = words(client.get("/comptes").text)
    assert "Quelque chose ne va pas" in page
    assert said in page


def test_who_acts_for_an_organisation_reads_its_book_with_names(
    client: Visitor, gardens: Member, person: Person
) -> None:
    sign_in_as(client, person)
    page = client.get(f"/lavergne/organisations/{gardens.id}/livre")
    assert page.status_code == 200
    assert "40,00 €" in words(page.text)
    assert person.name in page.text
    fec = client.get(f"/lavergne/organisations/{gardens.id}/livre/fec?annee=2025")
    assert 'filename="732829320FEC20251231.txt"' in fec.headers["Content-Disposition"]
    assert check_fec(fec.data, "732829320FEC20251231.txt") == []
    assert person.last_name not in fec.text
    told = client.get(f"/lavergne/organisations/{gardens.id}/livre/fec/description?annee=2025")
    assert "Journaux" in told.text
    link = f"/lavergne/organisations/{gardens.id}/livre"
    assert link in client.get(f"/lavergne/organisations/{gardens.id}").text


@pytest.mark.parametrize("path", ["", "/csv?annee=2025", "/fec?annee=2025", "/fec/description"])
def test_for_everybody_else_it_does_not_exist(
    client: Visitor, community: Community, gardens: Member, path: str
) -> None:
    address = f"/lavergne/organisations/{gardens.id}/livre{path}"
    assert client.get(address).status_code == 302
    other = make_member(community, permissions=("core.steward", "core.treasurer"))
    assert other.person is not None
    sign_in_as(client, other.person)
    assert client.get(address).status_code == 404


def test_the_book_of_another_community_s_organisation_does_not_exist(
    client: Visitor, gardens: Member, person: Person
) -> None:
    make_member(make_community("ailleurs", "Ailleurs"), person=person)
    sign_in_as(client, person)
    assert client.get(f"/ailleurs/organisations/{gardens.id}/livre").status_code == 404


def test_looking_at_a_book_that_was_never_opened_opens_none(
    client: Visitor, community: Community, member: Member
) -> None:
    organisation = Organisation(kind="association", name="Les Champs")
    found = Member(community=community, organisation=organisation)
    role = OrganisationRole(organisation=organisation, person_id=_id(member), role=Role.PRODUCER)
    db.session.add_all([found, role])
    db.session.commit()
    assert member.person is not None
    sign_in_as(client, member.person)
    page = client.get(f"/lavergne/organisations/{found.id}/livre")
    assert "Rien n’est encore écrit" in page.text
    assert shown.book_kept(organisation) is None


def test_the_year_in_progress_says_today(client: Visitor, platform: Book) -> None:
    record(platform, Gift("core:person:7", Money(100), "cash"), today(), "now")
    assert "Ce qu’il y a aujourd’hui" in client.get("/comptes").text
    assert "Ce qu’il y avait le" in words(client.get("/comptes?annee=2025").text)


def test_a_volume_is_written_as_people_write_it_and_the_book_keeps_its_own(
    client: Visitor, platform: Book
) -> None:
    label = "Participation aux frais, novembre 2025 sur un volume de "
    for key, volume in (("one", "338.60"), ("back", "-1338.60")):
        part = Part(Money(1354), nature="service")
        fact = Sale("core:organisation:9", [part], label=label + volume)
        record(platform, fact, date(2025, 11, 30), key)
    db.session.commit()
    page = words(client.get("/comptes?annee=2025").text)
    assert f"{label}338,60 €" in page
    assert f"{label}−1 338,60 €" in page
    assert f"{label}338.60" in client.get("/comptes/csv?annee=2025").text
