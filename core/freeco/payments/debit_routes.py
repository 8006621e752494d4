"""Direct debits: mandates, files for the bank, returns."""

from flask import Blueprint

pages = Blueprint("debits", __name__)
