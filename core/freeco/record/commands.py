"""The record on the command line: ``freeco record``. Witnesses join this group from their file."""

from pathlib import Path

import click
from sqlalchemy import func, select

from freeco.cli_output import err, out
from freeco.db import db
from freeco.i18n import counted
from freeco.members.models import Community
from freeco.record import audit, keys, reading, receipts
from freeco.record.audit_facts import Fault
from freeco.record.checkpoint import Checkpoint
from freeco.record.errors import Malformed
from freeco.record.models import RecordCheckpoint, RecordEntry, RecordLog
from freeco.record.sequencer import sequence

FILE = click.Path(path_type=Path, dir_okay=False)
MOST_SHOWN = 20
"""Faults printed of a log; the first ones say where it began."""


@click.group()
def record() -> None:
    """Le registre public : son sceau, ses preuves, ses clés."""


@record.command()
@click.argument("community", required=False)
def head(community: str | None) -> None:
    """Donner le sceau du registre, avec les témoins, tel qu’il se vérifie ailleurs."""
    note = receipts.note_with_witnesses(_sealed(_log(community)))
    click.echo(str(note), nl=False)


@record.command()
@click.argument("reference")
@click.option("--community", "slug", help="Où chercher ; alors un numéro d’inscription suffit.")
@click.option("-o", "--output", type=FILE, help="Fichier à écrire ; sinon, la preuve s’affiche.")
def prove(reference: str, slug: str | None, output: Path | None) -> None:
    """Donner la preuve d’une inscription, sans rien de ce qui y est scellé."""
    receipt = receipts.receipt_of(_entry(reference, slug))
    if output is None:
        click.echo(str(receipt), nl=False)
    else:
        output.write_bytes(str(receipt).encode())
        say(str(output))


@record.command(name="keys")
@click.argument("community", required=False)
def list_keys(community: str | None) -> None:
    """Lister les clés publiques, à comparer avec celles qui sont imprimées."""
    for log in _logs() if community is None else [_log(community)]:
        for key, first, last in keys.ranges(log):
            click.echo(f"{key}  {_span(first, last)}")


@record.command()
@click.argument("community")
@click.option("--lost", is_flag=True, help="L’ancienne clé est perdue : la nouvelle signe seule.")
@click.option("--yes", is_flag=True, help="Ne pas demander de confirmation.")
def rotate(community: str, lost: bool, yes: bool) -> None:
    """Changer la clé qui signe le registre d’une communauté, et l’y inscrire."""
    log = _log(community)
    if not yes:
        asked = "La clé du registre change, et le registre le dira pour toujours. Continuer ?"
        click.confirm(asked, abort=True)
    before = keys.verifiers(log)
    key = keys.rotate(log, lost=lost)
    db.session.commit()
    while sequence(log) is not None:
        db.session.commit()
    say("La clé est changée. La nouvelle, à imprimer et à dire :")
    say(str(key.verifier))
    say(f"Son secret, à garder hors des sauvegardes : {keys.file_of(log, key.verifier)}")
    if before and not lost:
        say(f"L’ancien secret ne sert plus, effacez-le : {keys.file_of(log, before[-1])}")


@record.command(name="audit", hidden=True)
def audit_all() -> None:
    """Relire tous les registres : ce que fait « verify » sans reçu."""
    wrong = int(not _policy_is_read())
    for log in _logs():
        with err.status("Vérification…"):
            found = audit.check(log)
        for fault in found.faults[:MOST_SHOWN]:
            say(f"{log.origin}, {_place(fault)} : {fault.what}", wrong=True)
        if found.faults:
            wrong += 1
            many = counted("%(num)s anomalie", "%(num)s anomalies", len(found.faults))
            say(f"{log.origin} : {many}.", wrong=True)
        read = counted("%(num)s inscription", "%(num)s inscriptions", found.size)
        clean = "" if found.faults else "rien à signaler. "
        say(f"{log.origin} : {clean}{read}, {_seal(log)}")
        # One log at a time: nobody waits for the reading of another one's.
        db.session.rollback()
    if wrong:
        raise click.ClickException("Il y a quelque chose à examiner.")


def say(words: str, *, wrong: bool = False) -> None:
    """Print a line, as it is; what is wrong goes to the other side."""
    (err if wrong else out).print(words, highlight=False, markup=False, soft_wrap=True)


def _policy_is_read() -> bool:
    try:
        receipts.site_policy()
    except Malformed as refusal:
        say(f"La règle des témoins (FREECO_RECORD_POLICY) : {refusal}", wrong=True)
        return False
    return True


def _logs() -> list[RecordLog]:
    return list(db.session.scalars(select(RecordLog).order_by(RecordLog.id)))


def _log(slug: str | None) -> RecordLog:
    if slug is None:
        logs = _logs()
        if len(logs) > 1:
            named = ", ".join(each.community.slug for each in logs)
            raise click.UsageError(f"Il y a plusieurs registres : dites lequel ({named}).")
        if not logs:
            raise click.ClickException("Il n’y a pas encore de registre.")
        return logs[0]
    community = db.session.scalar(select(Community).where(Community.slug == slug))
    if community is None:
        raise click.ClickException(f"La communauté « {slug} » n’existe pas.")
    if community.rehearsal:
        raise click.ClickException("Une répétition n’a pas de registre.")
    log = reading.log_if_any(community)
    if log is None:
        raise click.ClickException("Rien n’est encore inscrit dans ce registre.")
    return log


def _sealed(log: RecordLog) -> RecordCheckpoint:
    checkpoint = reading.latest_checkpoint(log)
    if checkpoint is None:
        raise click.ClickException("Ce registre n’a pas encore de sceau : attendez une minute.")
    return checkpoint


def _entry(reference: str, slug: str | None) -> RecordEntry:
    query = select(RecordEntry).where(RecordEntry.reference == reference)
    if slug is not None:
        query = query.where(RecordEntry.log_id == _log(slug).id)
        if reference.isdecimal() and len(reference) <= len(str(2**63 - 1)) - 1:
            query = select(RecordEntry).where(
                RecordEntry.log_id == _log(slug).id, RecordEntry.leaf_index == int(reference) - 1
            )
    found = db.session.scalar(query)
    if found is None:
        raise click.ClickException(f"Aucune inscription n’est à « {reference} ».")
    return found


def _seal(log: RecordLog) -> str:
    checkpoint = reading.latest_checkpoint(log)
    if checkpoint is None:
        return "pas encore de sceau"
    root = Checkpoint(log.origin, checkpoint.size, checkpoint.root).text.split("\n")[2]
    waiting = select(func.count()).where(
        RecordEntry.log_id == log.id, RecordEntry.leaf_index.is_(None)
    )
    late = db.session.scalar(waiting) or 0
    more = counted(" (%(num)s attend sa place)", " (%(num)s attendent leur place)", late)
    return f"sceau de taille {checkpoint.size} : {root}{more if late else ''}"


def _place(fault: Fault) -> str:
    if fault.index is not None:
        return f"inscription n° {fault.index + 1}"
    return "registre" if fault.size is None else f"sceau de taille {fault.size}"


def _span(first: int, last: float) -> str:
    until = "en vigueur" if last == float("inf") else f"jusqu’à la taille {last}"
    return f"depuis la taille {first}, {until}"
