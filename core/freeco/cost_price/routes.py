"""The public page of the cost price."""

from flask import Blueprint

pages = Blueprint("cost_price", __name__)
