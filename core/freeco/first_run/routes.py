"""The five screens of the first run."""

from flask import Blueprint

pages = Blueprint("first_run", __name__)
