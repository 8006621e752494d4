"""The audit of the record reads the books again whose head was stated."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select, update

from freeco.accounting.books import open_book
from freeco.accounting.ledger import credit, debit, post
from freeco.accounting.models import Book, Entry
from freeco.db import db
from freeco.members.models import Community
from freeco.money import Money
from freeco.record import audit
from freeco.record.models import RecordLog
from freeco.record.sequencer import sequence
from freeco.record.stating import Sealed, log_of, state
from freeco.testing.guards import guards_lifted


@pytest.fixture
def book(app: Flask) -> Book:
    opened = open_book(None)
    for number in range(3):
        lines = [debit("531", Money(1000)), credit("707", Money(1000), "core:member:7")]
        post(opened, "CA", date(2026, 3, 4), "Vente", lines, f"sale:{number}")
    db.session.commit()
    return opened


def anchored(community: Community, book: Book, *, sealed: bool) -> RecordLog:
    log = log_of(community)
    query = select(Entry.hash).where(Entry.book_id == book.id, Entry.number == 2)
    about: dict[str, str | int] = {"entries": 2, "head": db.session.scalars(query).one()}
    if sealed:
        opened = {"book": Sealed({"book": book.id, **about})}
        state(community, "books.anchored", "test:1", about={"platform": False}, sealed=opened)
    else:
        state(community, "books.anchored", "test:1", about={"platform": True, **about})
    sequence(log)
    db.session.commit()
    return log


@pytest.mark.parametrize("sealed", [True, False])
def test_a_book_rewritten_after_its_head_was_stated_is_named(
    community: Community, book: Book, sealed: bool
) -> None:
    log = anchored(community, book, sealed=sealed)
    assert audit.check(log).faults == ()
    with guards_lifted():
        db.session.execute(update(Entry).where(Entry.number == 2).values(hash="ab" * 32))
    db.session.commit()
    db.session.expire_all()
    (fault,) = audit.check(log).faults
    assert (fault.index, fault.size) == (0, None)
    assert str(fault.what) == "Le livre de comptes n’a plus l’empreinte qui a été inscrite ici."
