"""Paying by card, and an organisation's account at the payment provider."""

from flask import Blueprint

pages = Blueprint("cards", __name__)
