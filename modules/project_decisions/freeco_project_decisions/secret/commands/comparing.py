"""What a trustee compares with the public record before their key is touched.

A file can hold and still not be the vote: with one voter's ballot alone, or among ballots that the
site made itself, each proof in it is right. What the site stated of the vote when it opened and
when it ended is what it cannot take back.
"""

from dataclasses import dataclass

import click

from freeco.i18n import counted
from freeco.record.errors import Malformed, RecordRefusal
from freeco.record.note import VerifierKey
from freeco.record.policy import Policy
from freeco.record.receipt import Receipt
from freeco_project_decisions.sealed.errors import Unsound
from freeco_project_decisions.sealed.keeping import Closed
from freeco_project_decisions.sealed.kept_keys import Opens
from freeco_project_decisions.sealed.tallying import add_up
from freeco_project_decisions.sealed.verifying import verify
from freeco_project_decisions.sealed.writing import digest, plain
from freeco_project_decisions.secret.preparing import FLOOR
from freeco_project_decisions.tokens.ballots import last_of_each
from freeco_project_decisions.tokens.opened import sums_of
from freeco_project_decisions.tokens.verifying import is_board, verify_board

YES, NO = "oui", "non"
ENDS = {Opens.SUM: ("poll.closed", "digest"), Opens.BALLOTS: ("token.closed", "board")}
"""The one statement of a vote's end, and what it is called there."""


@dataclass(frozen=True)
class Shown:
    """What a vote's file says of itself, once every proof in it was checked."""

    closed: Closed
    ballots: int
    """How many count."""
    electors: int
    """How many codes there are, or how many could have a token."""
    setup: str
    """SHA-256 of what was fixed before anybody voted, as the record has it."""
    last: str
    """SHA-256 of how the vote ended, as the record has it: all of it is chained to that."""


def show(content: bytes) -> Shown:
    """Read the file of a vote that is over; raises ``Unsound``."""
    return _board(content) if is_board(content) else _archive(content)


def _archive(content: bytes) -> Shown:
    verified = verify(content)
    if verified.counted is None:
        raise Unsound("le vote n’est pas terminé, rien ne s’ouvre avant la fin")
    sums = add_up(verified.election, verified.ballots).sums
    return Shown(
        Closed(Opens.SUM, verified.election, verified.trustees, sums),
        verified.counted,
        verified.enrolled,
        verified.setup_digest,
        verified.closed_digest,
    )


def _board(content: bytes) -> Shown:
    verified = verify_board(content)
    if not verified.closed:
        raise Unsound("le vote n’est pas terminé, rien ne s’ouvre avant la fin")
    setup = verified.setup
    # The line that closes the box comes after the setup, what signers signed, and the ballots.
    line = 1 + bool(verified.issued) + len(verified.ballots)
    return Shown(
        Closed(
            Opens.BALLOTS, setup.election, setup.trustees, sums_of(last_of_each(verified.ballots))
        ),
        verified.tokens,
        setup.electors,
        digest(setup.text),
        verified.digests[line],
    )


def require_many(shown: Shown, *, few: bool) -> None:
    """Stop at so few ballots that what they open to would be somebody's; raises ClickException.

    ``few``: the trustee read in the record that so few voted. No vote opens on fewer electors.
    """
    if shown.electors < FLOOR:
        raise click.ClickException(
            f"Ce fichier est fait pour {shown.electors} votants\u00a0: aucun vote secret ne "
            f"s’ouvre à moins de {FLOOR}. Rien n’est ouvert\u00a0: dites-le aux autres "
            "dépositaires."
        )
    if 0 < shown.ballots < FLOOR and not few:
        ballots = counted("%(num)s bulletin", "%(num)s bulletins", shown.ballots)
        raise click.ClickException(
            f"Ce fichier n’a que {ballots}\u00a0: les ouvrir dirait presque qui a voté quoi. Rien "
            "n’est ouvert. Si le registre public en annonce aussi peu, refaites la commande avec "
            "--few-ballots."
        )


def require_compared(shown: Shown, stated: str | None) -> None:
    """Have the trustee compare the file with the record; raises ClickException when it differs.

    ``stated`` is what was read there, by ``read_stated`` or by a script: how the vote ended.
    """
    _tell(shown)
    if stated is None:
        same = click.prompt(
            f"Les mêmes au registre public\u202f? ({YES} ou {NO})",
            type=click.Choice([YES, NO]),
            show_choices=False,
            err=True,
        )
    else:
        same = YES if stated.strip().lower() == shown.last else NO
    if same != YES:
        raise click.ClickException(
            "Ce n’est pas le vote que le registre annonce. Rien n’est ouvert\u00a0: dites-le aux "
            "autres dépositaires."
        )


def read_stated(shown: Shown, receipt: str, key: str) -> str:
    """Return how the vote ended, out of a statement of the record with its proof.

    ``key`` is the record's, as it is printed. Raises ClickException for another statement, or one
    that is not under that key.
    """
    kind, name = ENDS[shown.closed.opens]
    try:
        found = Receipt.read(receipt)
        found.check()
        Policy.of(VerifierKey.read(key.strip())).check(found.checkpoint)
        statement = found.statement
    except (RecordRefusal, Malformed) as refusal:
        raise click.ClickException(
            f"Cette inscription n’est pas de ce registre. Rien n’est ouvert. {refusal}"
        ) from refusal
    if statement.kind != kind:
        raise click.ClickException(f"Ce n’est pas l’inscription de la fin du vote ({kind}).")
    return str(statement.about.get(name, ""))


def _tell(shown: Shown) -> None:
    of_sum = shown.closed.opens is Opens.SUM
    setup, (last, _name) = "poll.sealed" if of_sum else "token.opened", ENDS[shown.closed.opens]
    for line in (
        plain(shown.closed.election.name),
        counted("%(num)s bulletin compté", "%(num)s bulletins comptés", shown.ballots),
        counted("%(num)s code de vote", "%(num)s codes de vote", shown.electors)
        if of_sum
        else counted("%(num)s votant", "%(num)s votants", shown.electors),
        "À comparer au registre public, lu depuis un autre appareil\u00a0:",
        f"  la préparation ({setup})\u00a0: {shown.setup}",
        f"  la fin du vote ({last})\u00a0: {shown.last}",
    ):
        click.echo(line, err=True)
