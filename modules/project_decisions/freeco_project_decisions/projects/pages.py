"""The pages of projects: one blueprint, which the files of routes fill."""

from flask import Blueprint

pages = Blueprint("project_decisions_projects", __name__)
