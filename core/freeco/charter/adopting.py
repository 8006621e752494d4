"""A new version of a community's charter, voted by its members article by article.

It holds in that community alone: the members of the others have not voted it. The founding
charter stays what a new community begins with.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import func, select

from freeco.charter import services as charter
from freeco.charter.models import CharterText, VotedCharter
from freeco.db import db, lock
from freeco.errors import Refusal
from freeco.i18n import _
from freeco.members.models import Community
from freeco.record import parameters
from freeco.record.codes import as_code
from freeco.record.parameter_names import CHARTER
from freeco.record.stating import state

BEFORE_ARTICLES = re.compile(r"^(?=## )", re.MULTILINE)
HEADINGS = re.compile(r"^##? ", re.MULTILINE)


class CharterMoved(Refusal):
    """What was voted starts from an article that reads otherwise today."""

    reason = _(
        "Un article de la charte a changé depuis que ce vote a été préparé : ce qui a été voté ne "
        "peut plus s’y appliquer tel quel."
    )


class NothingAmended(Refusal):
    """A version that says the same is no version."""

    reason = _("La charte serait la même : changez, ajoutez ou retirez au moins un article.")
    status = 422


@dataclass(frozen=True)
class Amended:
    """An article before and after, in Markdown with its heading; empty for none."""

    before: str
    """Empty for a new article, which comes last."""
    after: str
    """Empty for an article that goes."""


def sections(text: str) -> list[str]:
    """Cut a charter at its articles, each with its heading; the introduction comes first."""
    return [each.strip() for each in BEFORE_ARTICLES.split(text) if each.strip()]


def section(number: int, title: str, body: str) -> str:
    """Write an article with its heading."""
    return f"## Article {number} – {title.strip()}\n\n{body.strip()}"


def amended(text: str, amendments: Sequence[Amended]) -> str:
    """Return a charter with its articles changed. Raises CharterMoved, NothingAmended."""
    found: list[str] = sections(text)
    for each in amendments:
        if not each.before:
            found.append(each.after.strip())
            continue
        if found.count(each.before.strip()) != 1:
            raise CharterMoved
        found[found.index(each.before.strip())] = each.after.strip()
    whole = "\n\n".join(each for each in found if each) + "\n"
    if sections(whole) == sections(text) or not sections(whole):
        raise NothingAmended
    return whole


def adopt(community: Community, amendments: Sequence[Amended], decided: str) -> CharterText:
    """Put a new version in force in a community: its members are asked to accept it.

    ``decided`` is the decision behind it, ``module:kind:id``; the same again changes nothing.
    Raises CharterMoved, NothingAmended.
    """
    lock(community)
    done = db.session.scalar(select(VotedCharter).where(VotedCharter.decided == decided))
    if done is not None:
        return done.text
    before = charter.reading("", community)
    text = amended(before.text, amendments)
    last = db.session.scalar(
        select(func.max(VotedCharter.number)).where(VotedCharter.community_id == community.id)
    )
    number = (last or 0) + 1
    digest = sha256(text.encode()).hexdigest()
    row = charter.kept(charter.Reading(_version(number), before.language, digest, text))
    voted = VotedCharter(community=community, number=number, text=row, decided=decided)
    db.session.add(voted)
    db.session.flush()
    state(
        community,
        "charter.adopted",
        f"charter_adopted:{voted.id}",
        about={
            "version": as_code(row.version),
            "language": as_code(row.language),
            "text": row.sha256,
            "decided": decided,
        },
    )
    parameters.changed(
        community, CHARTER, as_code(before.version), as_code(row.version), decided=decided
    )
    return row


def _version(number: int) -> str:
    """Return the name of a community's own version, after the founding one: 1.1, 1.2."""
    versions = charter.source().versions()
    wanted = f"{versions[-1]}.{number}"
    return wanted if wanted not in versions else f"{wanted}.0"
