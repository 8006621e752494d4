"""An organisation's book, for those who act for it."""

from flask import Blueprint

pages = Blueprint("organisation_books", __name__)
