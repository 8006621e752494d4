"""The books in the record: their heads, which fix every entry before, and the years closed.

What is the platform's is public. An organisation's book, its year and how many entries it has
are sealed for who acts for it: a count would tell a sole trader's business.
"""

from sqlalchemy import select

from freeco.accounting import reading
from freeco.accounting.models import Book
from freeco.db import db
from freeco.members.models import Community, Member
from freeco.record.statement import Fields
from freeco.record.stating import Sealed, state


def anchor(community: Community) -> None:
    """State the head of each book that matters here, unless it is the one stated last.

    The platform's, and those of the organisations that are members; never in a rehearsal, and
    never a book that was opened for one.
    """
    if community.rehearsal:
        return
    for book, owner in [*_platform(), *_of_members(community)]:
        entries, head = reading.head(book)
        if entries:
            fields: Fields = {"entries": entries, "head": head}
            _state(community, "books.anchored", f"book:{book.id}:{entries}", book, owner, fields)


def year_closed(book: Book, name: int) -> None:
    """State that a year was closed, in each community whose members it concerns."""
    if book.rehearsal:
        return
    for community, owner in _where(book):
        state_closed(community, book, owner, name)


def state_older_years(community: Community) -> None:
    """State the years that were closed before they could be stated; the others are known."""
    for book, owner in [*_platform(), *_of_members(community)]:
        for name in reading.closed_years(book):
            state_closed(community, book, owner, name)


def state_closed(community: Community, book: Book, owner: Member | None, name: int) -> None:
    """State that a year of a book was closed, with the book's head of today if it has one."""
    entries, head = reading.head(book)
    fields: Fields = {"year": name}
    if entries:
        fields = {**fields, "entries": entries, "head": head}
    _state(community, "books.closed", f"book_year:{book.id}:{name}", book, owner, fields)


def _state(
    community: Community, kind: str, key: str, book: Book, owner: Member | None, fields: Fields
) -> None:
    if owner is None:
        state(community, kind, key, about={"platform": True, **fields})
        return
    sealed = {"book": Sealed({"book": book.id, **fields}, owner)}
    state(community, kind, key, about={"platform": False}, sealed=sealed)


def _platform() -> list[tuple[Book, None]]:
    query = select(Book).where(Book.organisation_id.is_(None))
    return [(each, None) for each in db.session.scalars(query)]


def _of_members(community: Community) -> list[tuple[Book, Member]]:
    query = (
        select(Book, Member)
        .join(Member, Member.organisation_id == Book.organisation_id)
        .where(Member.community_id == community.id, Member.left_at.is_(None), ~Book.rehearsal)
        .order_by(Book.id)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def _where(book: Book) -> list[tuple[Community, Member | None]]:
    if book.organisation_id is None:
        real = select(Community).where(~Community.rehearsal).order_by(Community.id)
        return [(each, None) for each in db.session.scalars(real)]
    query = (
        select(Community, Member)
        .join(Member, Member.community_id == Community.id)
        .where(Member.organisation_id == book.organisation_id, Member.left_at.is_(None))
        .where(~Community.rehearsal)
        .order_by(Community.id)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]
