"""``freeco vote verify``: a secret vote checked by whoever holds its file, without account."""

from concurrent.futures import ProcessPoolExecutor
from hashlib import sha256
from pathlib import Path

import click

from freeco.cli_output import anywhere
from freeco.i18n import counted
from freeco.record.errors import Malformed
from freeco.record.note import VerifierKey
from freeco_project_decisions.sealed.errors import Unsound
from freeco_project_decisions.sealed.questions import Question
from freeco_project_decisions.sealed.verifying import Verified, require_result, verify
from freeco_project_decisions.sealed.writing import digest, plain
from freeco_project_decisions.secret.receipts import read_receipt
from freeco_project_decisions.tokens import receipts as token_receipts
from freeco_project_decisions.tokens.verify_telling import look_for, verify_and_tell
from freeco_project_decisions.tokens.verifying import is_board

ONE_PROCESS = 100
"""Fewer ballots than this are read faster than other processes start."""
A_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command("verify")
@click.argument("archive", type=A_FILE)
@click.option("--receipt", type=A_FILE, help="L’accusé de réception d’un bulletin : y est-il ?")
@click.option("--key", help="Clé publique du registre, comme imprimée ; avec --receipt.")
@click.pass_context
@anywhere
def verify_archive(
    context: click.Context, archive: Path, receipt: Path | None, key: str | None
) -> None:
    """Vérifier un vote secret d’après son fichier : chaque bulletin, le dépouillement, le résultat.

    Sort avec 0 quand tout est juste, 1 quand quelque chose ne l’est pas, 3 quand le vote n’a pas
    encore de résultat, 4 quand le bulletin d’un accusé de réception manque : c’est une preuve.
    """
    if (receipt is None) != (key is None):
        raise click.UsageError("--receipt et --key vont ensemble.")
    content = archive.read_bytes()
    try:
        if is_board(content):
            context.exit(_verify_board(content, receipt, key))
        verified = _verify(content)
    except Unsound as refusal:
        click.echo(f"Ce fichier est refusé : {refusal}", err=True)
        context.exit(1)
    _tell(verified, sha256(content).hexdigest())
    if receipt is not None and key is not None:
        _look_for(context, verified, receipt, key)
    if verified.result is None:
        click.echo("Le vote n’a pas encore de résultat.", err=True)
        context.exit(3)


def _verify_board(content: bytes, receipt: Path | None, key: str | None) -> int:
    """Verify the board of a vote by tokens; return with what the command exits."""
    verified = verify_and_tell(content)
    found = 0
    if receipt is not None and key is not None:
        try:
            text = receipt.read_text("utf-8")
            received = token_receipts.read_receipt(text, VerifierKey.read(key))
        except (ValueError, Malformed):
            click.echo("Cet accusé de réception n’est pas signé par cette clé.", err=True)
            return 1
        found = look_for(verified, received)
    if found or verified.counted is not None:
        return found
    click.echo("Le vote n’a pas encore de résultat.", err=True)
    return 3


def _look_for(context: click.Context, verified: Verified, receipt: Path, key: str) -> None:
    """Say whether a ballot that was acknowledged is in the file; exits when it is not."""
    try:
        received = read_receipt(receipt.read_text("utf-8"), VerifierKey.read(key))
    except (ValueError, Malformed):
        click.echo("Cet accusé de réception n’est pas signé par cette clé.", err=True)
        context.exit(1)
    election = (verified.election.identifier, digest(verified.election.text))
    if (received.election, received.election_sha256) != election:
        click.echo("Cet accusé de réception est celui d’un autre vote.", err=True)
        context.exit(1)
    if received.tracker in {ballot.tracker for ballot in verified.ballots}:
        click.echo(f"Le bulletin {received.tracker} y est.")
        return
    if verified.counted is None:
        click.echo("Ce bulletin n’est pas encore publié : le vote n’est pas terminé.", err=True)
        context.exit(3)
    click.echo(
        f"Le bulletin {received.tracker} a été reçu, et le fichier ne l’a pas : l’accusé de "
        "réception, signé, le prouve à qui le demande.",
        err=True,
    )
    context.exit(4)


def _verify(content: bytes) -> Verified:
    if content.count(b'"type":"Ballot"') < ONE_PROCESS:
        return verify(content)
    with ProcessPoolExecutor() as processes:
        return verify(content, processes)


def _tell(verified: Verified, sha256_of_file: str) -> None:
    click.echo(plain(verified.election.name))
    click.echo(counted("%(num)s code de vote", "%(num)s codes de vote", verified.enrolled))
    click.echo(
        counted("%(num)s bulletin publié", "%(num)s bulletins publiés", len(verified.ballots))
    )
    click.echo("À comparer au registre public, qui annonce les mêmes\u00a0:")
    for what, kind, sha256_of_it in _fingerprints(verified, sha256_of_file):
        click.echo(f"  {what} ({kind})\u00a0: {sha256_of_it}")
    if verified.result is None:
        return
    for question, row in zip(verified.election.questions, require_result(verified), strict=True):
        click.echo("")
        click.echo(plain(question.text))
        for answer, many in zip(_answers(question), row, strict=True):
            click.echo(f"  {plain(answer)}\u00a0: {many}")


def _fingerprints(verified: Verified, sha256_of_file: str) -> list[tuple[str, str, str]]:
    """Return what a whole other election could not have: what, where it was stated, its SHA-256.

    An archive that holds says nothing of where it comes from; the record does.
    """
    found = [("la préparation", "poll.sealed", verified.setup_digest)]
    if verified.ballots:
        found.append(("le dernier bulletin", "poll.ballots", verified.last_digest))
    if verified.closed_digest:
        found.append(("la fin du vote", "poll.closed", verified.closed_digest))
    if verified.result is not None:
        found.append(("le fichier entier", "poll.counted", sha256_of_file))
    return found


def _answers(question: Question) -> tuple[str, ...]:
    return ("Vote blanc", *question.answers) if question.blank else question.answers
