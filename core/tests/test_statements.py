"""Bank statements: any bank's file is read, what is wrong is said, a movement is taken once."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from freeco.cells import BadCell
from freeco.clock import held_at
from freeco.db import db
from freeco.members.models import TREASURER, Community, Member
from freeco.money import Money, total
from freeco.organisations.models import Organisation, OrganisationRole
from freeco.payments import statements
from freeco.payments.models import Payment
from freeco.payments.statement_formats import Reading, bank_cells, read
from freeco.payments.statement_models import Aside, BankLine, BankStatement, LineState
from freeco.spreadsheets import UnreadableFile
from freeco.testing import Visitor, make_member, sign_in_as
from freeco.testing.bank_accounts import expect_payment, make_creditor, make_household

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
SAMPLES = Path(__file__).parent / "samples" / "bank"


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with held_at(NOW):
        yield


@pytest.fixture
def organisation(community: Community) -> Organisation:
    return make_creditor(community)


@pytest.fixture
def treasurer(community: Community) -> Member:
    return make_member(community, "Bernard", "Delpech", permissions=(TREASURER,))


def sample(name: str) -> Reading:
    return read(name, (SAMPLES / name).read_bytes())


def table(*lines: str) -> Reading:
    return read("releve.csv", "\n".join(lines).encode())


def camt(change: str = "", to: str = "", name: str = "camt053_02.xml") -> Reading:
    content = (SAMPLES / name).read_text()
    assert change in content
    return read(name, content.replace(change, to, 1).encode())


def count(model: type[BankLine | BankStatement]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.parametrize(
    ("name", "amounts", "words"),
    [
        ("agricole.csv", [115000, 34500, -830, -11500], "FABRE Paniers RF47 K7MR 4TPX"),
        ("postale.csv", [4600, -5120], "VIREMENT DE MME ROUX CLAIRE"),
        ("mutuel.csv", [4600, -1200, 4600], "VIR MME ROUX CLAIRE SEPTEMBRE"),
        ("epargne.csv", [4600, -5120], "VIR M PUECH paniers RF47K7MR4TPX"),
        ("glsbank.csv", [20000], "838B34A3 Guthaben-Aufladung Admin, Demo"),
        ("raiffeisen.csv", [10000, 20000, 15000, -9000], "764752412337 838B34A3 Mandat"),
        ("camt053_02.xml", [4600, 4600, 4600, -5750], "ROUX CLAIRE RF47K7MR4TPX"),
        ("camt053_08.xml", [4600, 4600, 4600, -5750], "ROUX CLAIRE RF47K7MR4TPX"),
    ],
)
def test_the_file_of_a_bank_is_read_as_it_is(
    app: Flask, name: str, amounts: list[int], words: str
) -> None:
    reading = sample(name)
    assert not reading.problems
    assert [line.amount.cents for line in reading.lines] == amounts
    assert words in reading.lines[0].label


def test_lines_keep_the_numbers_that_the_person_sees(app: Flask) -> None:
    assert [line.number for line in sample("agricole.csv").lines] == [10, 11, 12, 13]


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("1 234,56", 123456),
        ("-1.234,56", -123456),
        ("100,00-", -10000),
        ("+46,00 €", 4600),
        ("(3,00)", -300),
        ("200", 20000),
    ],
)
def test_amounts_are_read_as_banks_write_them(app: Flask, typed: str, cents: int) -> None:
    assert bank_cells.amount(typed) == Money(cents)


@pytest.mark.parametrize(
    "typed", ["1,234", "--3", "-3-", "12,345,6", "1e3", "4,005", "", "999999999999"]
)
def test_a_doubtful_amount_is_refused(app: Flask, typed: str) -> None:
    with pytest.raises(BadCell):
        bank_cells.amount(typed)


@pytest.mark.parametrize("typed", ["31/02/2026", "2026-11-03", "01/01/1999", "lundi", "3.14"])
def test_a_day_that_no_statement_bears_is_refused(app: Flask, typed: str) -> None:
    with pytest.raises(BadCell):
        bank_cells.day(typed)


def test_a_day_with_two_figures_for_the_year_is_of_this_century(app: Flask) -> None:
    assert bank_cells.day("05/10/26") == bank_cells.day("20261005") == date(2026, 10, 5)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("31/02/2026;VIR;46,00;EUR", "n’existe pas au calendrier"),
        ("01/09/2026;VIR;46,00;CHF", "n’est pas l’euro"),
        ("01/09/2026;VIR;;EUR", "Il manque un montant"),
        (";VIR;46,00;EUR", "La date du mouvement manque"),
        ("01/09/2026;VIR;quarante;EUR", "n’est pas un nombre"),
        ("01/09/2026;VIR;ROUX;46,00;EUR", "plus de cases que de titres"),
    ],
)
def test_what_cannot_be_taken_is_said_with_its_line(app: Flask, line: str, said: str) -> None:
    reading = table("Date;Libellé;Montant;Devise", "01/09/2026;VIR A;1,00;EUR", line)
    assert {problem.line for problem in reading.problems} == {3}
    assert any(said in problem.reason for problem in reading.problems)


def test_a_debit_and_a_credit_on_one_line_are_refused(app: Flask) -> None:
    reading = table("Date;Libellé;Débit;Crédit", "01/09/2026;VIR;1,00;2,00")
    assert [problem.line for problem in reading.problems] == [2]


def test_columns_that_are_not_recognised_are_asked_for(app: Flask) -> None:
    lines = ("Quand;Qui;Combien;Autre", "01/09/2026;ROUX;46,00;")
    asked = table(*lines)
    assert asked.lines == ()
    assert "ne sont pas reconnues" in asked.problems[0].reason
    told = read("r.csv", "\n".join(lines).encode(), {"day": 0, "label": 1, "amount": 2})
    assert [line.amount for line in told.lines] == [Money(4600)]


def test_a_balance_that_does_not_follow_is_told(app: Flask) -> None:
    whole = ["Date;Libellé;Montant;Solde", "01/09/2026;A;1,00;1,00", "02/09/2026;B;2,00;3,00"]
    assert table(*whole).notices == []
    assert "ligne 4" in table(*whole, "03/09/2026;C;5,00;9,00").notices[0].text


def test_newest_first_is_as_good_as_oldest_first(app: Flask) -> None:
    head = "Date;Libellé;Montant;Solde"
    assert table(head, "02/09/2026;B;2,00;3,00", "01/09/2026;A;1,00;1,00").notices == []


def test_a_movement_that_the_bank_gathered_is_read_payment_by_payment(app: Flask) -> None:
    lines = camt().lines
    assert [line.bank_reference for line in lines[:3]] == ["B-1", "B-2/1", "B-2/2"]
    assert lines[3].return_code == "AM04"
    assert total([line.amount for line in lines]) == Money(8050)


def test_payments_that_do_not_add_up_to_their_movement_stay_one(app: Flask) -> None:
    reading = camt('<Amt Ccy="EUR">46.00</Amt></TxAmt>', '<Amt Ccy="EUR">45.00</Amt></TxAmt>')
    assert [line.amount.cents for line in reading.lines] == [4600, 9200, -5750]


def test_a_statement_whose_balances_do_not_follow_is_refused(app: Flask) -> None:
    reading = camt("580.50", "580.51")
    assert "il est incomplet" in reading.problems[0].reason
    assert "580,50" in reading.problems[0].reason


@pytest.mark.parametrize(
    ("change", "to", "said"),
    [
        ("OPBD", "ITBD", "Le solde de départ manque"),
        ("CLBD", "ITBD", "Le solde final manque"),
        ('Ccy="EUR">46.00', 'Ccy="USD">46.00', "n’est pas l’euro"),
        ("46.00", "46,00", "n’est pas un montant"),
        ("46.00", "46.005", "deux décimales"),
        ("2026-10-01</Dt></BookgDt>", "2026-13-01</Dt></BookgDt>", "n’est pas une date"),
        ("2026-10-01</Dt></BookgDt>", "2027-10-01</Dt></BookgDt>", "un jour à venir"),
        ("<CdtDbtInd>CRDT</CdtDbtInd><Sts>", "<CdtDbtInd>X</CdtDbtInd><Sts>", "sens du mouvement"),
    ],
)
def test_a_wrong_movement_is_said_with_its_number(
    app: Flask, change: str, to: str, said: str
) -> None:
    assert [said in problem.reason for problem in camt(change, to).problems] == [True]


@pytest.mark.parametrize(
    ("change", "to"),
    [
        ("camt.053.001.02", "camt.052.001.02"),
        ("camt.053.001.02", "camt.053.001.13"),
        ("camt.053.001.02", "pain.008.001.02"),
        ("</Stmt>", ""),
        ("<Document", '<!DOCTYPE Document [<!ENTITY x "y">]><Document'),
        ("<Document", '<!DOCTYPE Document SYSTEM "http://127.0.0.1:9/x.dtd"><Document'),
    ],
)
def test_xml_that_is_no_statement_is_refused(app: Flask, change: str, to: str) -> None:
    with pytest.raises(UnreadableFile):
        camt(change, to)


def test_no_entity_reads_a_file_of_the_machine(app: Flask) -> None:
    with pytest.raises(UnreadableFile):
        camt(
            '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">\n <BkToCstmrStmt>',
            '<!DOCTYPE D [<!ENTITY f SYSTEM "file:///etc/hostname">]>'
            '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">\n'
            "<BkToCstmrStmt><x>&f;</x>",
        )


def test_a_statement_is_taken_whole(
    community: Community, organisation: Organisation, treasurer: Member
) -> None:
    taken = statements.take_in(community, organisation, sample("camt053_08.xml"), treasurer)
    db.session.commit()
    assert (taken.new, taken.known) == (4, 0)
    assert count(BankLine) == 4


def test_a_statement_with_one_wrong_line_is_not_taken_at_all(
    community: Community, organisation: Organisation, treasurer: Member
) -> None:
    reading = table("Date;Libellé;Montant", "01/09/2026;A;1,00", "32/09/2026;B;1,00")
    with pytest.raises(statements.NotWhole):
        statements.take_in(community, organisation, reading, treasurer)
    db.session.commit()
    assert count(BankLine) == count(BankStatement) == 0


def test_the_same_file_again_adds_nothing(
    community: Community, organisation: Organisation, treasurer: Member
) -> None:
    for _again in range(2):
        taken = statements.take_in(community, organisation, sample("mutuel.csv"), treasurer)
        db.session.commit()
    assert (taken.new, taken.known) == (0, 3)
    assert count(BankLine) == 3


def test_overlapping_statements_add_only_what_is_new(
    community: Community, organisation: Organisation, treasurer: Member
) -> None:
    head = "Date;Libellé;Montant"
    old, twin = "01/09/2026;VIR ROUX;46,00", "02/09/2026;VIR ROUX;46,00"
    for lines in ((old, twin), (twin, twin, "03/09/2026;VIR PUECH;46,00")):
        statements.take_in(community, organisation, table(head, *lines), treasurer)
        db.session.commit()
    days = db.session.scalars(select(BankLine.day).order_by(BankLine.day)).all()
    assert [day.day for day in days] == [1, 2, 2, 3]


def test_another_account_s_statement_is_refused(
    community: Community, organisation: Organisation, treasurer: Member
) -> None:
    reading = camt("FR7630006000011234567890189", "DE89370400440532013000")
    assert "autre compte" in statements.problems(organisation, reading)[0].reason
    with pytest.raises(statements.NotWhole):
        statements.take_in(community, organisation, reading, treasurer)


def test_other_formats_over_the_same_days_are_warned_of(
    community: Community, organisation: Organisation, treasurer: Member
) -> None:
    statements.take_in(community, organisation, sample("camt053_02.xml"), treasurer)
    reading = table("Date;Libellé;Montant", "01/10/2026;A;1,00")
    assert "autre format" in statements.notices(community, organisation, reading)[-1].text


def test_a_rehearsal_takes_no_real_statement(
    community: Community, organisation: Organisation, treasurer: Member
) -> None:
    community.rehearsal_of_id, community.admission = community.id, "invitation"
    with pytest.raises(statements.OnlyRehearsed):
        statements.take_in(community, organisation, sample("mutuel.csv"), treasurer)
    db.session.rollback()


def test_money_that_goes_out_waits_for_nobody_but_what_came_back_does(
    community: Community, organisation: Organisation, treasurer: Member
) -> None:
    statements.take_in(community, organisation, sample("agricole.csv"), treasurer)
    db.session.commit()
    states = {
        line.amount.cents: (line.state, line.aside) for line in db.session.scalars(select(BankLine))
    }
    assert states[-830] == (LineState.ASIDE, Aside.FEE)
    assert states[-11500] == (LineState.OPEN, None)
    assert states[34500] == (LineState.OPEN, None)


def test_the_payers_words_are_erased_once_a_line_is_done_with(
    community: Community, organisation: Organisation, treasurer: Member
) -> None:
    statements.take_in(community, organisation, sample("mutuel.csv"), treasurer)
    db.session.commit()
    with held_at(NOW + timedelta(days=31)):
        statements.forget_words(community)
        db.session.commit()
        labels = db.session.scalars(select(BankLine.label).order_by(BankLine.id)).all()
        assert [bool(label) for label in labels] == [True, False, True]
        again = statements.take_in(community, organisation, sample("mutuel.csv"), treasurer)
        assert again.new == 0
    with held_at(NOW + timedelta(days=400)):
        statements.forget_words(community)
        assert not any(db.session.scalars(select(BankLine.label)))


def test_who_neither_keeps_the_payments_nor_acts_for_it_sees_no_account(
    community: Community, organisation: Organisation, treasurer: Member, member: Member
) -> None:
    assert [each.organisation for each in statements.kept_by(community, treasurer)] == [
        organisation
    ]
    assert statements.kept_by(community, member) == []


def upload(client: Visitor, account: int, name: str, content: bytes | None = None) -> TestResponse:
    """Choose a file of the bank, as the treasurer does."""
    body = (SAMPLES / name).read_bytes() if content is None else content
    return client.post(
        f"/lavergne/releves/{account}/reprendre",
        data={"file": (BytesIO(body), name)},
        content_type="multipart/form-data",
        follow_redirects=True,
    )


@pytest.fixture
def account(organisation: Organisation) -> int:
    found = select(Member.id).where(Member.organisation_id == organisation.id)
    return db.session.scalars(found).one()


@pytest.fixture
def desk(client: Visitor, treasurer: Member) -> Visitor:
    assert treasurer.person is not None
    return sign_in_as(client, treasurer.person)


def taken(desk: Visitor, account: int, name: str) -> TestResponse:
    """Choose a file and take it."""
    shown = upload(desk, account, name)
    token = re.search(r'name="fichier" value="([^"]+)"', shown.text)
    assert token is not None, shown.text
    return desk.post(
        f"/lavergne/releves/{account}/enregistrer",
        data={"fichier": token[1]},
        follow_redirects=True,
    )


def test_a_statement_is_shown_before_it_is_taken(desk: Visitor, account: int) -> None:
    shown = upload(desk, account, "agricole.csv")
    assert "4 lignes nouvelles, du lundi 28 septembre 2026 au lundi 5 octobre" in shown.text
    assert "Reprendre ces 4 lignes" in shown.text
    assert count(BankLine) == 0
    done = taken(desk, account, "agricole.csv")
    assert "4 lignes nouvelles reprises du relevé." in done.text
    assert count(BankLine) == 4
    assert (
        "Toutes les lignes de ce fichier sont déjà reprises."
        in upload(desk, account, "agricole.csv").text
    )


def test_what_prevents_taking_it_is_said_line_by_line(desk: Visitor, account: int) -> None:
    shown = upload(
        desk, account, "r.csv", "Date;Libellé;Montant\n32/09/2026;VIR;1,00\n01/09/2026;A;x".encode()
    )
    assert "2 points empêchent de reprendre ce relevé" in shown.text
    assert "Ligne 2, Date" in shown.text
    assert "Reprendre ces" not in shown.text


def test_columns_can_be_said_by_the_treasurer(desk: Visitor, account: int) -> None:
    shown = upload(desk, account, "r.csv", b"Quand;Qui;Combien\n01/09/2026;ROUX;46,00\n")
    assert "ne sont pas reconnues" in shown.text
    token = re.search(r'name="fichier" value="([^"]+)"', shown.text)
    assert token is not None
    again = desk.get(
        f"/lavergne/releves/{account}/reprendre",
        query_string={
            "fichier": token[1],
            "colonne-day": "0",
            "colonne-label": "1",
            "colonne-amount": "2",
            "colonne-balance": "77",
        },
    )
    assert "1 ligne nouvelle" in again.text


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("r.pdf", b"%PDF-1.4", "Ce fichier n’est pas un tableau"),
        ("r.xml", b"<?xml version='1.0'?><a/>", "n’est pas un relevé de banque"),
        ("r.xml", b"<?xml version='1.0'?><a", "incomplet ou abîmé"),
        ("r.csv", b"", "Choisissez d’abord un fichier"),
    ],
)
def test_a_file_that_is_no_statement_is_said_beside_its_field(
    desk: Visitor, account: int, name: str, content: bytes, said: str
) -> None:
    answer = upload(desk, account, name, content)
    assert answer.status_code == 422
    assert said in answer.text


def test_the_treasurer_matches_what_is_certain_in_one_click(
    desk: Visitor, account: int, organisation: Organisation, community: Community
) -> None:
    household = make_household(community, "Claire", "Fabre")
    payment = expect_payment(household, organisation, 4600, date(2026, 10, 1))
    body = f"Date;Libellé;Montant\n05/10/2026;VIR {payment.reference};46,00\n".encode()
    shown = upload(desk, account, "r.csv", body)
    token = re.search(r'name="fichier" value="([^"]+)"', shown.text)
    assert token is not None
    page = desk.post(
        f"/lavergne/releves/{account}/enregistrer",
        data={"fichier": token[1]},
        follow_redirects=True,
    )
    assert "Rapprocher la ligne certaine" in page.text
    done = desk.post(f"/lavergne/releves/{account}/certaines", follow_redirects=True)
    assert "1 ligne rapprochée." in done.text
    db.session.expire_all()
    assert db.session.get_one(Payment, payment.id).state == "settled"
    assert "Foyer Fabre" in desk.get(f"/lavergne/releves/{account}?dossier=faites").text
    again = desk.post(f"/lavergne/releves/{account}/certaines", follow_redirects=True)
    assert "rien n’a changé" in again.text


def test_the_treasurer_decides_line_by_line_and_takes_it_back(
    desk: Visitor, account: int, organisation: Organisation, community: Community
) -> None:
    household = make_household(community, "Claire", "Roux")
    payment = expect_payment(household, organisation, 4600, date(2026, 9, 28))
    taken(desk, account, "postale.csv")
    line = db.session.scalars(select(BankLine.id).where(BankLine.state == "open")).one()
    page = desk.get(f"/lavergne/releves/{account}").text
    assert "le libellé dit ROUX, à 2 jours de l’échéance" in page
    target = {"cible": f"payment:{payment.id}"}
    done = desk.post(
        f"/lavergne/releves/lignes/{line}/accepter", data=target, follow_redirects=True
    )
    assert "La ligne est rapprochée." in done.text
    desk.post(f"/lavergne/releves/lignes/{line}/annuler")
    desk.post(f"/lavergne/releves/lignes/{line}/refuser", data=target)
    page = desk.get(f"/lavergne/releves/{account}").text
    assert "1 ligne sans proposition" in page
    assert "Choisir le paiement" in page
    csv = desk.get(f"/lavergne/releves/{account}.csv")
    assert "VIREMENT DE MME ROUX CLAIRE" in csv.get_data().decode("utf-8-sig")
    desk.post(f"/lavergne/releves/lignes/{line}/laisser", data={"motif": "other"})
    assert "Autre chose" in desk.get(f"/lavergne/releves/{account}?dossier=laissees").text


def test_the_accounts_say_what_waits(desk: Visitor, account: int) -> None:
    assert "rien encore" in desk.get("/lavergne/releves").text
    taken(desk, account, "postale.csv")
    page = desk.get("/lavergne/releves").text
    assert "mercredi 30 septembre" in page
    assert f"/lavergne/releves/{account}" in page


def test_who_acts_for_the_organisation_keeps_its_account_and_no_other(
    client: Visitor, community: Community, organisation: Organisation, account: int
) -> None:
    producer = make_member(community, "Denis", "Couderc")
    assert producer.person is not None
    other = make_creditor(community, "Le Fournil")
    db.session.add(
        OrganisationRole(organisation=organisation, person_id=producer.person_id, role="producer")
    )
    db.session.commit()
    elsewhere = db.session.scalars(
        select(Member.id).where(Member.organisation_id == other.id)
    ).one()
    sign_in_as(client, producer.person)
    assert client.get(f"/lavergne/releves/{account}").status_code == 200
    for address in (
        f"releves/{elsewhere}",
        f"releves/{elsewhere}.csv",
        f"prelevements/{elsewhere}",
    ):
        assert client.get(f"/lavergne/{address}").status_code == 404


def test_the_accounts_do_not_exist_for_a_member(
    client: Visitor, member: Member, account: int, organisation: Organisation, treasurer: Member
) -> None:
    statements.take_in(member.community, organisation, sample("mutuel.csv"), treasurer)
    db.session.commit()
    line = db.session.scalars(select(BankLine.id).limit(1)).one()
    assert member.person is not None
    sign_in_as(client, member.person)
    for address in ("releves", f"releves/{account}", f"releves/{account}/reprendre"):
        assert client.get(f"/lavergne/{address}").status_code == 404
    for act in ("accepter", "refuser", "laisser", "annuler"):
        answer = client.post(f"/lavergne/releves/lignes/{line}/{act}", data={"cible": "payment:1"})
        assert answer.status_code == 404
    assert client.post(f"/lavergne/releves/{account}/certaines").status_code == 404
