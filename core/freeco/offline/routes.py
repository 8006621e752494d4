"""What the installable application asks of the whole site: manifest, worker, shell."""

from flask import Blueprint

pages = Blueprint("offline", __name__)
