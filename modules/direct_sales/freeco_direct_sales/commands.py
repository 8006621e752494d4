"""What direct sales add to the command line."""

from pathlib import Path

import click
from rich.console import Console

from freeco.cli_output import tell
from freeco.db import db
from freeco_direct_sales.exchange.dfc_import import read_list
from freeco_direct_sales.exchange.taking import take_list
from freeco_direct_sales.models import Distribution, Producer
from freeco_direct_sales.papers import print_sign_off_sheet
from freeco_direct_sales.sheets import sign_off_sheet


@click.command("sheet")
@click.argument("distribution", type=click.IntRange(1, 2_147_483_647))
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), required=True)
@click.option("--large", is_flag=True, help="Plus grands caractères, sur plusieurs pages.")
def sheet(distribution: int, output: Path, large: bool) -> None:
    """Écrire la feuille d’émargement d’une distribution (PDF)."""
    found = db.session.get(Distribution, distribution)
    if found is None:
        raise click.ClickException(f"La distribution {distribution} n’existe pas.")
    with Console(stderr=True).status("Mise en page de la feuille…"):
        output.write_bytes(print_sign_off_sheet(sign_off_sheet(found), large_type=large))
    click.echo(f"{output}")


@click.group("import")
def imports() -> None:
    """Reprendre un tableur existant : tout, ou rien."""


@imports.command("products")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--producer", type=click.IntRange(1, 2_147_483_647), required=True)
@click.option("--dry-run", is_flag=True, help="Montrer sans rien écrire.")
def import_products(file: Path, producer: int, dry_run: bool) -> None:
    """Reprendre les produits d’un producteur (Open Food Network, Foodsoft, tableur)."""
    found = db.session.get(Producer, producer)
    if found is None:
        raise click.ClickException(f"Le producteur {producer} n’existe pas.")
    reading = read_list(file.name, file.read_bytes())
    tell(reading.problems, reading.notices)
    if dry_run:
        click.echo(f"{len(reading.products)} produits lus ; rien n’est écrit (--dry-run).")
        return
    with Console(stderr=True).status("Enregistrement…"):
        done = take_list(found, reading)
    db.session.commit()
    click.echo(f"{found.name} : {done}.")
