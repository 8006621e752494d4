"""What polls know about a member, what keeps them, and how polls forget them."""

from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import joinedload

from freeco.db import db
from freeco.i18n import said
from freeco.members.models import Member
from freeco.module import Tie
from freeco_project_decisions.forgetting import forget_name
from freeco_project_decisions.polls import objecting, showing, voting, wording
from freeco_project_decisions.polls.ballot_models import OpenBallot, Proxy
from freeco_project_decisions.polls.models import Elector, Poll, PollState
from freeco_project_decisions.polls.objection_models import Objection
from freeco_project_decisions.polls.voice_models import CollegeMember, Voice


def _seats(member: Member) -> list[Elector]:
    mine: ColumnElement[bool] = or_(Elector.member_id == member.id, Elector.voice_id == member.id)
    return list(
        db.session.scalars(
            select(Elector).where(mine).options(joinedload(Elector.poll)).order_by(Elector.id)
        )
    )


def leaving(member: Member) -> list[Tie]:
    """Say which votes of others a member still has to cast."""
    return [
        Tie(
            said("Vous portez une procuration pour le vote « %(title)s ».", title=seat.poll.title),
            url_for(
                "project_decisions.poll",
                community=seat.poll.community.slug,
                poll_id=seat.poll_id,
            ),
        )
        for seat in _seats(member)
        if seat.poll.state == PollState.OPEN
        and any(held.ballot is None for held in showing.seat_of(seat.poll, member).held)
    ]


def export(member: Member) -> dict[str, Any]:
    """Give the polls a member put, what they voted in the open, and what they objected."""
    put = db.session.scalars(select(Poll).where(Poll.author_id == member.id).order_by(Poll.id))
    content = {
        "polls_put": [{"title": each.title, "text": each.text} for each in put],
        "votes": [_exported(each) for each in _seats(member)],
        "votes_for": [each.member.name for each in _spoken_for(member)],
        "named_in_colleges": [
            {"poll": each.college.poll.title, "college": each.college.name}
            for each in db.session.scalars(
                select(CollegeMember).where(CollegeMember.member_id == member.id)
            )
        ],
        "objections_answered": [
            {"answer": each.answer}
            for each in db.session.scalars(
                select(Objection).where(Objection.answered_by_id == member.id)
            )
        ],
    }
    return {name: found for name, found in content.items() if found}


def _spoken_for(member: Member) -> list[Voice]:
    return list(
        db.session.scalars(
            select(Voice).where(or_(Voice.voice_id == member.id, Voice.member_id == member.id))
        )
    )


def _exported(seat: Elector) -> dict[str, Any]:
    ballot, given = voting.ballot_of(seat), voting.proxy_of(seat)
    objection = objecting.of_elector(seat)
    return {
        "poll": seat.poll.title,
        "voted": wording.ballot(seat.poll, ballot.marks) if ballot is not None else None,
        "voted_at": ballot.cast_at.isoformat() if ballot is not None else None,
        "objection": objection.argument if objection is not None else None,
        "proxy_given_at": given.given_at.isoformat() if given is not None else None,
    }


def erase(member: Member) -> None:
    """Forget a name: the vote stays, and its number stands for who cast it."""
    seats = select(Elector.id).where(
        or_(Elector.member_id == member.id, Elector.voice_id == member.id)
    )
    unused = ~select(OpenBallot.id).where(OpenBallot.elector_id == Proxy.giver_id).exists()
    db.session.execute(
        delete(Proxy)
        .where(or_(Proxy.holder_id.in_(seats), Proxy.giver_id.in_(seats)), unused)
        .execution_options(synchronize_session="fetch")
    )
    db.session.execute(delete(CollegeMember).where(CollegeMember.member_id == member.id))
    db.session.execute(
        delete(Voice).where(or_(Voice.member_id == member.id, Voice.voice_id == member.id))
    )
    forget_name(
        member,
        Poll.author_id,
        Elector.member_id,
        Elector.voice_id,
        OpenBallot.cast_by_id,
        Objection.answered_by_id,
    )
