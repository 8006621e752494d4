"""The ledger: what is posted stays, whole, once, and can be read again by anybody."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from freeco.accounting import errors
from freeco.accounting.audit import check, rebuild_balances
from freeco.accounting.books import close, open_account, open_book
from freeco.accounting.charts import chart
from freeco.accounting.ledger import Line, balance, credit, debit, lines_of, post, reverse
from freeco.accounting.models import Account, AccountBalance, Book, Entry
from freeco.db import db
from freeco.errors import Refusal
from freeco.first_run.rehearsal import rehearse
from freeco.first_run.wiping import wipe
from freeco.kernel import kernel
from freeco.members.models import Community, Member
from freeco.migrations import runner
from freeco.money import Money
from freeco.organisations.models import Organisation
from freeco.plugins import Plugins
from freeco.testing import make_member
from freeco.testing.guards import guards_lifted

DAY = date(2026, 3, 4)


@pytest.fixture
def book(app: Flask) -> Book:
    found = open_book(None)
    db.session.commit()
    return found


def sale(book: Book, cents: int = 1000, key: str = "sale:1", day: date = DAY) -> Entry:
    """Post a sale in cash."""
    lines = [debit("531", Money(cents)), credit("707", Money(cents), "core:member:7")]
    return post(book, "CA", day, "Vente FA-2026-0001", lines, key)


def organisation_of(community: Community, name: str = "Les Jardins") -> Organisation:
    organisation = Organisation(kind="association", name=name)
    db.session.add(Member(community=community, organisation=organisation))
    db.session.flush()
    return organisation


def test_a_book_begins_with_the_french_chart(book: Book) -> None:
    assert open_book(None) is book
    assert len(chart().accounts) > 90
    assert balance(book, "512") == Money(0)
    assert check(book).faults == ()


def test_every_account_of_the_chart_has_a_class_and_words() -> None:
    accounts = chart().accounts
    assert all(each.code.isdigit() and each.code[0] in "12345678" for each in accounts)
    assert all(each.label.strip() for each in accounts)
    assert {each.code for each in accounts if each.guard == 1} == {"5112", "531"}


def test_an_entry_is_numbered_chained_and_moves_balances(book: Book) -> None:
    first = sale(book)
    second = sale(book, 250, "sale:2")
    db.session.commit()
    assert (first.number, second.number) == (1, 2)
    assert first.previous == "0" * 64
    assert second.previous == first.hash
    assert balance(book, "531") == Money(1250)
    assert balance(book, "707") == Money(-1250)
    found = check(book)
    assert (found.entries, found.last_hash, found.faults) == (2, second.hash, ())


def test_the_same_key_twice_is_one_entry(book: Book) -> None:
    first = sale(book)
    db.session.commit()
    assert sale(book) is first
    assert balance(book, "531") == Money(1000)
    with pytest.raises(errors.KeyReused):
        sale(book, 1001)


@pytest.mark.parametrize(
    ("lines", "refusal"),
    [
        ([debit("531", Money(1000)), credit("707", Money(999))], errors.Unbalanced),
        ([Line("531", 10.5), Line("707", -10.5)], errors.NotWholeCents),  # type: ignore[arg-type]
        ([Line("531", 10), Line("707", -10)], errors.NotWholeCents),  # type: ignore[arg-type]
        ([debit("531", Money(5, "CHF")), credit("707", Money(5, "CHF"))], errors.OtherCurrency),
        ([debit("531", Money(5)), credit("999", Money(5))], errors.UnknownAccount),
        ([debit("531", Money(0)), credit("707", Money(0))], errors.TooFewLines),
        ([debit("531", Money(5))], errors.TooFewLines),
        ([], errors.TooFewLines),
        ([debit("531", Money(10**16)), credit("707", Money(10**16))], errors.TooLarge),
        ([credit("531", Money(5)), debit("707", Money(5))], errors.Overdrawn),
    ],
)
def test_what_is_no_entry_is_refused_in_words_and_leaves_nothing(
    book: Book, lines: list[Line], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal) as refused:
        post(book, "CA", DAY, "Vente FA-2026-0001", lines, "sale:1")
    assert str(refused.value).endswith(".")
    db.session.commit()
    assert check(book).entries == 0


def test_an_unknown_journal_is_refused(book: Book) -> None:
    with pytest.raises(errors.UnknownJournal):
        post(book, "??", DAY, "Vente", [debit("531", Money(5)), credit("707", Money(5))], "k")


@pytest.mark.parametrize("label", ["", " Vente", "Vente à marie@example.org", "a\nb", "a" * 121])
def test_a_label_is_a_short_line_without_an_address(book: Book, label: str) -> None:
    with pytest.raises(ValueError, match="reference"):
        post(book, "CA", DAY, label, [debit("531", Money(5)), credit("707", Money(5))], "k")


def test_a_party_is_a_reference_never_a_name(book: Book) -> None:
    lines = [debit("411", Money(5), "Marie Dupont"), credit("707", Money(5))]
    with pytest.raises(ValueError, match="reference"):
        post(book, "VE", DAY, "Vente", lines, "k")


def test_a_correction_is_a_reversal_once(book: Book) -> None:
    entry = sale(book)
    undone = reverse(entry, date(2026, 3, 5))
    db.session.commit()
    assert undone.reverses == entry.number
    assert lines_of(undone)[1].party == "core:member:7"
    assert balance(book, "531") == Money(0)
    assert reverse(entry, date(2026, 3, 5)) is undone
    with pytest.raises(errors.AlreadyReversed):
        reverse(entry, date(2026, 3, 5), key="again")
    assert check(book).faults == ()


def test_a_closed_period_takes_no_entry_and_stays_closed(book: Book) -> None:
    sale(book)
    close(book, date(2026, 3, 31))
    db.session.commit()
    with pytest.raises(errors.PeriodClosed):
        sale(book, key="late")
    with pytest.raises(errors.ClosesForward):
        close(book, date(2026, 3, 30))
    sale(book, key="april", day=date(2026, 4, 1))
    assert sale(book).number == 1, "what was posted before the closing is still there"


def test_a_sub_account_is_guarded_like_the_one_it_stands_under(book: Book) -> None:
    second_box = open_account(book, "5312", "Caisse de la foire")
    assert second_box.guard == 1
    assert open_account(book, "5312", "Caisse de la foire") is second_box
    with pytest.raises(errors.AccountExists):
        open_account(book, "5312", "Autre caisse")
    with pytest.raises(errors.UnknownAccount):
        open_account(book, "9", "Nulle part")


def test_rebuilt_balances_are_those_that_were_derived(book: Book) -> None:
    sale(book)
    sale(book, 333, "sale:2")
    db.session.commit()
    columns = select(AccountBalance.account_id, AccountBalance.debit, AccountBalance.credit)
    before = db.session.execute(columns.order_by(AccountBalance.account_id)).all()
    with guards_lifted():
        db.session.execute(text("UPDATE account_balance SET debit = debit + 1"))
    assert {each.account for each in check(book).faults} == {"531", "707"}
    rebuild_balances(book)
    db.session.commit()
    assert db.session.execute(columns.order_by(AccountBalance.account_id)).all() == before
    with guards_lifted():
        db.session.execute(text("DELETE FROM account_balance"))
    rebuild_balances(book)
    assert db.session.execute(columns.order_by(AccountBalance.account_id)).all() == before
    assert check(book).faults == ()


@pytest.mark.parametrize(
    ("tampering", "bad"),
    [
        ("UPDATE posting SET amount = amount + sign(amount) WHERE number = 2", 2),
        ("UPDATE posting SET party = 'core:member:8' WHERE number = 2 AND line = 2", 2),
        ("UPDATE ledger_entry SET label = 'Autre' WHERE number = 2", 2),
        ("UPDATE ledger_entry SET day = '2025-01-01' WHERE number = 2", 2),
        ("DELETE FROM ledger_entry WHERE number = 2", 2),
        ("DELETE FROM posting WHERE number = 3", 3),
        ("UPDATE ledger_entry SET previous = 'beef' || substr(previous, 5) WHERE number = 3", 3),
    ],
)
def test_the_audit_names_the_first_entry_that_the_owner_changed(
    book: Book, tampering: str, bad: int
) -> None:
    for number in range(1, 5):
        sale(book, 100, f"sale:{number}")
    db.session.commit()
    if db.engine.dialect.name == "sqlite":
        tampering = tampering.replace("sign(amount)", "CASE WHEN amount > 0 THEN 1 ELSE -1 END")
        db.session.execute(text("PRAGMA defer_foreign_keys=ON"))
    with guards_lifted():
        db.session.execute(text(tampering))
    db.session.expire_all()
    faults = check(book).faults
    assert faults[0].number == bad
    assert str(faults[0].what).endswith(".")
    db.session.rollback()
    assert check(book).faults == ()


@pytest.mark.parametrize("before", [0, 2])
def test_nothing_is_posted_over_lines_that_have_no_entry(book: Book, before: int) -> None:
    """Somebody wrote lines past the ledger, with the foreign keys of SQLite off."""
    for number in range(1, before + 1):
        sale(book, 100, f"sale:{number}")
    accounts = select(Account.id).where(Account.book_id == book.id, Account.code == "531")
    lost = {"book": book.id, "number": before + 1, "account": db.session.scalar(accounts)}
    db.session.commit()
    with guards_lifted():
        db.session.execute(
            text(
                "INSERT INTO posting (book_id, number, line, account_id, party, amount, currency)"
                " VALUES (:book, :number, 1, :account, '', 100, 'EUR')"
            ),
            lost,
        )
    with pytest.raises(errors.LinesWithoutEntry):
        sale(book, 100, "sale:after")
    first = check(book).faults[0]
    assert (first.number, first.account) == (before + 1, "")
    assert reverse_refused(book, before)
    db.session.rollback()
    assert sale(book, 100, "sale:after").number == before + 1


def reverse_refused(book: Book, before: int) -> bool:
    """Whether nothing is taken back either, of what is there."""
    for entry in db.session.scalars(select(Entry).where(Entry.book_id == book.id)):
        with pytest.raises(errors.LinesWithoutEntry):
            reverse(entry, DAY)
        before -= 1
    return before == 0


def test_writers_at_the_same_time_leave_no_gap_and_one_chain(app: Flask, book: Book) -> None:
    book_id = book.id
    db.session.remove()

    def write(worker: int) -> None:
        with app.app_context():
            own = db.session.get_one(Book, book_id)
            for turn in range(6):
                # Each fact is delivered by two of the workers.
                sale(own, 100, f"sale:{worker // 2}:{turn}")
                db.session.commit()
            db.session.remove()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(6)))
    book = db.session.get_one(Book, book_id)
    found = check(book)
    assert (found.entries, found.faults) == (18, ())
    assert balance(book, "531") == Money(1800)


def test_each_legal_entity_has_its_own_numbers(book: Book, community: Community) -> None:
    gardens = organisation_of(community)
    theirs = open_book(gardens)
    assert open_book(gardens) is theirs
    assert (sale(book).number, sale(theirs).number) == (1, 1)
    assert not theirs.rehearsal
    assert sale(book).hash != sale(theirs).hash


def test_an_organisation_that_is_a_member_nowhere_has_no_book(app: Flask) -> None:
    organisation = Organisation(kind="association", name="Personne")
    db.session.add(organisation)
    with pytest.raises(errors.NoMembership):
        open_book(organisation)


def test_a_rehearsal_is_wiped_with_its_books_and_real_ones_stay(
    book: Book, community: Community
) -> None:
    make_member(community)
    sale(book)
    copy = rehearse(Plugins(), community, "fr")
    invented = open_book(organisation_of(copy))
    assert invented.rehearsal
    shared = organisation_of(community, "Présente partout")
    db.session.add(Member(community=copy, organisation=shared))
    db.session.flush()
    real = open_book(shared)
    assert not real.rehearsal
    reverse(sale(invented), DAY)
    sale(real)
    db.session.commit()
    wipe(copy)
    db.session.commit()
    kept = set(db.session.scalars(select(Book.id)))
    assert kept == {book.id, real.id}
    assert db.session.scalar(select(func.count()).select_from(Entry)) == 2
    assert check(book).faults == check(real).faults == ()


def test_the_guards_go_and_come_back_with_their_migration(app: Flask) -> None:
    def guards() -> list[str]:
        words = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if db.engine.dialect.name == "postgresql":
            words = (
                "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
                " UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
            )
        found = sorted(db.session.scalars(text(words.replace("::", "\\:\\:"))))
        db.session.remove()
        return found

    before = guards()
    runner.downgrade(db.engine, kernel().plugins, "core", "core_0006")
    assert guards() == []
    runner.upgrade(db.engine, kernel().plugins)
    assert guards() == before
    assert len(before) > 15
