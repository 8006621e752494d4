"""What a trustee's own computer does at each step, with the file they keep: never the site's.

A task is what the site shows them, all of it public and none of it believed: each certificate,
commitment and part is checked against the others.
"""

from collections.abc import Mapping
from typing import Any

from gmpy2 import mpz

from freeco.i18n import _
from freeco_project_decisions.sealed.boxes import Box, lock_box, open_box
from freeco_project_decisions.sealed.commitments import (
    Signed,
    read_certificate,
)
from freeco_project_decisions.sealed.elections import Election
from freeco_project_decisions.sealed.errors import Unsound
from freeco_project_decisions.sealed.groups import GENERATOR
from freeco_project_decisions.sealed.kept_keys import KeptKey
from freeco_project_decisions.sealed.proofs import Form
from freeco_project_decisions.sealed.tallying import Sums, open_part
from freeco_project_decisions.sealed.trustees import (
    Member,
    accept_part,
    publish,
    secret_from,
)
from freeco_project_decisions.sealed.writing import number, read

Task = Mapping[str, Any]
Answer = dict[str, Any]


def draw_kept(task: Task) -> KeptKey:
    """Draw what a trustee keeps, for their place in a group."""
    threshold = task["threshold"]
    return KeptKey(task["identifier"], task["place"], threshold, Member.draw(threshold))


def answer(kept: KeptKey, task: Task) -> Answer:
    """Return what a trustee hands over at a step of making the keys.

    Raises ``Unsound`` when the task is of another group, or something in it does not hold.
    """
    step = task["step"]
    if (task["identifier"], task["place"]) != (kept.election, kept.place):
        raise Unsound(_("ce fichier est celui d’une autre clé"))
    if step == "key":
        return {"key": publish(kept.member.polynomial[0]).written()}
    if step == "commit":
        return {"certificate": kept.member.certificate().written()}
    if step == "parts":
        return _parts(kept, task)
    if step == "check":
        return {"key": publish(secret_of(kept, task)).written()}
    raise Unsound(_("rien à faire à cette étape"))


def opened(kept: KeptKey, task: Task, election: Election, sums: Sums, form: Form) -> Answer:
    """Open the sums of an archive that the trustee verified; raises ``Unsound``."""
    return {"opening": read(open_part(secret_of(kept, task), election, sums, form).text)}


def secret_of(kept: KeptKey, task: Task) -> mpz:
    """Make a trustee's own secret of the parts that all handed them; raises ``Unsound``."""
    if kept.threshold == 1:
        return kept.member.polynomial[0]
    _receivers(kept, task)
    parts = []
    for sender, (committed, box) in enumerate(
        zip(task["coefexps"], task["parts"], strict=True), start=1
    ):
        if sender == kept.place:
            part = kept.member.part_of(sender)
        else:
            purpose = _purpose(kept, sender, kept.place)
            opened = open_box(Box.read(box), kept.member.decryption, purpose)
            part = number(opened.decode())
        parts.append(accept_part(part, Signed.read(committed), kept.place))
    return secret_from(parts)


def _parts(kept: KeptKey, task: Task) -> Answer:
    parts = [
        None
        if receiver == kept.place
        else lock_box(
            encryption,
            str(kept.member.part_of(receiver)).encode(),
            _purpose(kept, kept.place, receiver),
        ).written()
        for receiver, encryption in enumerate(_receivers(kept, task), start=1)
    ]
    return {"coefexps": kept.member.coefficients().written(), "parts": parts}


def _receivers(kept: KeptKey, task: Task) -> list[mpz]:
    """Return the keys by which the trustees receive, once one's own is seen among them."""
    keys = [read_certificate(Signed.read(each)) for each in task["certificates"]]
    mine = (GENERATOR.power(kept.member.signing), GENERATOR.power(kept.member.decryption))
    if not 1 <= kept.place <= len(keys) or keys[kept.place - 1] != mine:
        raise Unsound(_("une autre clé est à votre place dans le groupe"))
    return [encryption for _verification, encryption in keys]


def _purpose(kept: KeptKey, sender: int, receiver: int) -> str:
    return f"part|{kept.election}|{sender}|{receiver}"
