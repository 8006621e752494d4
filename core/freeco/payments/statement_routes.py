"""Bank statements: read, matched with what is expected."""

from flask import Blueprint

pages = Blueprint("statements", __name__)
