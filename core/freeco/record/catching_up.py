"""What the record should hold and does not: what came before it, and what changed unseen.

What came before is stated once, a batch at a time, with its own day, for that is when it
happened; the seal says since when it stands there. Only for members of today: who has left, or
was erased, is not written down afterwards.
"""

from sqlalchemy import ColumnElement, String, cast, exists, literal, select
from sqlalchemy.orm import InstrumentedAttribute

from freeco.charter.models import CharterAcceptance
from freeco.db import db
from freeco.kernel_models import Activation
from freeco.members.models import Community, Member
from freeco.record import facts, ledgers
from freeco.record.models import RecordEntry
from freeco.record.parameter_values import notice
from freeco.record.stating import log_of

AT_ONCE = 500
"""As many of a kind as one day's work states."""
IN_ONE_TRANSACTION = 20
"""On SQLite nobody else writes meanwhile."""


def catch_up(community: Community) -> None:
    """State acceptances, openings, closed years and parameters that are not in the record yet.

    Commits now and then: what is stated is stated once, whatever becomes of the rest.
    """
    if community.rehearsal:
        return
    notice(community)
    for number, acceptance in enumerate(_acceptances(community), start=1):
        facts.charter_accepted(acceptance)
        if number % IN_ONE_TRANSACTION == 0:
            db.session.commit()
    for activation in _activations(community):
        facts.module_opened(activation)
    ledgers.state_older_years(community)


def _acceptances(community: Community) -> list[CharterAcceptance]:
    query = (
        select(CharterAcceptance)
        .join(Member, Member.id == CharterAcceptance.member_id)
        .where(Member.community_id == community.id, Member.left_at.is_(None))
        .where(_not_stated(community, facts.ACCEPTANCE, CharterAcceptance.id))
    )
    return list(db.session.scalars(query.order_by(CharterAcceptance.id).limit(AT_ONCE)))


def _activations(community: Community) -> list[Activation]:
    query = (
        select(Activation)
        .where(Activation.community_id == community.id)
        .where(_not_stated(community, facts.ACTIVATION, Activation.id))
    )
    return list(db.session.scalars(query.order_by(Activation.id).limit(AT_ONCE)))


def _not_stated(
    community: Community, key: str, row: InstrumentedAttribute[int]
) -> ColumnElement[bool]:
    its_key = literal(key) + cast(row, String)
    stated = exists().where(RecordEntry.log_id == log_of(community).id, RecordEntry.key == its_key)
    return ~stated
