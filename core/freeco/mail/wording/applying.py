"""A letter as a community wrote it, or in our words."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import select

from freeco.db import db
from freeco.mail.letters import FOOT, OWN_LETTERS, Letter, post, write_letter
from freeco.mail.models import OutgoingMail
from freeco.mail.wording import catalogue
from freeco.mail.wording.models import LetterWording
from freeco.mail.wording.spots import Obsolete, filled
from freeco.members.models import Community
from freeco.module import LetterKind


def worded(
    community: Community | None,
    template: str,
    language: str,
    folder: Path,
    content: Mapping[str, Any],
    *,
    asked: dict[str, LetterWording | None] | None = None,
) -> Letter:
    """Write a letter in the words of a community, if it has its own; else in ours.

    Its own words that no longer fit the letter are left aside: what people need is still said.
    ``asked`` keeps its words by language, for who writes the same letter to many.
    """
    ours = write_letter(template, language, folder, content)
    kind = catalogue.kind_of(template, folder) if community is not None else None
    if community is None or kind is None or kind.kept:
        return ours
    asked = {} if asked is None else asked
    if language not in asked:
        asked[language] = in_force(community, kind, language)
    own = asked[language]
    if own is None:
        return ours
    try:
        return with_foot(filled(kind, own.subject, own.body, language, content), ours)
    except Obsolete:
        return ours


def send_in_words_of(
    community: Community,
    recipient: str,
    template: str,
    language: str,
    /,
    *,
    folder: Path = OWN_LETTERS,
    **content: object,
) -> OutgoingMail:
    """Write a letter that a community sends, without switch, to somebody who may be no member."""
    return post(recipient, worded(community, template, language, folder, content), language)


def with_foot(own: Letter, ours: Letter) -> Letter:
    """Put under a community's words the foot that our letter has, if it has one."""
    _body, line, foot = ours.body.partition(f"\n{FOOT}\n")
    return Letter(own.subject, own.body + (line + foot if line else ""))


def latest(community: Community, kind: LetterKind, language: str) -> LetterWording | None:
    """Return what a community wrote last for a letter, be it to go back to our words."""
    return db.session.scalar(
        select(LetterWording)
        .where(
            LetterWording.community_id == community.id,
            LetterWording.letter == kind.name,
            LetterWording.language == language,
        )
        .order_by(LetterWording.version.desc())
        .limit(1)
    )


def in_force(community: Community, kind: LetterKind, language: str) -> LetterWording | None:
    """Return the community's own words for a letter; none where ours are used."""
    found = latest(community, kind, language)
    return found if found is not None and found.own else None
