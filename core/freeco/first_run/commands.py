"""The commands that found a community: at once, or by printing where it can be done."""

import click

from freeco.cli_output import out
from freeco.db import db
from freeco.first_run import drafts
from freeco.kernel import kernel
from freeco.members import founding


@click.command()
@click.argument("slug")
@click.argument("name")
@click.option("--commune", default="", help="Commune où elle se trouve.")
@click.option("--email", required=True, help="Adresse de la première personne qui y veille.")
@click.option("--first-name", required=True)
@click.option("--last-name", required=True)
@click.option("--charter-accepted", is_flag=True, help="Cette personne a lu et accepté la charte.")
def found(
    slug: str,
    name: str,
    commune: str,
    email: str,
    first_name: str,
    last_name: str,
    charter_accepted: bool,
) -> None:
    """Fonder une communauté, et y inscrire la première personne qui veille sur elle."""
    if not charter_accepted:
        raise click.ClickException(
            "Accepter la charte est la seule condition d’entrée : lisez-la, "
            "puis ajoutez --charter-accepted."
        )
    founding.found(kernel().plugins, slug, name, commune, email, first_name, last_name)
    db.session.commit()
    out.print(
        f"La communauté {slug} est fondée ; un lien de connexion part à {email}.", highlight=False
    )


@click.command(name="first-run")
@click.option("--another", is_flag=True, help="Une adresse de plus, pour une autre communauté.")
def first_run(another: bool) -> None:
    """Afficher l’adresse secrète où fonder une communauté en cinq écrans."""
    print_first_run(kernel().settings.base_url, another=another)


def print_first_run(address: str, *, another: bool = False) -> None:
    """Print the secret addresses under which a community can be founded."""
    begun = drafts.links(another=another)
    db.session.commit()
    out.print("Pour fonder une communauté, ouvrez cette adresse, qui est secrète :")
    for path in begun:
        out.print(f"  {address}{path}", highlight=False, soft_wrap=True)
