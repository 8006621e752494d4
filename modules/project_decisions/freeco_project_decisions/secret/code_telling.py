"""The letters by which electors make their own codes: codes are begun, begun again, still missing.

They go by who has made a code, which this site knows; which code is whose, or who votes, it does
not know and no letter asks.
"""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, select

from freeco.clock import now
from freeco.db import db
from freeco.i18n import _, deadline
from freeco.members.models import Community, Member
from freeco.module import LetterKind, Text, Topic
from freeco.notifications.models import Notice
from freeco_project_decisions.permissions import PREPARE
from freeco_project_decisions.polls.models import Elector, Poll, PollState, Secrecy
from freeco_project_decisions.polls.paper_models import RoomVoter
from freeco_project_decisions.polls.telling import LETTERS, tell_electors
from freeco_project_decisions.secret.codes import without_code
from freeco_project_decisions.secret.models import SealedPoll, Way

BEFORE = timedelta(days=1)
"""A reminder leaves so long before the poll opens, and so long at least after the first letter."""
TOPIC = "project_decisions.code"
PAGE = "/code"


def tell_codes_due(community: Community) -> None:
    """Tell electors to make their codes, and remind who has none; late or twice is harmless."""
    waiting = (
        select(SealedPoll)
        .join(SealedPoll.poll)
        .where(
            Poll.community_id == community.id,
            Poll.state == PollState.DRAFT,
            Poll.secrecy == Secrecy.SEALED,
            SealedPoll.way == Way.SITE,
            SealedPoll.announced_at.is_not(None),
        )
        .order_by(Poll.id)
    )
    for sealed in db.session.scalars(waiting).all():
        _tell(sealed)


def _tell(sealed: SealedPoll) -> None:
    poll, missing = sealed.poll, _without_code(sealed.poll)
    letter = "code_to_make" if sealed.code_rounds <= 1 else "code_again"
    first = f"code:{poll.id}:{sealed.code_rounds}"
    tell_electors(poll, letter, "code", first, _content, *missing, page=PAGE)
    if poll.opens_at - BEFORE <= now():
        told = and_(
            Notice.member_id == Member.id,
            Notice.key == f"project_decisions:{first}",
            Notice.created_at <= now() - BEFORE,
        )
        again = f"code_reminder:{poll.id}:{sealed.code_rounds}"
        late = (*missing, select(Notice.id).where(told).exists())
        tell_electors(poll, "code_reminder", "code", again, _content, *late, page=PAGE)


def _without_code(poll: Poll) -> tuple[ColumnElement[bool], ...]:
    """Who made no code, but for those who vote on paper."""
    on_paper = select(RoomVoter.id).where(RoomVoter.elector_id == Elector.id).exists()
    return Elector.id.in_(without_code(poll)), ~on_paper


def _content(poll: Poll) -> Mapping[str, object]:
    return {
        "title": poll.title,
        "until": deadline(poll.opens_at) if poll.opens_at > now() else "",
    }


TOPICS = (
    Topic(
        TOPIC,
        _("Mon code pour un vote secret"),
        _("Vous pouvez voter, et chacun fait son code avant l’ouverture du vote."),
        rhythm="at_once",
    ),
)
_WORDS: Mapping[str, Text] = {
    "title": _("question du vote"),
    "until": _("ouverture du vote"),
}
_EXAMPLE = {"title": "Un hangar pour les outils", "until": "jeudi 8 octobre 2026 à 8 h"}


def _kind(stem: str, title: Text, sent: Text) -> LetterKind:
    return LetterKind(
        f"project_decisions.{stem}",
        LETTERS,
        title,
        sent,
        _WORDS,
        _EXAMPLE,
        needed=("title",),
        topic=TOPIC,
        url="project-decisions/votes/1/code",
        keeper=PREPARE.name,
    )


KINDS = (
    _kind(
        "code_to_make",
        _("Un code de vote est à faire"),
        _("Quand la liste d’un vote secret est arrêtée et que chacun fait son code sur ce site."),
    ),
    _kind(
        "code_again",
        _("Les codes d’un vote secret sont à refaire"),
        _("Quand les codes sont oubliés et que chacun refait le sien."),
    ),
    _kind(
        "code_reminder",
        _("Il manque un code pour un vote secret"),
        _("La veille de l’ouverture, à ceux qui n’ont pas fait leur code."),
    ),
)
