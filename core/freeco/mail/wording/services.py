"""Writing a letter in one's own words, and going back to ours."""

from collections.abc import Iterable

from sqlalchemy import delete, func, select

from freeco.db import db, lock
from freeco.i18n import listed, said
from freeco.mail.wording import applying, catalogue
from freeco.mail.wording.errors import KeptWords, WrittenMeanwhile, WrongWords
from freeco.mail.wording.models import LetterWording
from freeco.mail.wording.spots import blocks_of, fits, kept, missing, named, tidied
from freeco.members.models import STEWARD, Community, Member
from freeco.module import LetterKind

VERSIONS_KEPT = 20


def may_write(kind: LetterKind, held: frozenset[str]) -> bool:
    """Whether who holds these permissions may write a letter."""
    return STEWARD in held or (bool(kind.keeper) and kind.keeper in held)


def understood(kind: LetterKind, subject: str, body: str) -> tuple[str, str]:
    """Return both as they are kept. Raises WrongWords, which says what is wrong at each field."""
    wrong: dict[str, list[str]] = {}
    subject, strange = kept(kind, subject)
    _note_strange(wrong, "subject", strange)
    long = [str(kind.words[name]) for name in sorted(named(subject) & blocks_of(kind))]
    if long:
        wrong.setdefault("subject", []).append(
            said("Trop long pour un objet : %(words)s.", words=_braced(long))
        )
    body, strange = kept(kind, body)
    _note_strange(wrong, "body", strange)
    lacking = missing(kind, f"{subject}\n{body}")
    if lacking:
        wrong.setdefault("body", []).append(
            said(
                "Cette lettre ne peut pas s’en passer : %(words)s. Remettez-le où vous voulez.",
                words=_braced(str(kind.words[name]) for name in lacking),
            )
        )
    if wrong:
        raise WrongWords(wrong)
    return subject, tidied(body)


def _note_strange(wrong: dict[str, list[str]], field: str, strange: list[str]) -> None:
    if strange:
        wrong.setdefault(field, []).append(
            said("Ce mot entre accolades n’existe pas ici : %(words)s.", words=listed(strange))
        )


def _braced(words: Iterable[str]) -> str:
    return listed([f"{{{each}}}" for each in words])


def write(
    kind: LetterKind,
    by: Member,
    *,
    language: str,
    subject: str,
    body: str,
    seen: int,
) -> LetterWording:
    """Keep a community's words for a letter, from now on; ``seen`` is the version it was shown.

    The same words again are not another version. Raises KeptWords, WrongWords, WrittenMeanwhile.
    """
    if kind.kept:
        raise KeptWords
    subject, body = understood(kind, subject, body)
    return _next(kind, by, language, subject, body, seen)


def go_back(kind: LetterKind, by: Member, *, language: str) -> None:
    """Use our words again; twice is once. What was written stays among the versions."""
    if kind.kept:
        raise KeptWords
    lock(by.community)
    if applying.in_force(by.community, kind, language) is not None:
        _next(kind, by, language, "", "", None)


def _next(
    kind: LetterKind, by: Member, language: str, subject: str, body: str, seen: int | None
) -> LetterWording:
    community = by.community
    lock(community)
    last = applying.latest(community, kind, language)
    if last is not None and (last.subject, last.body) == (subject, body):
        return last
    version = last.version if last is not None else 0
    if seen is not None and seen != version:
        raise WrittenMeanwhile
    row = LetterWording(
        community=community,
        letter=kind.name,
        language=language,
        version=version + 1,
        subject=subject,
        body=body,
        written_by=by,
    )
    db.session.add(row)
    db.session.execute(
        delete(LetterWording).where(
            LetterWording.community_id == community.id,
            LetterWording.letter == kind.name,
            LetterWording.language == language,
            LetterWording.version <= version + 1 - VERSIONS_KEPT,
        )
    )
    db.session.flush()
    return row


def versions(community: Community, kind: LetterKind, language: str) -> list[LetterWording]:
    """Return what was written for a letter, the latest first."""
    return list(
        db.session.scalars(
            select(LetterWording)
            .where(
                LetterWording.community_id == community.id,
                LetterWording.letter == kind.name,
                LetterWording.language == language,
            )
            .order_by(LetterWording.version.desc())
        )
    )


def latest_of_all(community: Community) -> list[LetterWording]:
    """Return the last words of a community for each letter and language; one query."""
    newest = (
        select(
            LetterWording.letter,
            LetterWording.language,
            func.max(LetterWording.version).label("version"),
        )
        .where(LetterWording.community_id == community.id)
        .group_by(LetterWording.letter, LetterWording.language)
        .subquery()
    )
    rows = db.session.scalars(
        select(LetterWording)
        .join(
            newest,
            (LetterWording.letter == newest.c.letter)
            & (LetterWording.language == newest.c.language)
            & (LetterWording.version == newest.c.version),
        )
        .where(LetterWording.community_id == community.id)
        .order_by(LetterWording.letter, LetterWording.language)
    )
    return [row for row in rows if row.own]


def to_mend(row: LetterWording, kind: LetterKind) -> bool:
    """Whether a community's words no longer fit their letter."""
    return not fits(kind, f"{row.subject}\n{row.body}")


def export(member: Member) -> list[dict[str, str]]:
    """Give the letters that a member wrote for a community."""
    rows = db.session.scalars(
        select(LetterWording)
        .where(LetterWording.written_by_id == member.id)
        .order_by(LetterWording.id)
    )
    return [
        {
            "letter": row.letter,
            "language": row.language,
            "subject": row.subject,
            "body": row.body,
            "written_at": row.written_at.isoformat(),
        }
        for row in rows
    ]


def copy(source: Community, target: Community) -> None:
    """Give a rehearsal the letters of the community that rehearses."""
    for row in latest_of_all(source):
        db.session.add(
            LetterWording(
                community=target,
                letter=row.letter,
                language=row.language,
                version=1,
                subject=row.subject,
                body=row.body,
            )
        )


def obsolete(community: Community) -> list[tuple[LetterWording, LetterKind]]:
    """Return the letters whose words are to be mended, of the modules that are there."""
    kinds = {kind.name: kind for kind in catalogue.every()}
    return [
        (row, kinds[row.letter])
        for row in latest_of_all(community)
        if row.letter in kinds and to_mend(row, kinds[row.letter])
    ]
