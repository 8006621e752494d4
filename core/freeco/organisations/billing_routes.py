"""How an organisation is paid and invoices, said by those who act for it."""

from flask import Blueprint

pages = Blueprint("billing", __name__)
