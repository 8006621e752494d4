"""Invoices, statements and receipts, for those they concern."""

from flask import Blueprint

pages = Blueprint("documents", __name__)
