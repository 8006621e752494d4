"""Commands of ``freeco`` about what is sent."""

import mailbox
from collections import Counter
from pathlib import Path

import click

from freeco.cli_output import out
from freeco.db import db
from freeco.mail.bounces import Outcome
from freeco.notifications import push
from freeco.notifications.incoming import handle

WORDS = {
    Outcome.REFUSED: "adresses qui ne marchent plus",
    Outcome.DELAYED: "remises retardées ou refusées pour une autre raison",
    Outcome.UNSUBSCRIBED: "désabonnements par e-mail",
    Outcome.UNKNOWN: "messages laissés tels quels, à lire",
}


@click.command()
@click.argument(
    "folder", required=False, type=click.Path(path_type=Path, exists=True, file_okay=False)
)
def bounces(folder: Path | None) -> None:
    """Lire les e-mails revenus : un message sur l’entrée standard, ou un dossier Maildir."""
    found: Counter[Outcome] = Counter()
    if folder is None:
        with click.open_file("-", "rb") as message:
            found[_take(message.read())] += 1
    else:
        found = _read(folder)
    for outcome, words in WORDS.items():
        out.print(f"{words} : {found[outcome]}", highlight=False)


def _read(folder: Path) -> Counter[Outcome]:
    """Read what was not read yet; what we do not understand stays as new, for a person."""
    found: Counter[Outcome] = Counter()
    box = mailbox.Maildir(folder, create=False)
    for key in list(box.keys()):
        message = box.get_message(key)
        if "S" in message.get_flags():
            continue
        outcome = _take(box.get_bytes(key))
        found[outcome] += 1
        if outcome is not Outcome.UNKNOWN:
            message.set_subdir("cur")
            message.add_flag("S")
            box[key] = message
    return found


def _take(content: bytes) -> Outcome:
    outcome = handle(content)
    db.session.commit()
    return outcome


@click.command()
def pushkey() -> None:
    """Donner une clé neuve pour FREECO_PUSH_KEY (avis dans le navigateur)."""
    click.echo(push.new_key())
