"""The books as pages: the platform's for everybody, an organisation's for who acts for it."""

from flask import Blueprint

pages = Blueprint("books", __name__)
