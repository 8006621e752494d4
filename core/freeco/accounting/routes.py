"""The platform's own book, for everybody: what came in, what went out, and how to check it."""

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from freeco.accounting.exports import Exported, Format
from freeco.accounting.shown import book_kept, exported_year, shown_book
from freeco.doors import public

pages = Blueprint("books", __name__)


@pages.get("/comptes")
@public
def page() -> ResponseReturnValue:
    """Show a year of the platform's book."""
    shown = shown_book(book_kept(None), request.args.get("annee", ""))
    return render_template("books/platform.html", shown=shown)


@pages.get("/comptes/<any(hledger,beancount,csv):form>")
@public
def file(form: Format) -> Response:
    """Give a year of the platform's book as a file."""
    return answer_with(exported_year(book_kept(None), form, request.args.get("annee", "")))


def answer_with(exported: Exported) -> Response:
    """Answer with a file to keep, under its own name."""
    answer = Response(exported.content, content_type=exported.mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="{exported.name}"'
    return answer
