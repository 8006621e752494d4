"""What votes by tokens know of a person: that a token was signed for them, never which."""

from typing import Any

from sqlalchemy import select

from freeco.db import db
from freeco.members.models import Member
from freeco_project_decisions.polls.models import Elector, Poll
from freeco_project_decisions.tokens.models import TokenIssue


def export(member: Member) -> dict[str, Any]:
    """Give the polls for which a member asked for a token.

    Nothing is erased: the row of an elector loses its name, and what was signed says nothing.
    """
    titles = db.session.scalars(
        select(Poll.title)
        .join(Elector, Elector.poll_id == Poll.id)
        .join(TokenIssue, TokenIssue.elector_id == Elector.id)
        .where((Elector.member_id == member.id) | (Elector.voice_id == member.id))
        .order_by(Poll.title)
        .distinct()
    ).all()
    return {"tokens": [{"poll": title} for title in titles]} if titles else {}
