"""An organisation's book, for those who act for it."""

from flask import Blueprint, Response, g, render_template, request
from flask.typing import ResponseReturnValue

from freeco.accounting.exports import Exported, Format
from freeco.accounting.models import Book
from freeco.accounting.routes import answer_with
from freeco.accounting.shown import book_kept, exported_year, shown_book
from freeco.members.models import Member
from freeco.organisations.being_paid import money_of
from freeco.organisations.services import find_organisation
from freeco.payments import parties

pages = Blueprint("organisation_books", __name__)


@pages.get("/organisations/<int:member_id>/livre")
def page(member_id: int) -> ResponseReturnValue:
    """Show a year of the organisation's book."""
    member, book = _kept(member_id)
    shown = shown_book(book, request.args.get("annee", ""))
    entries = shown.entries if shown is not None else ()
    return render_template(
        "books/organisation.html",
        organisation=member,
        shown=shown,
        names=parties.names(line.party for each in entries for line in each.lines if line.party),
    )


@pages.get("/organisations/<int:member_id>/livre/<any(hledger,beancount,csv,fec):form>")
def file(member_id: int, form: Format) -> Response:
    """Give a year of the organisation's book as a file."""
    return answer_with(exported_year(_kept(member_id)[1], form, request.args.get("annee", "")))


@pages.get("/organisations/<int:member_id>/livre/fec/description")
def description(member_id: int) -> Response:
    """Give the text that describes the FEC, as the law wants one."""
    exported = exported_year(_kept(member_id)[1], "fec", request.args.get("annee", ""))
    name = exported.name.replace(".txt", "_description.txt")
    told = exported.described_by.encode()
    return answer_with(Exported(name, told, "text/plain; charset=utf-8"))


def _kept(member_id: int) -> tuple[Member, Book | None]:
    """Return an organisation whose money the reader sees, and its book. Raises Absent."""
    member = find_organisation(g.community, member_id)
    return member, book_kept(money_of(member, g.member), rehearsal=g.community.rehearsal)
