"""``freeco vote sign``: a sister cooperative signs tokens on her own computer, and sees none."""

import json
from hashlib import sha256
from pathlib import Path

import click
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from freeco.cli_output import anywhere
from freeco.i18n import counted
from freeco_project_decisions.sealed.errors import Unsound
from freeco_project_decisions.secret.commands.files import write_new
from freeco_project_decisions.tokens import blind, signer_files
from freeco_project_decisions.tokens.signer_files import Request

SHORTEST = 12
"""Characters of a passphrase."""
A_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
A_FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)


@click.group("vote")
def vote() -> None:
    """Les votes : ce qui se fait loin du site. Se joint aux autres commandes de ce nom."""


@vote.group("sign")
def sign() -> None:
    """Signer les jetons d’un vote secret, pour une autre coopérative, sans les voir."""


@sign.command("key")
@click.argument("vote", metavar="VOTE")
@click.option("--name", required=True, help="Le nom que les votants liront.")
@click.option("--folder", type=A_FOLDER, default=Path(), help="Où écrire les deux fichiers.")
@anywhere
def make_key(vote: str, name: str, folder: Path) -> None:
    """Faire une clé de signataire pour un vote, d’après son identifiant.

    Écrit deux fichiers : la clé, à garder, et « signataire-VOTE.json », à envoyer.
    """
    if not vote.isalnum() or not name.strip():
        raise click.UsageError("L’identifiant du vote est fait de lettres et de chiffres.")
    passphrase = click.prompt("Phrase de passe", hide_input=True, confirmation_prompt=True)
    if len(passphrase) < SHORTEST:
        raise click.ClickException("Une phrase de passe a douze caractères au moins.")
    key = blind.draw_key()
    locked = key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase.encode())
    )
    kept, sent = folder / f"signataire-{vote}.pem", folder / f"signataire-{vote}.json"
    write_new(kept, locked)
    write_new(sent, signer_files.write_public(key, vote, name.strip()).encode() + b"\n")
    click.echo(f"À garder, et à ne donner à personne : {kept}")
    click.echo(f"À envoyer à qui prépare le vote : {sent}")


@sign.command("requests")
@click.argument("key", metavar="CLÉ", type=A_FILE)
@click.argument("requests", metavar="DEMANDES", type=A_FILE)
@click.pass_context
@anywhere
def sign_requests(context: click.Context, key: Path, requests: Path) -> None:
    """Signer les demandes d’un vote : une fois par votant, jamais plus que de votants.

    Ce qui est signé est noté à côté de la clé. Sort avec 1 si une demande n’est pas permise : rien
    n’est signé alors.
    """
    try:
        vote, electors, asked = signer_files.read_requests(requests.read_text("utf-8"))
        private = _unlocked(key)
        book = _Book.beside(key, vote)
        book.allow(electors, asked)
        signed = {each.elector: blind.blind_sign(private, each.blinded) for each in asked}
    except (Unsound, ValueError) as refusal:
        click.echo(f"Rien n’est signé : {refusal}", err=True)
        context.exit(1)
    # Noted before it is given: what is signed twice is the same.
    book.write()
    answer = requests.with_name(f"signatures-{vote}.json")
    answer.write_text(signer_files.write_signatures(vote, signed) + "\n", "utf-8")
    many = len(book.signed)
    click.echo(counted("%(num)s jeton signé", "%(num)s jetons signés", many))
    click.echo(f"{electors} votants au plus, d’après la demande. À rendre : {answer}")


def _unlocked(file: Path) -> rsa.RSAPrivateKey:
    passphrase = click.prompt("Phrase de passe", hide_input=True)
    try:
        key = load_pem_private_key(file.read_bytes(), passphrase.encode())
    except (ValueError, TypeError) as wrong:
        raise Unsound("la phrase de passe n’ouvre pas cette clé") from wrong
    if not isinstance(key, rsa.RSAPrivateKey):
        raise Unsound("ce n’est pas une clé de signataire")
    return key


class _Book:
    """What was signed with a key, by the electors' numbers: a digest for each."""

    def __init__(self, file: Path, vote: str, electors: int, signed: dict[int, str]) -> None:
        self.file, self.vote, self.electors, self.signed = file, vote, electors, signed

    @classmethod
    def beside(cls, key: Path, vote: str) -> "_Book":
        """Read what stands beside a key; raises ``Unsound`` when it is for another vote."""
        file = key.with_suffix(".signed.json")
        if not file.exists():
            return cls(file, vote, 0, {})
        content = json.loads(file.read_text("utf-8"))
        if content["vote"] != vote:
            raise Unsound(f"cette clé a signé pour le vote {content['vote']}, pas pour {vote}")
        signed = {int(elector): digest for elector, digest in content["signed"].items()}
        return cls(file, vote, content["electors"], signed)

    def allow(self, electors: int, asked: list[Request]) -> None:
        """Note what is about to be signed; raises ``Unsound`` for what may not be."""
        if self.electors and electors != self.electors:
            raise Unsound(f"la liste avait {self.electors} votants, elle en a {electors}")
        for each in asked:
            digest = sha256(each.blinded).hexdigest()
            if self.signed.setdefault(each.elector, digest) != digest:
                raise Unsound(
                    f"le votant {each.elector} a déjà un jeton signé, d’une autre demande"
                )
        if len(self.signed) > electors:
            raise Unsound("il y aurait plus de jetons que de votants")
        self.electors = electors

    def write(self) -> None:
        """Write the book whole, or leave the one there is."""
        content = {"vote": self.vote, "electors": self.electors, "signed": self.signed}
        partial = self.file.with_suffix(".new")
        partial.write_text(json.dumps(content, sort_keys=True) + "\n", "utf-8")
        partial.replace(self.file)
