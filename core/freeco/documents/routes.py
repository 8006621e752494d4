"""Invoices, statements and receipts, for those they concern."""

from datetime import date

from flask import Blueprint, Response, g, render_template, request
from flask.typing import ResponseReturnValue

from freeco.accounting.shown import book_kept
from freeco.clock import today
from freeco.db import db
from freeco.documents import finding, printing, statement_words
from freeco.documents.models import Document
from freeco.documents.statements import customer_statements, own_statement
from freeco.documents.wording import KINDS
from freeco.errors import Absent
from freeco.members.models import Member
from freeco.organisations.being_paid import money_of
from freeco.organisations.models import Organisation
from freeco.organisations.services import find_organisation
from freeco.payments import parties
from freeco.payments.tables import csv_answer
from freeco.web.downloads import pdf_answer
from freeco.web.lists import page_of_query

pages = Blueprint("documents", __name__)
YEARS = 10
"""How far back a statement goes: documents are kept ten years (code de commerce art. L123-22)."""


@pages.get("/mes-factures")
def home() -> ResponseReturnValue:
    """Show the documents of my table, and offer its statements."""
    return render_template(
        "documents/own.html",
        page=page_of_query(finding.of_member(g.member)),
        kinds=KINDS,
        year=_year(),
        years=_years(),
        accounts=own_statement(g.member, *_period()),
    )


@pages.get("/mes-factures/<int:document_id>.pdf")
def own_pdf(document_id: int) -> ResponseReturnValue:
    """Give a document of my table as it was issued."""
    return _pdf(finding.one(finding.of_member(g.member), document_id))


@pages.get("/mes-factures/<int:document_id>.xml")
def own_xml(document_id: int) -> ResponseReturnValue:
    """Give an invoice of my table as a program reads it."""
    return _xml(finding.one(finding.of_member(g.member), document_id))


@pages.get("/mes-factures/releve-<int:year>.<any(pdf,csv):form>")
def own_file(year: int, form: str) -> ResponseReturnValue:
    """Give the statement of my table for a year."""
    since, through = _period(year)
    accounts = own_statement(g.member, since, through)
    if form == "csv":
        return csv_answer(statement_words.own_rows(accounts), f"releve-{year}.csv")
    paper = statement_words.own_paper(g.member, accounts, since, through)
    return pdf_answer(printing.statement_pdf(paper), f"releve-{year}.pdf")


@pages.get("/organisations/<int:member_id>/factures")
def organisation(member_id: int) -> ResponseReturnValue:
    """Show the documents of an organisation whose money I see."""
    member, body = _kept(member_id)
    page = page_of_query(finding.of_organisation(body, g.community))
    return render_template(
        "documents/organisation.html",
        shown=member,
        page=page,
        kinds=KINDS,
        names=parties.names(each.party for each in page.rows),
        mine=parties.party_of(body),
        year=_year(),
        years=_years(),
    )


@pages.get("/organisations/<int:member_id>/factures/<int:document_id>.pdf")
def organisation_pdf(member_id: int, document_id: int) -> ResponseReturnValue:
    """Give a document of an organisation as it was issued."""
    _member, body = _kept(member_id)
    return _pdf(finding.one(finding.of_organisation(body, g.community), document_id))


@pages.get("/organisations/<int:member_id>/factures/<int:document_id>.xml")
def organisation_xml(member_id: int, document_id: int) -> ResponseReturnValue:
    """Give an invoice of an organisation as a program reads it."""
    _member, body = _kept(member_id)
    return _xml(finding.one(finding.of_organisation(body, g.community), document_id))


@pages.get("/organisations/<int:member_id>/factures/releve-<int:year>.<any(pdf,csv):form>")
def organisation_file(member_id: int, year: int, form: str) -> ResponseReturnValue:
    """Give the statement of an organisation's customers for a year."""
    _member, body = _kept(member_id)
    since, through = _period(year)
    book = book_kept(body, rehearsal=g.community.rehearsal)
    customers = customer_statements(book, since, through) if book is not None else []
    if form == "csv":
        return csv_answer(statement_words.customer_rows(customers), f"releve-{year}.csv")
    paper = statement_words.customer_paper(
        body, customers, since, through, rehearsal=g.community.rehearsal
    )
    return pdf_answer(printing.statement_pdf(paper), f"releve-{year}.pdf")


def _kept(member_id: int) -> tuple[Member, Organisation]:
    """Return an organisation whose money I see; for anybody else there is none."""
    member = find_organisation(g.community, member_id)
    return member, money_of(member, g.member)


def _pdf(document: Document) -> Response:
    name, found, made = f"{document.number}.pdf", document.id, printing.pdf_of(document)
    if document.pdf is None:
        # Afresh: on SQLite, a page that has read may not write, and its own reads are over.
        db.session.rollback()
        made = printing.keep(found, made)
        db.session.commit()
    return pdf_answer(made, name)


def _xml(document: Document) -> Response:
    if not document.xml:
        raise Absent
    answer = Response(document.xml, content_type="application/xml")
    answer.headers["Content-Disposition"] = f'attachment; filename="{document.number}.xml"'
    return answer


def _years() -> list[int]:
    this = today(g.community.timezone).year
    return list(range(this, this - YEARS, -1))


def _year() -> int:
    asked = request.args.get("annee", "")
    this = _years()[0]
    return int(asked) if asked.isascii() and asked.isdigit() and int(asked) in _years() else this


def _period(year: int | None = None) -> tuple[date, date]:
    chosen = _year() if year is None else year
    if chosen not in _years():
        raise Absent
    return date(chosen, 1, 1), date(chosen, 12, 31)
