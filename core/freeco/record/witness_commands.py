"""``freeco record witness`` and ``freeco record mirror``."""

from pathlib import Path

import click

from freeco.cli_output import err, out
from freeco.db import db
from freeco.errors import Refusal
from freeco.kernel import kernel
from freeco.record import keys, witnessing
from freeco.record import mirror as mirrors
from freeco.record import witness as witnesses
from freeco.record.note import VerifierKey


@click.group()
def witness() -> None:
    """Les témoins : ceux que l’on demande, et ceux que l’on est."""


@witness.command()
def key() -> None:
    """Écrire la clé publique de ce site comme témoin, et la ligne à donner à d’autres."""
    out.print(str(keys.witness_key().verifier), highlight=False, markup=False, soft_wrap=True)
    address = f"{kernel().settings.base_url}/temoin"
    err.print(f"adresse pour les demandes : {address}", highlight=False, markup=False)


@witness.command()
@click.argument("vkey")
def watch(vkey: str) -> None:
    """Être témoin d’un registre ; sa clé de nouveau, quand elle a changé."""
    log = witnesses.watch(vkey)
    db.session.commit()
    out.print(f"Ce site est témoin de {log.origin}.", highlight=False, markup=False)


@witness.command()
@click.argument("origin")
@click.option("--yes", is_flag=True, help="Ne pas demander de confirmation.")
def unwatch(origin: str, yes: bool) -> None:
    """Ne plus être témoin d’un registre, et oublier ce que l’on en a vu."""
    log = witnesses.find(origin)
    db.session.rollback()
    if not yes:
        click.confirm(
            f"Ce site oubliera ce qu’il a vu de {log.origin} ({log.size} inscriptions) : s’il en "
            "redevient témoin, il acceptera n’importe quel passé. Continuer ?",
            abort=True,
        )
    witnesses.unwatch(origin)
    db.session.commit()
    out.print(f"Ce site n’est plus témoin de {origin}.", highlight=False, markup=False)


@witness.command(name="list")
def list_watched() -> None:
    """Lister les registres dont ce site est témoin, et ce qui les contredit."""
    for each in witnesses.watching():
        seen = each.log.seen_at.isoformat(timespec="minutes") if each.log.seen_at else "jamais vu"
        out.print(
            f"{each.log.origin}  {each.log.size}  {seen}",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )
        for alarm in each.contradicted:
            found = alarm.found_at.isoformat(timespec="minutes")
            out.print(f"  contredit ({alarm.kind}) depuis {found}", style="red", highlight=False)


@witness.command()
def ask() -> None:
    """Demander tout de suite aux témoins de contresigner les derniers sceaux."""
    problem = witnessing.policy_problem()
    if problem:
        raise click.ClickException(problem)
    outcomes = witnessing.ask(at_once=True)
    for each in outcomes:
        word = "contresigné" if each.cosigned else f"pas contresigné ({each.why})"
        said = f"{each.origin}, {each.witness} : {word}"
        out.print(said, highlight=False, markup=False, soft_wrap=True)
    if not outcomes:
        out.print("Aucun sceau n’attend de témoin.")
    if not all(each.cosigned for each in outcomes):
        raise click.ClickException("Tous les témoins n’ont pas contresigné.")


@click.command()
@click.argument("url")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--key", "vkey", help="Clé publique du registre (vkey).")
def mirror(url: str, folder: Path, vkey: str | None) -> None:
    """Copier un registre dans un dossier, en vérifiant tout ; sans base ni site."""
    try:
        done = mirrors.mirror(url, folder, VerifierKey.read(vkey) if vkey else None)
    except (Refusal, ValueError) as error:
        raise click.ClickException(str(error)) from error
    head = done.checkpoint
    new = head.size - done.held
    out.print(
        f"{head.origin} : {head.size} inscriptions vérifiées, dont {new} nouvelles.",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )
    if done.key_changed:
        err.print(
            f"Ce dossier croit désormais cette clé : {done.key}",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )
        if not vkey:
            err.print(
                "Elle vient du registre lui-même : comparez-la avec celle qui est imprimée ou "
                "affichée, puis gardez-la.",
                highlight=False,
            )
