"""Direct debits: signed, announced in time, sent once, credited, and returned at most once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from flask import Flask
from lxml import etree
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from freeco.accounting.audit import check
from freeco.accounting.books import close
from freeco.accounting.ledger import balance
from freeco.clock import held_at
from freeco.db import db
from freeco.errors import Invalid, Refusal
from freeco.members import privacy
from freeco.members.models import TREASURER, Community, Household, Member
from freeco.money import Money
from freeco.notifications.models import Notice
from freeco.payments import debit_errors, debits, mandates, statements, statements_settling, steps
from freeco.payments.debit_file import VERSIONS, file_of, schema
from freeco.payments.debit_models import (
    CollectionState,
    DebitCollection,
    DebitItem,
    DebitMandate,
    ItemState,
    MandateKind,
)
from freeco.payments.debit_notices import tell
from freeco.payments.debit_sealing import unseal
from freeco.payments.models import Method, Payment, State
from freeco.payments.parties import party_of
from freeco.payments.statement_formats import Reading, ReadLine
from freeco.payments.statement_models import BankLine
from freeco.payments.statements_matching import open_lines, proposals_for
from freeco.payments.step_log import book_of
from freeco.plugins import Plugins
from freeco.testing import Visitor, make_member, sign_in_as
from freeco.testing.bank_accounts import expect_payment, make_creditor, make_household

NOW = datetime(2026, 9, 1, 9, tzinfo=UTC)
SIGNED = date(2026, 8, 20)
COLLECTS = date(2026, 9, 20)
IBAN = "FR14 2004 1010 0505 0001 3M02 606"


class Creditor:
    """An organisation that debits two households."""

    def __init__(self, community: Community) -> None:
        self.community = community
        self.organisation = make_creditor(community, "Les Paniers de l’Éléphant")
        self.treasurer = make_member(community, "Bernard", "Delpech", permissions=(TREASURER,))
        self.roux = make_household(community, "Claire", "Roux")
        self.puech = make_household(community, "Zoé", "Puech")

    def signed(self, household: Household, **changes: object) -> DebitMandate:
        wanted: dict[str, object] = {"holder": "Mme Éloïse Roux", "iban": IBAN, "signed_on": SIGNED}
        found = mandates.sign(
            self.community,
            self.organisation,
            party_of(household),
            **(wanted | changes),  # type: ignore[arg-type]
        )
        db.session.commit()
        return found

    def owed(self, household: Household, cents: int = 4600) -> Payment:
        return expect_payment(household, self.organisation, cents, COLLECTS, Method.DEBIT)

    def announced(self, *payments: Payment) -> DebitCollection:
        collection = debits.announce(self.community, self.organisation, payments, COLLECTS)
        db.session.commit()
        return collection

    def sent(self, *payments: Payment) -> DebitCollection:
        collection = self.announced(*payments)
        debits.send(collection)
        db.session.commit()
        return collection


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with held_at(NOW):
        yield


@pytest.fixture
def creditor(community: Community) -> Creditor:
    return Creditor(community)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, tzinfo=UTC)


def item_of(payment: Payment) -> DebitItem:
    return db.session.scalars(select(DebitItem).where(DebitItem.payment == payment)).one()


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.parametrize(
    "typed", ["FR00BAD", "FR7630006000011234567890188", "", "BR1800360305000010009795493C1"]
)
def test_an_account_that_cannot_be_debited_is_refused(creditor: Creditor, typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        creditor.signed(creditor.roux, iban=typed)
    assert list(refused.value.fields) == ["iban"]
    assert count(DebitMandate) == 0


def test_an_account_number_is_stored_sealed(creditor: Creditor) -> None:
    mandate = creditor.signed(creditor.roux)
    stored = db.session.execute(db.text("SELECT * FROM debit_mandate")).one()
    assert "20041010" not in str(stored)
    assert unseal(mandate.iban_sealed) == IBAN.replace(" ", "")
    assert mandate.iban_end == "2606"
    assert IBAN.replace(" ", "") not in repr(mandate)


def test_a_number_sealed_with_another_key_says_so(creditor: Creditor) -> None:
    with pytest.raises(debit_errors.SealBroken):
        unseal("gAAAAABnot-ours")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"signed_on": date(2026, 9, 2)}, "signed_on"),
        ({"holder": " "}, "holder"),
        ({"reference": "Éloïse"}, "reference"),
        ({"reference": "/A"}, "reference"),
        ({"reference": "A" * 36}, "reference"),
    ],
)
def test_a_mandate_that_a_bank_would_refuse_is_refused(
    creditor: Creditor, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        creditor.signed(creditor.roux, **changes)
    assert list(refused.value.fields) == [field]


def test_a_reference_belongs_to_one_mandate_of_a_creditor(creditor: Creditor) -> None:
    first = creditor.signed(creditor.roux)
    with pytest.raises(Invalid):
        creditor.signed(creditor.puech, reference=first.reference)
    assert creditor.signed(creditor.puech).reference != first.reference


def test_a_mandate_allows_nothing_once_revoked_spent_or_unused_for_long(
    creditor: Creditor,
) -> None:
    recurrent, once = (
        creditor.signed(creditor.roux),
        creditor.signed(creditor.puech, kind=MandateKind.ONCE),
    )
    assert mandates.allows(recurrent, COLLECTS)
    assert not mandates.allows(recurrent, SIGNED - timedelta(days=1))
    assert not mandates.allows(recurrent, SIGNED + timedelta(days=1100))
    once.last_used_on = COLLECTS
    assert not mandates.allows(once, COLLECTS + timedelta(days=30))
    mandates.revoke(recurrent)
    assert not mandates.allows(recurrent, COLLECTS)
    with pytest.raises(debit_errors.MandateEnded):
        mandates.revoke(recurrent)


def test_the_payers_are_told_the_day_and_the_amount(creditor: Creditor) -> None:
    creditor.signed(creditor.roux)
    collection = creditor.announced(creditor.owed(creditor.roux))
    assert tell(collection, "/lavergne/prelevements") == 1
    tell(collection, "/lavergne/prelevements")
    [notice] = db.session.scalars(select(Notice)).all()
    assert "20 septembre 2026" in notice.subject
    assert "46,00" in notice.body
    assert "2606" in notice.body


def test_nobody_is_debited_without_being_told_in_time(creditor: Creditor) -> None:
    creditor.signed(creditor.roux, notice_days=30)
    with pytest.raises(debit_errors.TooSoon):
        creditor.announced(creditor.owed(creditor.roux))


def test_a_shorter_notice_that_was_agreed_is_enough(creditor: Creditor) -> None:
    creditor.signed(creditor.roux, notice_days=5)
    payment = creditor.owed(creditor.roux)
    with held_at(at(COLLECTS - timedelta(days=5))):
        assert creditor.announced(payment).items


def test_nobody_is_debited_without_a_mandate(creditor: Creditor) -> None:
    with pytest.raises(debit_errors.NoMandate):
        creditor.announced(creditor.owed(creditor.roux))


def test_a_mandate_for_one_debit_is_good_for_one(creditor: Creditor) -> None:
    creditor.signed(creditor.roux, kind=MandateKind.ONCE)
    payments = [creditor.owed(creditor.roux), creditor.owed(creditor.roux)]
    with pytest.raises(debit_errors.NoMandate):
        creditor.announced(*payments)
    db.session.rollback()
    assert creditor.announced(payments[0]).items[0].sequence == "OOFF"


def test_an_organisation_without_its_number_does_not_debit(creditor: Creditor) -> None:
    creditor.signed(creditor.roux)
    payment = creditor.owed(creditor.roux)
    provider = debits.DirectDebit()
    assert provider.is_ready(creditor.organisation)
    billing = debits.creditor(creditor.organisation)
    assert billing is not None
    billing.creditor_identifier = ""
    assert not provider.is_ready(creditor.organisation)
    with pytest.raises(debit_errors.NotReady):
        creditor.announced(payment)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_file_says_what_the_payments_say(creditor: Creditor, version: str) -> None:
    billing = debits.creditor(creditor.organisation)
    assert billing is not None
    billing.bic = "BNPAFRPP"
    creditor.signed(creditor.roux)
    creditor.signed(creditor.puech, kind=MandateKind.ONCE, iban="DE89370400440532013000")
    payments = [
        creditor.owed(creditor.roux, 4601),
        creditor.owed(creditor.puech, 99999),
        creditor.owed(creditor.roux, 7),
    ]
    collection = creditor.sent(*payments)
    content = file_of(collection, version)
    root = etree.fromstring(content)
    schema(version).assertValid(root)
    assert root.findtext(".//{*}GrpHdr/{*}NbOfTxs") == "3"
    assert root.findtext(".//{*}GrpHdr/{*}CtrlSum") == "1046.07"
    amounts = {
        each.findtext(".//{*}EndToEndId"): each.findtext("./{*}InstdAmt")
        for each in root.iter("{*}DrctDbtTxInf")
    }
    assert amounts == {
        payment.reference: f"{payment.amount.cents / 100:.2f}" for payment in payments
    }
    groups = {
        group.findtext("./{*}PmtTpInf/{*}SeqTp"): group.findtext("./{*}CtrlSum")
        for group in root.iter("{*}PmtInf")
    }
    assert groups == {"RCUR": "46.08", "OOFF": "999.99"}
    assert {each.text for each in root.iter("{*}ReqdColltnDt")} == {"2026-09-20"}
    assert "Elephant" in content.decode()
    assert content == file_of(collection, version)
    assert [payment.state for payment in payments] == ["pending"] * 3


def test_the_older_file_needs_a_bic(creditor: Creditor) -> None:
    creditor.signed(creditor.roux)
    collection = creditor.sent(creditor.owed(creditor.roux))
    with pytest.raises(debit_errors.NotReady):
        file_of(collection, "pain.008.001.02")


def test_there_is_no_file_before_it_is_sent(creditor: Creditor) -> None:
    creditor.signed(creditor.roux)
    with pytest.raises(debit_errors.NotThere):
        file_of(creditor.announced(creditor.owed(creditor.roux)))


def test_a_payment_is_in_one_collection_for_ever(creditor: Creditor) -> None:
    creditor.signed(creditor.roux)
    payment = creditor.owed(creditor.roux)
    creditor.announced(payment)
    with pytest.raises(debit_errors.AlreadyCollected):
        creditor.announced(payment)


def test_a_collection_given_up_frees_its_payments(creditor: Creditor) -> None:
    creditor.signed(creditor.roux)
    payment = creditor.owed(creditor.roux)
    debits.drop(creditor.announced(payment))
    db.session.commit()
    assert creditor.sent(payment).state == CollectionState.SENT


def test_what_changed_since_it_was_announced_is_left_out(creditor: Creditor) -> None:
    mandate = creditor.signed(creditor.roux)
    creditor.signed(creditor.puech)
    kept, paid, revoked = (
        creditor.owed(creditor.puech),
        creditor.owed(creditor.puech),
        creditor.owed(creditor.roux),
    )
    collection = creditor.announced(kept, paid, revoked)
    steps.change_method(paid, Method.CHEQUE)
    mandates.revoke(mandate)
    assert [item.payment for item in debits.send(collection)] == [kept]
    assert (paid.state, revoked.state) == (State.EXPECTED, State.EXPECTED)


def test_on_the_day_itself_it_is_too_late(creditor: Creditor) -> None:
    creditor.signed(creditor.roux)
    collection = creditor.announced(creditor.owed(creditor.roux))
    with held_at(at(COLLECTS)), pytest.raises(debit_errors.TooLate):
        debits.send(collection)


def test_two_files_of_one_payment_are_impossible(app: Flask, creditor: Creditor) -> None:
    creditor.signed(creditor.roux)
    payment_id = creditor.owed(creditor.roux).id
    db.session.remove()
    start = Barrier(2)

    def collect(_hand: int) -> str:
        with app.app_context():
            payment = db.session.get_one(Payment, payment_id)
            db.session.rollback()
            start.wait()
            try:
                debits.send(
                    debits.announce(payment.community, payment.beneficiary, [payment], COLLECTS)
                )
                db.session.commit()
            except (Refusal, IntegrityError) as refusal:
                db.session.rollback()
                return type(refusal).__name__
            return "sent"

    with ThreadPoolExecutor(2) as hands:
        told = sorted(hands.map(collect, range(2)))
    assert told == ["AlreadyCollected", "sent"]
    assert count(DebitItem) == 1


def test_one_collection_is_sent_once_by_two_hands(app: Flask, creditor: Creditor) -> None:
    creditor.signed(creditor.roux)
    collection_id = creditor.announced(creditor.owed(creditor.roux)).id
    db.session.remove()
    start = Barrier(2)

    def send(_hand: int) -> str:
        with app.app_context():
            collection = db.session.get_one(DebitCollection, collection_id)
            db.session.rollback()
            start.wait()
            try:
                debits.send(collection)
                db.session.commit()
            except Refusal as refusal:
                db.session.rollback()
                return type(refusal).__name__
            return "sent"

    with ThreadPoolExecutor(2) as hands:
        assert sorted(hands.map(send, range(2))) == ["NotThere", "sent"]


def test_the_bank_s_line_credits_a_whole_collection(creditor: Creditor) -> None:
    creditor.signed(creditor.roux)
    payments = [creditor.owed(creditor.roux, 4600), creditor.owed(creditor.roux, 5000)]
    collection = creditor.sent(*payments)
    with held_at(at(COLLECTS + timedelta(days=1))):
        reading = Reading("table", [ReadLine(1, COLLECTS, Money(9600), "REMISE PRLV SEPA")])
        statements.take_in(creditor.community, creditor.organisation, reading, creditor.treasurer)
        lines = open_lines(creditor.community, creditor.organisation)
        [proposal] = proposals_for(creditor.community, creditor.organisation, lines).proposals
        assert (proposal.target, proposal.certain) == (f"collection:{collection.id}", False)
        statements_settling.accept(lines[0], proposal.target, creditor.treasurer)
        db.session.commit()
    assert [payment.state for payment in payments] == ["settled", "settled"]
    assert collection.state == CollectionState.CREDITED
    book = book_of(payments[0])
    assert (balance(book, "512"), balance(book, "5116")) == (Money(9600), Money(0))
    assert check(book).faults == ()


def test_what_was_credited_before_a_closing_is_written_after_it(creditor: Creditor) -> None:
    creditor.signed(creditor.roux)
    payment = creditor.owed(creditor.roux)
    collection = creditor.sent(payment)
    book = book_of(payment)
    close(book, COLLECTS)
    with held_at(at(COLLECTS + timedelta(days=3))):
        assert debits.credit(collection, COLLECTS, creditor.treasurer) == 1
    assert (balance(book, "512"), balance(book, "5116")) == (payment.amount, Money(0))
    assert check(book).faults == ()


def test_a_return_is_owed_again_with_the_bank_s_fee_and_once(creditor: Creditor) -> None:
    creditor.signed(creditor.roux)
    payment = creditor.owed(creditor.roux)
    collection = creditor.sent(payment)
    with held_at(at(COLLECTS + timedelta(days=3))):
        debits.credit(collection, COLLECTS, creditor.treasurer)
        debits.credit(collection, COLLECTS, creditor.treasurer)
        day = COLLECTS + timedelta(days=3)
        item = item_of(payment)
        again = debits.note_return(item, day, "AM04", Money(1500), creditor.treasurer)
        twice = debits.note_return(item, day, "MD06", Money(900), creditor.treasurer)
        db.session.commit()
    assert again is not None
    assert again is twice
    assert (payment.state, again.state, again.method) == ("failed", "expected", "debit")
    assert (item.return_code, item.fee) == ("AM04", Money(1500))
    book = book_of(payment)
    assert balance(book, "512") == Money(-1500)
    assert check(book).faults == ()


def test_a_return_before_the_money_came_costs_nothing_but_its_fee(creditor: Creditor) -> None:
    creditor.signed(creditor.roux)
    payments = [creditor.owed(creditor.roux), creditor.owed(creditor.roux)]
    collection = creditor.sent(*payments)
    with held_at(at(COLLECTS)):
        debits.note_return(item_of(payments[0]), COLLECTS, "AM04")
        assert debits.credit(collection, COLLECTS, creditor.treasurer) == 1
    assert [payment.state for payment in payments] == ["failed", "settled"]
    assert balance(book_of(payments[0]), "512") == Money(4600)


def test_a_return_long_after_and_after_a_refund_is_said(creditor: Creditor) -> None:
    creditor.signed(creditor.roux)
    payment = creditor.owed(creditor.roux)
    collection = creditor.sent(payment)
    with held_at(at(COLLECTS)):
        debits.credit(collection, COLLECTS, creditor.treasurer)
        debits.DirectDebit().give_back(payment, Money(4600), "wrong-basket")
    latest = date(2027, 10, 20)
    with held_at(at(latest + timedelta(days=5))):
        item = item_of(payment)
        with pytest.raises(debit_errors.ReturnTooLate):
            debits.note_return(item, latest + timedelta(days=1), "MD01")
        again = debits.note_return(item, latest, "MD01")
        db.session.commit()
    assert again is not None
    assert (item.after_refund, item.state) == (True, ItemState.RETURNED)
    assert balance(book_of(payment), "512") == Money(-4600)
    assert check(book_of(payment)).faults == ()


@pytest.mark.parametrize(("code", "stands"), [("AM04", True), ("AC04", False), ("MD01", False)])
def test_a_closed_account_ends_its_mandate(creditor: Creditor, code: str, stands: bool) -> None:
    mandate = creditor.signed(creditor.roux)
    collection = creditor.sent(creditor.owed(creditor.roux))
    with held_at(at(COLLECTS)):
        debits.note_return(collection.items[0], COLLECTS, code)
    assert (mandate.revoked_on is None) is stands


def test_the_bank_s_own_line_notes_a_return(creditor: Creditor) -> None:
    creditor.signed(creditor.roux)
    payment = creditor.owed(creditor.roux)
    collection = creditor.sent(payment)
    day = COLLECTS + timedelta(days=4)
    with held_at(at(day)):
        debits.credit(collection, COLLECTS, creditor.treasurer)
        line = ReadLine(1, day, Money(-4600), payment.reference, return_code="MD06")
        statements.take_in(
            creditor.community, creditor.organisation, Reading("camt", [line]), creditor.treasurer
        )
        done = statements_settling.accept_certain(
            creditor.community, creditor.organisation, creditor.treasurer
        )
        db.session.commit()
        assert done == 1
        stored = db.session.scalars(select(BankLine)).one()
        with pytest.raises(statements_settling.CannotUndo):
            statements_settling.undo(stored, creditor.treasurer)
    assert (payment.state, item_of(payment).return_code) == (State.FAILED, "MD06")


def test_a_return_from_before_the_debit_left_is_a_mistake(creditor: Creditor) -> None:
    creditor.signed(creditor.roux)
    collection = creditor.sent(creditor.owed(creditor.roux))
    with pytest.raises(debit_errors.ReturnTooEarly):
        debits.note_return(collection.items[0], date(2026, 8, 31), "AM04")


@pytest.fixture
def desk(client: Visitor, creditor: Creditor) -> Visitor:
    assert creditor.treasurer.person is not None
    return sign_in_as(client, creditor.treasurer.person)


@pytest.fixture
def account(creditor: Creditor) -> str:
    found = select(Member.id).where(Member.organisation_id == creditor.organisation.id)
    return f"/lavergne/prelevements/{db.session.scalars(found).one()}"


def test_a_mandate_is_noted_and_only_the_end_of_its_account_is_shown(
    desk: Visitor, creditor: Creditor, account: str
) -> None:
    typed = {
        "household": creditor.roux.id,
        "holder": "Mme Claire Roux",
        "iban": "FR00BAD",
        "signed_on": "2026-08-20",
        "kind": "recurrent",
        "notice_days": "14",
        "reference": "",
    }
    wrong = desk.post(f"{account}/mandats", data=typed)
    assert wrong.status_code == 422
    assert "Cet IBAN n’existe pas" in wrong.text
    assert "Mme Claire Roux" in wrong.text
    done = desk.post(f"{account}/mandats", data=typed | {"iban": IBAN}, follow_redirects=True)
    assert "est noté" in done.text
    assert "finit par 2606" in done.text
    assert "2004" not in done.text
    mandate = db.session.scalars(select(DebitMandate)).one()
    page = desk.post(f"{account}/mandats/{mandate.id}/arreter", follow_redirects=True)
    assert "Arrêté" in page.text


def test_a_collection_from_its_announcement_to_a_return(
    desk: Visitor, creditor: Creditor, account: str
) -> None:
    creditor.signed(creditor.roux)
    payment_id = creditor.owed(creditor.roux).id
    assert "Foyer Roux" in desk.get(account).text
    shown = desk.post(
        account, data={"le": "2026-09-20", "choisis": payment_id}, follow_redirects=True
    )
    assert "1 prélèvement annoncé pour le" in shown.text
    collection = db.session.scalars(select(DebitCollection)).one()
    page = f"/lavergne/prelevements/collecte/{collection.id}"
    assert desk.get(f"{page}.xml").status_code == 409
    assert "Le fichier est prêt" in desk.post(f"{page}/envoyer", follow_redirects=True).text
    again = desk.post(f"{page}/envoyer", follow_redirects=True)
    assert "n’en est pas là" in again.text
    file = desk.get(f"{page}.xml")
    assert file.content_type == "application/xml"
    assert desk.get(f"{page}.xml").data == file.data
    assert desk.get(f"{page}.xml?version=pain.001.001.03").status_code == 404
    with held_at(at(COLLECTS + timedelta(days=2))):
        assert "Noter 46,00" in desk.get(page).text
        credited = desk.post(f"{page}/credite", data={"le": "2026-09-21"}, follow_redirects=True)
        assert "1 paiement encaissé" in credited.text
        item = db.session.scalars(select(DebitItem.id)).one()
        returned = {"le": "2026-09-22", "motif": "AM04", "frais": "12,50"}
        first = desk.post(f"{page}/rejet/{item}", data=returned, follow_redirects=True)
        assert "un nouveau paiement est attendu à la place" in first.text
        assert "Provision insuffisante (AM04)" in first.text
        second = desk.post(f"{page}/rejet/{item}", data=returned, follow_redirects=True)
        assert "déjà noté" in second.text
    assert count(Payment) == 2


def test_a_day_too_near_is_said_and_what_was_ticked_is_kept(
    desk: Visitor, creditor: Creditor, account: str
) -> None:
    creditor.signed(creditor.roux)
    payment = creditor.owed(creditor.roux)
    payment.due_on = date(2026, 9, 1)
    db.session.commit()
    answer = desk.post(account, data={"le": "2026-09-03", "choisis": payment.id})
    assert answer.status_code == 409
    assert "Ce jour est trop proche" in answer.text
    assert count(DebitCollection) == 0


def test_a_collection_does_not_exist_for_a_member(
    client: Visitor, creditor: Creditor, member: Member, account: str
) -> None:
    creditor.signed(creditor.roux)
    collection = creditor.sent(creditor.owed(creditor.roux))
    assert member.person is not None
    sign_in_as(client, member.person)
    for address in (
        account,
        f"{account}/mandats",
        f"/lavergne/prelevements/collecte/{collection.id}",
        f"/lavergne/prelevements/collecte/{collection.id}.xml",
    ):
        assert client.get(address).status_code == 404


def test_who_is_erased_leaves_no_account_number_behind(
    creditor: Creditor, plugins: Plugins
) -> None:
    mandate = creditor.signed(creditor.roux)
    person = creditor.roux.people[0].member.person
    assert person is not None
    [membership] = privacy.export(plugins, person)["memberships"]
    assert membership["debit_mandates"][0]["account_ends_with"] == "2606"
    privacy.erase(plugins, person)
    db.session.commit()
    assert (mandate.holder, mandate.iban_sealed) == ("", "")


def test_a_forgotten_mandate_keeps_no_name_and_no_account(creditor: Creditor) -> None:
    mandate = creditor.signed(creditor.roux)
    mandates.forget(mandate)
    assert (mandate.holder, mandate.iban_sealed, mandate.iban_end) == ("", "", "")
    assert mandate.revoked_on is not None
