"""The treasurer's page: what is held, overdue, to bring to the bank."""

from flask import Blueprint

pages = Blueprint("treasury", __name__)
