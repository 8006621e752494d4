"""Where a device hands in what was typed without network."""

from flask import Blueprint

pages = Blueprint("offline_queue", __name__)
