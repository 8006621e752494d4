"""What secret polls know of a person: that they keep a key, and never a vote."""

from typing import Any

from sqlalchemy import select

from freeco.db import db
from freeco.i18n import said
from freeco.members.models import Member
from freeco.module import Tie
from freeco_project_decisions.polls.models import Poll, PollState
from freeco_project_decisions.secret.models import Trustee, TrusteeGroup

RUNNING = (PollState.OPEN, PollState.CLOSED)


def leaving(member: Member) -> list[Tie]:
    """Say which result waits for a key that a member keeps."""
    polls = db.session.scalars(
        select(Poll)
        .join(TrusteeGroup, TrusteeGroup.poll_id == Poll.id)
        .join(Trustee, Trustee.group_id == TrusteeGroup.poll_id)
        .where(Trustee.member_id == member.id, Trustee.opening == "", Poll.state.in_(RUNNING))
        .order_by(Poll.id)
    )
    return [
        Tie(
            said("Vous gardez une clé du vote secret « %(title)s ».", title=poll.title),
            f"/{poll.community.slug}/project-decisions/votes/{poll.id}/cle",
        )
        for poll in polls
    ]


def export(member: Member) -> dict[str, Any]:
    """Give the polls of which a member keeps a key."""
    kept = db.session.execute(
        select(Poll.title, Trustee.place)
        .join(TrusteeGroup, TrusteeGroup.poll_id == Poll.id)
        .join(Trustee, Trustee.group_id == TrusteeGroup.poll_id)
        .where(Trustee.member_id == member.id)
        .order_by(Poll.id)
    ).all()
    return {"keys": [{"poll": title, "place": place} for title, place in kept]} if kept else {}


def erase(member: Member) -> None:
    """Forget who kept a key; the key stays, as a number among the others."""
    mine = select(Trustee).where(Trustee.member_id == member.id)
    for trustee in db.session.scalars(mine):
        trustee.member = None
