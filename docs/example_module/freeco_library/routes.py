"""The library's pages."""

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from freeco.activation import count_members

pages = Blueprint("library", __name__, template_folder="templates")


@pages.get("/")
def home() -> ResponseReturnValue:
    """Say how many people may lend a book here."""
    return render_template("library/home.html", readers=count_members(g.community))
