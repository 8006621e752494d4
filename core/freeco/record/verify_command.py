"""``freeco record verify``: a receipt checked by whoever holds it, without site nor database."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from freeco.i18n import counted, day
from freeco.record.checkpoint import Checkpoint, check_cosignature
from freeco.record.commands import say
from freeco.record.errors import Malformed, NotSigned, RecordRefusal
from freeco.record.note import LONGEST, VerifierKey
from freeco.record.policy import Policy
from freeco.record.receipt import Receipt

UNKNOWN_SIGNER = 3
"""Exit status: all holds together, and nothing shows whose key it is."""
SPACES = "\u00a0\u202f"
UNPRINTABLE = "\ufffd"
A_FILE = click.Path(path_type=Path, dir_okay=False, allow_dash=True)


@click.command()
@click.argument("receipt", type=A_FILE, required=False)
@click.option("--key", "keys", multiple=True, help="Clé publique du registre, comme imprimée.")
@click.option("--policy", "rule", type=A_FILE, help="Règle : registres et témoins à croire.")
@click.pass_context
def verify(
    context: click.Context, receipt: Path | None, keys: tuple[str, ...], rule: Path | None
) -> None:
    """Vérifier un reçu, sans serveur ni compte ; sans reçu, relire tous les registres du site."""
    if receipt is None:
        if keys or rule is not None:
            raise click.UsageError("--key et --policy ne servent qu’avec un reçu.")
        _audit(context)
        return
    try:
        policy = _policy(keys, rule)
    except Malformed as refusal:
        raise click.UsageError(f"--key ou --policy. {refusal}") from refusal
    try:
        known = _check(_read(receipt), policy)
    except RecordRefusal as refusal:
        tell("Ce reçu est refusé.", wrong=True)
        tell(str(refusal), wrong=True)
        context.exit(1)
    if not known:
        context.exit(UNKNOWN_SIGNER)
    tell("Ce reçu est valable.")


def tell(words: str, *, wrong: bool = False) -> None:
    """Print a line that a stranger may have written, without what a terminal would obey."""
    shown = (each if each.isprintable() or each in SPACES else UNPRINTABLE for each in words)
    say("".join(shown), wrong=wrong)


def _audit(context: click.Context) -> None:
    group = context.parent.command if context.parent is not None else None
    if not isinstance(group, click.Group):
        raise click.UsageError("Donnez un reçu.")
    context.invoke(group.commands["audit"])


def _content(file: Path) -> bytes:
    try:
        with click.open_file(str(file), "rb") as opened:
            content: bytes = opened.read(LONGEST + 1)
    except OSError as error:
        raise click.ClickException(f"{file} ne se lit pas.") from error
    if len(content) > LONGEST:
        raise Malformed(str(file))
    return content


def _read(file: Path) -> Receipt:
    try:
        return Receipt.read(_content(file).decode())
    except UnicodeDecodeError as error:
        raise Malformed("UTF-8") from error


def _policy(keys: Sequence[str], rule: Path | None) -> Policy:
    known = [VerifierKey.read(each.strip()) for each in keys]
    if rule is None:
        return Policy.of(*known)
    policy = Policy.read(_content(rule))
    return policy.for_log(*known) if known else policy


def _check(receipt: Receipt, policy: Policy) -> bool:
    """Say each check as it is passed; return whether anything shows whose key signed."""
    checkpoint = receipt.check()
    statement = receipt.statement
    tell(f"Inscription : {statement.kind}, {day(statement.day)}, n° {receipt.index + 1}.")
    for name, value in statement.about.items():
        tell(f"  {name} : {_shown(value)}")
    for name, opening in receipt.openings.items():
        tell(f"Contenu « {name} » : c’est bien ce qui a été scellé.")
        for field, value in dict(opening.fields).items():
            tell(f"  {field} : {_shown(value)}")
    closed = len(statement.sealed.keys() - receipt.openings.keys())
    if closed:
        sealed = "%(num)s contenu scellé n’est pas joint.", "%(num)s contenus ne sont pas joints."
        tell(counted(*sealed, closed))
    said = counted("%(num)s inscription", "%(num)s inscriptions", checkpoint.size)
    tell(f"Preuve : l’inscription est bien sous le sceau de {checkpoint.origin} ({said}).")
    if not policy.logs:
        _unknown(receipt, policy, checkpoint)
        return False
    policy.check(receipt.checkpoint)
    for key in policy.log_keys:
        # Those of other logs were not checked, whatever stands there in their name.
        if key.name == checkpoint.origin and receipt.checkpoint.of(key) is not None:
            tell(f"Signature : {key}")
    _witnesses(receipt, policy)
    return True


def _witnesses(receipt: Receipt, policy: Policy) -> None:
    for each in policy.witnesses:
        try:
            at = check_cosignature(receipt.checkpoint, each.key)
        except NotSigned:
            continue
        tell(f"Témoin : {each.name}, le {at:%Y-%m-%d à %H:%M} UTC.")


def _unknown(receipt: Receipt, policy: Policy, checkpoint: Checkpoint) -> None:
    """Say that nothing shows whose key this is, and which line to compare."""
    policy.check_quorum(receipt.checkpoint)
    _witnesses(receipt, policy)
    signed = [each for each in receipt.checkpoint.signatures if each.name == checkpoint.origin]
    if not signed:
        raise NotSigned
    tell("Tout se tient, mais rien ne montre encore à qui est la clé qui a signé.")
    tell("Comparez avec la clé imprimée du registre, qui doit commencer par :")
    for each in signed:
        tell(f"  {each.name}+{each.key_id.hex()}+")
    tell("Puis vérifiez de nouveau, avec --key et cette clé entière.")


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    return str(value)
