"""A new version of the charter, written article by article, deliberated, and put to the vote."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from freeco.charter import services as charter
from freeco.charter.adopting import Amended, NothingAmended, section, sections
from freeco.charter.articles import articles
from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Invalid
from freeco.i18n import _, said
from freeco.members.models import Community, Member
from freeco_project_decisions.deliberation import proposing, reading, texts
from freeco_project_decisions.deliberation.models import (
    Paragraph,
    ParagraphVersion,
    Proposal,
    Stage,
)
from freeco_project_decisions.deliberation.paragraphs import Written as Typed
from freeco_project_decisions.effects.binding import bind_charter
from freeco_project_decisions.polls import preparing
from freeco_project_decisions.polls.binds import QUORUM_PART, QUORUM_WHOLE
from freeco_project_decisions.polls.models import Method, Poll
from freeco_project_decisions.polls.preparing import Written

ABOUT = "charter"
"""What a proposal for the charter is about."""
NEW = 0
"""The number under which a new article is typed."""
HEADING = re.compile(r"^#{1,2}(\s|$)", re.MULTILINE)


@dataclass(frozen=True)
class Point:
    """An article in force, as it may be written anew."""

    number: int
    title: str
    body: str
    section: str
    """Its Markdown with its heading, to the letter."""


def points(community: Community) -> list[Point]:
    """Return the articles of the charter in force in a community; the introduction is none."""
    text = charter.reading("", community)
    cut = zip(articles(text), sections(text.text), strict=True)
    return [
        Point(article.number, article.title, article.body, words)
        for article, words in cut
        if words.startswith("## ")
    ]


def amendments(community: Community, typed: Mapping[int, tuple[str, str]]) -> list[Amended]:
    """Return what changes, article by article, in a charter written anew.

    ``typed`` gives each article's title and text by its number, and a new one's under ``NEW``;
    one without title and text goes. Raises NothingAmended, and Invalid for a half-empty article.
    """
    known = points(community)
    found = []
    for point in known:
        title, body = (each.strip() for each in typed.get(point.number, (point.title, point.body)))
        _require_whole(point.number, title, body)
        if (title, body) != (point.title, point.body):
            found.append(Amended(point.section, _written(point, title, body)))
    title, body = (each.strip() for each in typed.get(NEW, ("", "")))
    _require_whole(NEW, title, body)
    if title:
        last = max((point.number for point in known), default=0)
        found.append(Amended("", section(last + 1, title, body)))
    if not found:
        raise NothingAmended
    return found


def _require_whole(number: int, title: str, body: str) -> None:
    if bool(title) != bool(body):
        missing = "body" if title else "title"
        words = _("Un article a un titre et un texte. Pour le retirer, videz les deux.")
        raise Invalid({f"{missing}_{number}": [str(words)]})
    if HEADING.search(body) or "\n" in title or title.startswith("#"):
        words = _("Un article n’en contient pas d’autre : pas de ligne qui commence par « # ».")
        raise Invalid({f"body_{number}": [str(words)]})


def _written(point: Point, title: str, body: str) -> str:
    if not title:
        return ""
    if title != point.title:
        return section(point.number, title, body)
    heading, _line, _rest = point.section.partition("\n")
    return f"{heading}\n\n{body}"


def put_to_vote(
    community: Community, author: Member, found: Sequence[Amended], closes_at: datetime, whole: bool
) -> list[Poll]:
    """Keep the drafts of one vote on the whole, or of one for each article that changes."""
    if whole or len(found) == 1:
        return [_draft(community, author, _title(found), found, closes_at)]
    return [_draft(community, author, _title([each]), [each], closes_at) for each in found]


def _title(found: Sequence[Amended]) -> str:
    if len(found) > 1:
        return said("Adopter une nouvelle version de la charte")
    heading = (found[0].after or found[0].before).partition("\n")[0].lstrip("# ").strip()
    if not found[0].before:
        return said("Charte, nouvel article : %(heading)s", heading=heading)[:120]
    if not found[0].after:
        return said("Charte, article à retirer : %(heading)s", heading=heading)[:120]
    return said("Charte, article à changer : %(heading)s", heading=heading)[:120]


def _draft(
    community: Community,
    author: Member,
    title: str,
    found: Sequence[Amended],
    closes_at: datetime,
    more: str = "",
    asked_by: str = "",
) -> Poll:
    adopting = said(
        "Si ce vote l’adopte, la nouvelle version de la charte vaut pour cette communauté : "
        "chaque membre sera invité à la lire et à l’accepter."
    )
    written = Written(
        title=title,
        text=f"{adopting}\n\n{more}".strip(),
        opens_at=min(now(), closes_at),
        closes_at=closes_at,
        quorum_part=QUORUM_PART,
        quorum_whole=QUORUM_WHOLE,
    )
    poll = preparing.draft(community, author, Method.ASSENT, written, asked_by=asked_by)
    bind_charter(poll, found)
    return poll


def propose(community: Community, author: Member) -> Proposal:
    """Begin a proposal from the articles in force: members amend it, then it goes to the vote."""
    paragraphs = [Typed(point.title, point.body) for point in points(community)]
    return proposing.propose(
        community,
        author,
        said("Une nouvelle version de notre charte"),
        said("Chaque paragraphe est un article de la charte en vigueur : changez ceux qu’il faut."),
        paragraphs,
        about=ABOUT,
    )


def proposals(community: Community) -> Sequence[Proposal]:
    """Return the proposals for the charter that are read by all and not yet put to the vote."""
    return db.session.scalars(
        select(Proposal)
        .where(
            Proposal.community_id == community.id,
            Proposal.about == ABOUT,
            Proposal.stage.in_((Stage.AMENDING, Stage.SETTLED)),
        )
        .order_by(Proposal.id)
    ).all()


def of_proposal(proposal: Proposal) -> list[Amended]:
    """Return what a proposal changes in the charter in force.

    A paragraph is an article when its first version reads as it does; another is a new article.
    Raises NothingAmended.
    """
    known = {(point.title, point.body): point for point in points(proposal.community)}
    found, last = [], max((point.number for point in known.values()), default=0)
    for paragraph, first in _with_first(proposal):
        point = known.get((first.title.strip(), first.text.strip()))
        gone = paragraph.removed_at is not None
        title = "" if gone else paragraph.title.strip()
        body = "" if gone else paragraph.text.strip()
        if point is not None:
            if (title, body) != (point.title, point.body):
                found.append(Amended(point.section, _written(point, title, body)))
        elif not gone:
            last += 1
            found.append(Amended("", section(last, title, body)))
    if not found:
        raise NothingAmended
    return found


def _with_first(proposal: Proposal) -> list[tuple[Paragraph, ParagraphVersion]]:
    query = (
        select(Paragraph, ParagraphVersion)
        .join(ParagraphVersion, ParagraphVersion.paragraph_id == Paragraph.id)
        .where(Paragraph.proposal_id == proposal.id, ParagraphVersion.version == 1)
        .order_by(Paragraph.number, Paragraph.id)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def proposal_to_vote(proposal: Proposal, author: Member, closes_at: datetime) -> Poll:
    """Put a proposal for the charter to the vote, as a draft that adopts it once opened.

    Raises as ``proposing.put_to_vote`` does, and NothingAmended.
    """
    found = of_proposal(proposal)
    poll = proposing.put_to_vote(
        proposal,
        Method.ASSENT,
        min(now(), closes_at),
        closes_at,
        author=author,
        opens=False,
        quorum_part=QUORUM_PART,
        quorum_whole=QUORUM_WHOLE,
    )
    bind_charter(poll, found)
    return poll


def proposal_to_votes(proposal: Proposal, author: Member, closes_at: datetime) -> list[Poll]:
    """Put each article that a proposal changes to a vote of its own: those adopted are the charter.

    Each vote says the reasons of the proposal and the objections that it met. Again returns the
    same drafts. Raises as ``proposal_to_vote`` does.
    """
    lock(proposal)
    known = reading.polls_of(proposal)
    if proposal.stage == Stage.VOTING and known:
        return list(known)
    found = of_proposal(proposal)
    first = proposal_to_vote(proposal, author, closes_at)
    if len(found) == 1:
        return [first]
    apart = said("Les autres articles qui changent ont chacun leur vote.")
    more = f"{apart}\n\n{texts.around(proposal)}".strip()
    polls = [
        _draft(proposal.community, author, _title([each]), [each], closes_at, more, first.asked_by)
        for each in found
    ]
    proposal.poll = polls[0]
    db.session.flush()
    preparing.throw_away(first)
    return polls
