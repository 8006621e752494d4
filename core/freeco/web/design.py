"""The living page of the design system: every component, as it is used."""

from flask import Blueprint

pages = Blueprint("design", __name__)
