"""Printing: the PDF of a document, the same for ever once somebody has asked for it."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import facturx
from sqlalchemy import select, update

from freeco.db import db
from freeco.documents.models import Document, Kind
from freeco.documents.wording import TITLES, invoice_words, receipt_words
from freeco.paper import render_pdf

PAPERS = Path(__file__).parent / "papers"
STANDARD = "a-3b"
"""PDF/A-3 with tags: what Factur-X asks, kept ten years (code de commerce art. L123-22)."""


def pdf_of(document: Document) -> bytes:
    """Return the PDF of a document: the one that is kept, or one made now."""
    if document.pdf is not None:
        return document.pdf
    return _made(document.content, document.xml, document.issued_at)


def keep(document_id: int, pdf: bytes) -> bytes:
    """Keep the PDF of a document, and return the one that is kept: the first one wins.

    Begin with it in a transaction: on SQLite, what has read may not write any more.
    """
    db.session.execute(
        update(Document).where(Document.id == document_id, Document.pdf.is_(None)).values(pdf=pdf)
    )
    kept = db.session.scalar(select(Document.pdf).where(Document.id == document_id))
    return kept or pdf


def statement_pdf(content: dict[str, Any]) -> bytes:
    """Return the PDF of a statement; it is made anew each time."""
    return render_pdf(PAPERS / "statement.typ", content)


def _made(content: dict[str, Any], xml: bytes, issued_at: datetime) -> bytes:
    if not xml:
        words = receipt_words(content)
        return render_pdf(PAPERS / "receipt.typ", words, made_at=issued_at, standard=STANDARD)
    base = render_pdf(
        PAPERS / "invoice.typ", invoice_words(content), made_at=issued_at, standard=STANDARD
    )
    title = TITLES[Kind(content["kind"])]
    named = f"{title} {content['number']}"
    # In memory: the library's generate_from_binary goes through a file, letter by letter.
    joined = BytesIO(base)
    with _uncollected():
        facturx.generate_from_file(
            joined,
            xml,
            flavor="factur-x",
            level="en16931",
            check_xsd=False,  # checked when it was issued
            pdf_metadata={
                "author": content["seller"]["name"],
                "title": named,
                "subject": named,
                "keywords": f"{title}, Factur-X",
            },
            lang="fr-FR",
        )
    return joined.getvalue()


@contextmanager
def _uncollected() -> Iterator[None]:
    """Leave the garbage for afterwards.

    pypdf makes so many objects that to search all those of the process for garbage meanwhile
    takes as long as its work.
    """
    searching = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searching:
            gc.enable()
