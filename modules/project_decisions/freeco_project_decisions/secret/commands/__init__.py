"""``freeco vote``: votes listed, taken away, verified, and what is done away from the site."""

import click

from freeco_project_decisions.secret.commands.codes import make_codes
from freeco_project_decisions.secret.commands.polls import export_poll, list_polls
from freeco_project_decisions.secret.commands.trustee import keep_key
from freeco_project_decisions.secret.verify_command import verify_archive


@click.group()
def vote() -> None:
    """Les votes : les lister, les vérifier, en garder une clé, en faire les codes."""


for each in (list_polls, export_poll, verify_archive, keep_key, make_codes):
    vote.add_command(each)
