"""What a link in a letter opens, without signing in: unsubscribe."""

from flask import Blueprint

pages = Blueprint("letters", __name__)
