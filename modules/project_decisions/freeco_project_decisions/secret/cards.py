"""What secret polls put on the home page: a vote, a code to make, a key that is awaited."""

from collections.abc import Sequence

from flask import url_for
from sqlalchemy import select

from freeco.clock import now
from freeco.db import db
from freeco.i18n import _, deadline, said
from freeco.members.models import Community, Member
from freeco.module import Card
from freeco_project_decisions.polls.cards import PRESSING
from freeco_project_decisions.polls.models import Elector, Poll, PollState, Secrecy
from freeco_project_decisions.polls.paper_models import RoomVoter
from freeco_project_decisions.secret import codes, rounds
from freeco_project_decisions.secret.models import SealedPoll, Trustee, Way
from freeco_project_decisions.secret.rounds import Step

IDLE = frozenset({Step.WAIT, Step.READY, Step.DONE})


def cards(community: Community, member: Member) -> list[Card]:
    """Return what secret polls wait for from a member.

    Nobody knows who has voted: an open vote is shown until its end.
    """
    return [
        *(_key(each) for each in _trusted(community, member) if rounds.step_of(each) not in IDLE),
        *(_vote(each) for each in _mine(member, PollState.OPEN)),
        *(
            _code(each)
            for each in _mine(member, PollState.DRAFT)
            if each.way == Way.SITE and not codes.is_registered(each.poll, member)
        ),
    ]


def _trusted(community: Community, member: Member) -> Sequence[Trustee]:
    return db.session.scalars(
        select(Trustee)
        .join(Poll, Poll.id == Trustee.group_id)
        .where(
            Poll.community_id == community.id,
            Poll.state.in_((PollState.DRAFT, PollState.CLOSED)),
            Trustee.member_id == member.id,
        )
    ).all()


def _mine(member: Member, state: PollState) -> Sequence[SealedPoll]:
    """Return the secret polls in which a member votes with a code."""
    on_paper = select(RoomVoter.id).where(RoomVoter.elector_id == Elector.id).exists()
    mine = (Elector.member_id == member.id) | (Elector.voice_id == member.id)
    return db.session.scalars(
        select(SealedPoll)
        .join(Poll)
        .join(Elector, Elector.poll_id == Poll.id)
        .where(
            mine,
            ~on_paper,
            Poll.state == state,
            Poll.secrecy == Secrecy.SEALED,
            Poll.closes_at > now(),
        )
        .distinct()
    ).all()


def _vote(sealed: SealedPoll) -> Card:
    poll = sealed.poll
    return Card(
        title=poll.title,
        text=said(
            "Vote secret ouvert jusqu’au %(moment)s. Prenez votre code.",
            moment=deadline(poll.closes_at),
        ),
        url=url_for(
            "project_decisions_secret.ballot",
            community=poll.community.slug,
            identifier=sealed.identifier,
        ),
        action=_("Voter en secret"),
        colour="teal",
    )


def _code(sealed: SealedPoll) -> Card:
    poll = sealed.poll
    return Card(
        title=_("Faites votre code de vote"),
        text=said("Sans code, on ne vote pas : « %(title)s ».", title=poll.title),
        url=url_for(
            "project_decisions_secret.code_page", community=poll.community.slug, poll_id=poll.id
        ),
        action=_("Faire mon code"),
        colour="teal",
        urgent=poll.opens_at <= now() + PRESSING,
    )


def _key(trustee: Trustee) -> Card:
    poll = trustee.group.poll
    over = poll.state == PollState.CLOSED
    return Card(
        title=_("Votre clé est attendue"),
        text=said(
            "Le vote « %(title)s » est fini : le résultat attend votre part.", title=poll.title
        )
        if over
        else said("Vous tenez une clé du vote « %(title)s ».", title=poll.title),
        url=url_for(
            "project_decisions_trustees.key_page", community=poll.community.slug, poll_id=poll.id
        ),
        action=_("Ouvrir ma part") if over else _("M’en occuper"),
        colour="teal",
        urgent=True,
    )
