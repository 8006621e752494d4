"""``freeco vote verify`` on the board of a vote by tokens: what is checked, in words."""

from concurrent.futures import ProcessPoolExecutor
from hashlib import sha256

import click

from freeco.i18n import counted
from freeco_project_decisions.polls.closing import written
from freeco_project_decisions.sealed.writing import digest, plain
from freeco_project_decisions.tokens.opened import CLOSED, Counted
from freeco_project_decisions.tokens.questions import poll_of
from freeco_project_decisions.tokens.receipts import Received
from freeco_project_decisions.tokens.verifying import VerifiedTokens, verify_board

ONE_PROCESS = 200
"""Fewer ballots than this are read faster than other processes start."""


def verify_and_tell(content: bytes) -> VerifiedTokens:
    """Verify a board and say what stands on it; raises ``Unsound``."""
    if content.count(b'"kind":"ballot"') < ONE_PROCESS:
        verified = verify_board(content)
    else:
        with ProcessPoolExecutor() as processes:
            verified = verify_board(content, processes)
    _tell(verified)
    if verified.counted is not None:
        _tell_result(verified, verified.counted)
    return verified


def look_for(verified: VerifiedTokens, received: Received) -> int:
    """Say whether the board keeps what a receipt promises; return with what the command exits.

    0 when the ballot is there, 1 for another vote, 3 when it may still come, 4 when it is
    proven that it was left out, or that another board was shown when the receipt was signed.
    """
    setup = verified.setup
    if (received.vote, received.setup_sha256) != (setup.identifier, digest(setup.text)):
        click.echo("Cet accusé de réception est celui d’un autre vote.", err=True)
        return 1
    shown = verified.digests[received.lines - 1 : received.lines]
    if shown and shown[0] != received.head:
        click.echo(
            f"La ligne {received.lines} du tableau n’est pas celle que l’accusé de réception "
            "signe : deux tableaux ont été montrés, il le prouve à qui le demande.",
            err=True,
        )
        return 4
    if received.tracker in {each.tracker for each in verified.ballots}:
        click.echo(f"Le bulletin {received.tracker} y est.")
        return 0
    if not verified.closed:
        click.echo("Ce bulletin n’est pas encore publié : l’urne n’est pas fermée.", err=True)
        return 3
    click.echo(
        f"Le bulletin {received.tracker} a été reçu, et le tableau ne l’a pas : l’accusé de "
        "réception, signé, le prouve à qui le demande.",
        err=True,
    )
    return 4


def _tell(verified: VerifiedTokens) -> None:
    setup = verified.setup
    click.echo(plain(setup.election.name))
    click.echo(
        counted("%(num)s votant sur la liste", "%(num)s votants sur la liste", setup.electors)
    )
    for signer, many in zip(setup.signers, verified.issued, strict=False):
        signed = counted("%(num)s jeton signé", "%(num)s jetons signés", many)
        click.echo(f"  {plain(signer.name)} : {signed}, clé {digest_of(signer.key)}")
    click.echo(
        counted("%(num)s bulletin publié", "%(num)s bulletins publiés", len(verified.ballots))
    )
    click.echo(counted("%(num)s jeton a voté", "%(num)s jetons ont voté", verified.tokens))
    click.echo(f"Empreinte de la dernière ligne, à comparer au registre public : {verified.head}")
    click.echo(f"Empreinte de l’ouverture : {digest(setup.text)}")


def digest_of(key: bytes) -> str:
    """Return the SHA-256 of a key, as the script for OpenSSL shows it."""
    return sha256(key).hexdigest()


def _tell_result(verified: VerifiedTokens, found: Counted) -> None:
    for tracker, why in found.refused:
        reason = "ne s’ouvre pas" if why == CLOSED else "ne répond pas à la question"
        click.echo(f"Bulletin écarté, il {reason} : {tracker}")
    if found.seed:
        click.echo(
            f"Graine du tirage, refaite de ce que les dépositaires ont ouvert : {found.seed}"
        )
    options = poll_of(verified.setup).options
    click.echo("")
    click.echo(counted("%(num)s bulletin compté", "%(num)s bulletins comptés", len(found.marks)))
    for place in found.outcome.chosen:
        name = options[place].text if place < len(options) else str(place)
        click.echo(f"  Retenu : {plain(name)}")
    click.echo(f"Empreinte du calcul : {digest(written(found.outcome))}")
