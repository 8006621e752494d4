"""The charter that the members of a community voted; the founding one holds until they did."""

from sqlalchemy import select

from freeco.charter.models import CharterText, VotedCharter
from freeco.db import db
from freeco.members.models import Community


def voted_text(community: Community | None) -> CharterText | None:
    """Return what the members of a community voted last; None before the first."""
    if community is None:
        return None
    return db.session.scalar(
        select(CharterText)
        .join(VotedCharter, VotedCharter.text_id == CharterText.id)
        .where(VotedCharter.community_id == community.id)
        .order_by(VotedCharter.number.desc())
        .limit(1)
    )
