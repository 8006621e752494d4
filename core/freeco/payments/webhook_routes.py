"""What the payment provider tells us."""

from flask import Blueprint

pages = Blueprint("webhooks", __name__)
