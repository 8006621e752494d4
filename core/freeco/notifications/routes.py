"""What each reader wants to be told, how and how often."""

from flask import Blueprint

pages = Blueprint("notifications", __name__)
