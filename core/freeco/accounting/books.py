"""Books: opened for a legal entity with a chart of accounts, and closed period by period."""

from datetime import date

from sqlalchemy import func, select

from freeco.accounting.charts import chart as chart_named
from freeco.accounting.errors import AccountExists, ClosesForward, NoMembership, UnknownAccount
from freeco.accounting.models import Account, Book, Journal
from freeco.db import db, lock
from freeco.members.models import Community, Member
from freeco.organisations.models import Organisation


def open_book(
    organisation: Organisation | None, chart: str = "fr", *, rehearsal: bool | None = None
) -> Book:
    """Return the book of an organisation, or of the platform cooperative (None); open it if new.

    ``rehearsal`` says for which of its two lives; unless said, an organisation that is a member
    of rehearsals only gets a book that is wiped with them, and another, empty, the day it is a
    member of a real community. Raises NoMembership when it is a member of nothing.
    """
    if organisation is None:
        rehearsal = False
    elif rehearsal is None:
        rehearsal = _only_rehearses(organisation)
    found = _book(organisation, rehearsal=rehearsal)
    if found is None and organisation is not None:
        lock(organisation)  # whoever opens it at the same time has opened it now
        found = _book(organisation, rehearsal=rehearsal)
    return found or _opened(organisation, chart, rehearsal=rehearsal)


def _only_rehearses(organisation: Organisation) -> bool:
    homes = select(Community.rehearsal_of_id).join(Member, Member.community_id == Community.id)
    found = db.session.scalars(homes.where(Member.organisation_id == organisation.id)).all()
    if not found:
        raise NoMembership
    return None not in found


def _book(organisation: Organisation | None, *, rehearsal: bool) -> Book | None:
    its = organisation.id if organisation is not None else None
    query = select(Book).where(Book.organisation_id.is_not_distinct_from(its))
    return db.session.scalars(query.where(Book.rehearsal == rehearsal)).one_or_none()


def _opened(organisation: Organisation | None, chart: str, *, rehearsal: bool) -> Book:
    content = chart_named(chart)
    book = Book(organisation=organisation, chart=chart, rehearsal=rehearsal)
    db.session.add(book)
    db.session.flush()
    db.session.add_all(
        Account(book_id=book.id, code=each.code, label=each.label, guard=each.guard)
        for each in content.accounts
    )
    db.session.add_all(
        Journal(book_id=book.id, code=code, label=label) for code, label in content.journals
    )
    db.session.flush()
    return book


def open_account(book: Book, code: str, label: str) -> Account:
    """Return a sub-account, opened if new; it is guarded as the account it stands under.

    The label says what it is for, never who: a person is a line's ``party``. Raises
    UnknownAccount when no account of the book begins its code, AccountExists.
    """
    lock(book)
    parents = select(Account).where(
        Account.book_id == book.id, Account.code == func.substr(code, 1, func.length(Account.code))
    )
    longest = db.session.scalars(parents.order_by(func.length(Account.code).desc())).first()
    if longest is None or not code.isalnum() or not code.isascii():
        raise UnknownAccount
    if longest.code == code:
        if longest.label != label:
            raise AccountExists
        return longest
    account = Account(book_id=book.id, code=code, label=label, guard=longest.guard)
    db.session.add(account)
    db.session.flush()
    return account


def close(book: Book, through: date) -> None:
    """Close a book's period to its last day, included. Raises ClosesForward."""
    lock(book)
    if book.closed_through is not None and through < book.closed_through:
        raise ClosesForward
    book.closed_through = through
    db.session.flush()
