"""The letters of votes by tokens: a token to take, its last day, and the box that is open."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select

from freeco.clock import now
from freeco.db import db
from freeco.i18n import _, deadline
from freeco.members.models import Community
from freeco.module import LetterKind, Text, Topic
from freeco_project_decisions.permissions import PREPARE
from freeco_project_decisions.polls.models import Elector, Poll, PollState
from freeco_project_decisions.polls.telling import LETTERS, tell_electors
from freeco_project_decisions.tokens.models import TokenIssue, TokenPoll
from freeco_project_decisions.tokens.preparing import votes_of

BEFORE = timedelta(days=1)
"""The reminder leaves so long before tokens are no longer given."""
TOPIC = "project_decisions.token"


def tell_due(community: Community) -> None:
    """Tell electors of a token to take, of its last day, and of a box that is open; once each."""
    running = select(TokenPoll).where(
        TokenPoll.poll_id == Poll.id,
        Poll.community_id == community.id,
        Poll.state == PollState.OPEN,
        Poll.closes_at > now(),
    )
    has_token = select(TokenIssue.id).where(TokenIssue.elector_id == Elector.id).exists()
    for votes in db.session.scalars(running).all():
        poll, until = votes.poll, votes.casts_from
        if until <= now():
            tell_electors(poll, "token_vote", "token", f"token_vote:{poll.id}", _content, has_token)
            continue
        tell_electors(poll, "token_given", "token", f"token_given:{poll.id}", _content)
        if (poll.opened_at or now()) <= until - 2 * BEFORE and until - BEFORE <= now():
            key = f"token_reminder:{poll.id}"
            tell_electors(poll, "token_reminder", "token", key, _content, ~has_token)


def _content(poll: Poll) -> Mapping[str, object]:
    until = votes_of(poll).casts_from
    return {"title": poll.title, "until": deadline(until), "ends": deadline(poll.closes_at)}


TOPICS = (
    Topic(
        TOPIC,
        _("Mon jeton pour un vote secret"),
        _("Vous pouvez voter, et le jeton se retire avant le vote."),
        rhythm="at_once",
    ),
)
_LABELS: Mapping[str, Text] = {
    "title": _("question du vote"),
    "until": _("fin du retrait des jetons"),
    "ends": _("fin du vote"),
}
_EXAMPLE = {
    "title": "Un hangar pour les outils",
    "until": "jeudi 8 octobre 2026 à 8 h",
    "ends": "lundi 12 octobre 2026 à 20 h",
}


def _kind(stem: str, title: Text, sent: Text) -> LetterKind:
    return LetterKind(
        f"project_decisions.{stem}",
        LETTERS,
        title,
        sent,
        _LABELS,
        _EXAMPLE,
        needed=("title",),
        topic=TOPIC,
        url="project-decisions/votes/1",
        keeper=PREPARE.name,
    )


LETTER_KINDS = (
    _kind(
        "token_given",
        _("Un jeton de vote est à retirer"),
        _("À l’ouverture d’un vote par jetons, à ceux qui peuvent voter."),
    ),
    _kind(
        "token_reminder",
        _("Dernier jour pour retirer son jeton"),
        _("La veille, à ceux qui n’ont pas demandé de jeton."),
    ),
    _kind(
        "token_vote",
        _("L’urne d’un vote par jetons est ouverte"),
        _("Au début du vote, à ceux qui ont un jeton."),
    ),
)
