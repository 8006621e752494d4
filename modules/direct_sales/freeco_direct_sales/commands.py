"""What direct sales add to the command line."""

from pathlib import Path

import click
from rich.console import Console

from freeco.db import db
from freeco_direct_sales.models import Distribution
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
