"""What votes by tokens put on the home page: a token to ask for, a box that is open."""

from flask import url_for
from sqlalchemy import select

from freeco.clock import now
from freeco.db import db
from freeco.i18n import _, deadline, said
from freeco.members.models import Community, Member
from freeco.module import Card
from freeco_project_decisions.polls.cards import PRESSING
from freeco_project_decisions.polls.models import Elector, Poll, PollState
from freeco_project_decisions.tokens.models import TokenIssue, TokenPoll


def cards(community: Community, member: Member) -> list[Card]:
    """Return what votes by tokens wait for from a member.

    Nobody knows who has voted: an open box is shown until its end to who has a token.
    """
    mine = (Elector.member_id == member.id) | (Elector.voice_id == member.id)
    rows = db.session.execute(
        select(TokenPoll, Elector)
        .join(Poll, Poll.id == TokenPoll.poll_id)
        .join(Elector, Elector.poll_id == Poll.id)
        .where(
            Poll.community_id == community.id,
            Poll.state == PollState.OPEN,
            Poll.closes_at > now(),
            mine,
        )
        .order_by(Poll.closes_at, Poll.id)
    )
    found = (_card(votes, _has_token(elector)) for votes, elector in rows)
    return [card for card in found if card is not None]


def _has_token(elector: Elector) -> bool:
    issue = select(TokenIssue.id).where(TokenIssue.elector_id == elector.id)
    return db.session.scalar(issue.limit(1)) is not None


def _card(votes: TokenPoll, has_token: bool) -> Card | None:
    issuing = now() < votes.casts_from
    if issuing == has_token:
        return None
    poll = votes.poll
    page = "project_decisions_tokens.vote"
    return Card(
        title=poll.title,
        text=said(
            "Votre jeton de vote se retire jusqu’au %(moment)s, pas après.",
            moment=deadline(votes.casts_from),
        )
        if issuing
        else said(
            "Vote par jeton ouvert jusqu’au %(moment)s. Prenez votre jeton.",
            moment=deadline(poll.closes_at),
        ),
        url=url_for(page, community=poll.community.slug, poll_id=poll.id),
        action=_("Retirer mon jeton") if issuing else _("Voter"),
        colour="teal",
        urgent=(votes.casts_from if issuing else poll.closes_at) <= now() + PRESSING,
    )
