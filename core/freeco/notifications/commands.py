"""Commands of ``freeco`` about what is sent."""

import logging
import mailbox
from collections import Counter
from pathlib import Path

import click

from freeco.cli_output import out
from freeco.db import db
from freeco.mail.bounces import Outcome
from freeco.notifications import push
from freeco.notifications.incoming import handle

log = logging.getLogger(__name__)
WORDS = {
    Outcome.REFUSED: "adresses qui ne marchent plus",
    Outcome.DELAYED: "remises retardées ou refusées pour une autre raison",
    Outcome.UNSUBSCRIBED: "désabonnements par e-mail",
    Outcome.ANSWERED: "réponses données à qui elles s’adressent",
    Outcome.AUTOMATIC: "réponses automatiques, que personne ne lit",
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
        outcome = _take_or_leave(box.get_bytes(key), key)
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


def _take_or_leave(content: bytes, key: str) -> Outcome:
    """Leave to a person a message that cannot even be read: it stops none that came after."""
    try:
        return _take(content)
    except Exception:
        db.session.rollback()
        log.exception("message %s cannot be read", key)
        return Outcome.UNKNOWN


@click.command()
def pushkey() -> None:
    """Donner une clé neuve pour FREECO_PUSH_KEY (avis dans le navigateur)."""
    click.echo(push.new_key())
