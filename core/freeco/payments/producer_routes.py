"""What an organisation was promised, has received and is owed."""

from flask import Blueprint

pages = Blueprint("producer_payments", __name__)
