"""Numbering: the next position of a series, taken in the transaction that writes the document."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, select

from freeco.accounting.models import Book, Entry
from freeco.db import db, lock
from freeco.documents.errors import EarlierDay
from freeco.documents.models import LETTERS, Document, DocumentSeries, Kind
from freeco.members.models import Community
from freeco.money import Money

DIGITS = 5


def find_by_key(book: Book, key: str) -> Document | None:
    """Return the document of a book that was issued under a key."""
    query = select(Document).where(Document.book_id == book.id, Document.key == key)
    return db.session.scalars(query).one_or_none()


def next_number(book: Book, kind: Kind, day: date) -> tuple[DocumentSeries, int, str]:
    """Return the locked series of a kind in a year, the next position in it and its number.

    Unique, continuous and chronological: CGI annex II art. 242 nonies A, I-7°. A transaction
    that is rolled back gives its position back: nobody else took the next one, the book and
    the series being locked. Raises EarlierDay.
    """
    lock(book)
    series = _series(book, kind, day.year)
    lock(series)
    latest = db.session.scalar(
        select(func.max(Document.issued_on)).where(Document.series_id == series.id)
    )
    if latest is not None and day < latest:
        raise EarlierDay
    position = series.last + 1
    return series, position, f"{LETTERS[kind]}{day.year}-{position:0{DIGITS}}"


def _series(book: Book, kind: Kind, year: int) -> DocumentSeries:
    found = db.session.scalars(
        select(DocumentSeries).where(
            DocumentSeries.book_id == book.id,
            DocumentSeries.kind == kind,
            DocumentSeries.year == year,
        )
    ).one_or_none()
    if found is None:
        found = DocumentSeries(book=book, kind=kind, year=year)
        db.session.add(found)
        db.session.flush()
    return found


def fingerprint(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a content: the same however its keys were ordered."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def write(
    series: DocumentSeries,
    position: int,
    *,
    content: dict[str, Any],
    party: str,
    community: Community | None,
    total: Money,
    vat: Money,
    key: str,
    xml: bytes = b"",
    corrects: Document | None = None,
    entry: Entry | None = None,
) -> Document:
    """Write a document at its position; the database moves its series."""
    document = Document(
        book=series.book,
        series=series,
        kind=series.kind,
        position=position,
        number=content["number"],
        issued_on=date.fromisoformat(content["day"]),
        party=party,
        community=community,
        total=total,
        vat=vat,
        content=content,
        key=key,
        sha256=fingerprint(content),
        xml=xml,
        corrects=corrects,
        entry=entry,
    )
    db.session.add(document)
    db.session.flush()
    db.session.expire(series, ["last"])
    return document
