"""Pages of the rehearsal: try it, wipe it."""

from flask import Blueprint

pages = Blueprint("rehearsal", __name__)
