"""Pages of the map."""

from flask import Blueprint

pages = Blueprint("places", __name__)
