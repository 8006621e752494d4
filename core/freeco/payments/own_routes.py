"""A member's page: what I paid, who got it, what it cost, how to get it back."""

from flask import Blueprint

pages = Blueprint("own_payments", __name__)
