"""What a trustee's own computer does at each step, with the file they keep: never the site's.

A task is what the site shows them, all of it public and none of it believed: each certificate,
commitment and part is checked against the others.
"""

from collections.abc import Mapping
from dataclasses import dataclass
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
from freeco_project_decisions.sealed.kept_keys import KeptKey, Opens
from freeco_project_decisions.sealed.proofs import Form
from freeco_project_decisions.sealed.tallying import Sums, open_part
from freeco_project_decisions.sealed.trustees import (
    Member,
    Trustees,
    accept_part,
    publish,
    secret_from,
)
from freeco_project_decisions.sealed.writing import number, read

Task = Mapping[str, Any]
Answer = dict[str, Any]


@dataclass(frozen=True)
class Closed:
    """What a trustee opens: read in a vote's own file, every proof of which was checked."""

    opens: Opens
    election: Election
    trustees: Trustees
    sums: Sums


def draw_kept(task: Task) -> KeptKey:
    """Draw what a trustee keeps, for their place in a group and for one kind of vote."""
    threshold, opens = task["threshold"], Opens(task["opens"])
    return KeptKey(task["identifier"], opens, task["place"], threshold, Member.draw(threshold))


def answer(kept: KeptKey, task: Task) -> Answer:
    """Return what a trustee hands over at a step of making the keys.

    Raises ``Unsound`` when the task is of another group, or something in it does not hold.
    """
    step = task["step"]
    _require_own(kept, task)
    if step == "key":
        return {"key": publish(kept.member.polynomial[0]).written()}
    if step == "commit":
        return {"certificate": kept.member.certificate().written()}
    if step == "parts":
        return _parts(kept, task)
    if step == "check":
        return {"key": publish(secret_of(kept, task)).written()}
    raise Unsound(_("rien à faire à cette étape"))


def opened(kept: KeptKey, task: Task, closed: Closed) -> Answer:
    """Open what a vote's file holds, and prove it: a sum in both forms, ballots in the bound one.

    A site that asks for another file than the vote's could have one voter's ballot opened: raises
    ``Unsound`` when the key was drawn for another vote, or for another kind of vote.
    """
    _require_own(kept, task)
    if closed.opens is not kept.opens:
        raise Unsound(_("cette clé n’ouvre pas ce genre de vote"))
    if closed.election.text != task["election"]:
        raise Unsound(_("ce fichier est celui d’un autre vote"))
    secret = secret_of(kept, task)
    if closed.trustees.keys[kept.place - 1 : kept.place] != [GENERATOR.power(secret)]:
        raise Unsound(_("ce vote n’est pas fermé avec votre clé"))

    def part(form: Form) -> Any:
        return read(open_part(secret, closed.election, closed.sums, form).text)

    if kept.opens is Opens.BALLOTS:
        return {"opening": part(Form.BOUND)}
    return {"opening": part(Form.BELENIOS), "bound": part(Form.BOUND)}


def _require_own(kept: KeptKey, task: Task) -> None:
    mine = (kept.election, kept.place, kept.opens.value)
    if (task["identifier"], task["place"], task["opens"]) != mine:
        raise Unsound(_("ce fichier est celui d’une autre clé"))


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
