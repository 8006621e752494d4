"""The papers of an assembly, set by typst."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from freeco.i18n import moment, said
from freeco.members.models import Member
from freeco.paper import render_pdf
from freeco_project_decisions.assembly import contents
from freeco_project_decisions.assembly.models import Assembly, Minutes

TEMPLATES = Path(__file__).parent / "papers"


def print_convocation(assembly: Assembly, members: Sequence[Member] = ()) -> bytes:
    """Print the convocation: one to hang up, or one a member, addressed to be posted."""
    content = contents.convocation(assembly)
    content["letters"] = [_addressee(each) for each in members] or [{"lines": [], "name": ""}]
    return render_pdf(TEMPLATES / "convocation.typ", content)


def _addressee(member: Member) -> dict[str, Any]:
    person = member.person
    if person is None:
        return {"lines": [member.name], "name": member.name}
    town = f"{person.postal_code} {person.commune}".strip()
    lines = [person.name, *person.address.splitlines(), town]
    return {"lines": [line for line in lines if line], "name": person.name}


def print_roll(assembly: Assembly) -> bytes:
    """Print the attendance sheet, to be signed."""
    return render_pdf(TEMPLATES / "roll.typ", contents.roll(assembly))


def print_minutes(assembly: Assembly, content: Mapping[str, Any], fixed: Minutes | None) -> bytes:
    """Print minutes: a draft, or what was fixed with the signatures given so far."""
    signed = [_signed(fixed.chair_signed_at), _signed(fixed.secretary_signed_at)] if fixed else []
    done = bool(fixed and fixed.chair_signed_at and fixed.secretary_signed_at)
    state = "" if done else said("Projet : ce texte n’est pas encore signé.")
    made_at = fixed.fixed_at if fixed is not None else assembly.closed_at
    return render_pdf(
        TEMPLATES / "minutes.typ",
        {**content, "signed": signed or ["", ""], "state": state},
        made_at=made_at,
    )


def _signed(at: Any) -> str:
    return said("signé sur le site le %(moment)s", moment=moment(at)) if at else ""


def print_register(content: Mapping[str, Any]) -> bytes:
    """Print the register of decisions of some time."""
    return render_pdf(TEMPLATES / "register.typ", content)
