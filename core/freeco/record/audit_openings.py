"""Whether those who are still here can still open what concerns them.

Openings may be deleted, and nothing else may: only when somebody is forgotten. Where a row tells
whom a statement concerns, its opening is missed.
"""

from collections.abc import Iterator

from sqlalchemy import Select, String, and_, cast, literal, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from freeco.accords.models import Accord
from freeco.charter.models import CharterAcceptance
from freeco.db import db
from freeco.i18n import _
from freeco.members.models import Member, Person
from freeco.record.audit_facts import Fault
from freeco.record.facts import ACCEPTANCE
from freeco.record.models import RecordEntry, RecordLog, RecordOpening

PARTS = (
    ("first", Accord.proposer_id),
    ("second", Accord.other_id),
    ("terms", Accord.proposer_id),
    ("terms", Accord.other_id),
)
"""What an accord's statement seals, and a member who must be forgotten before it goes."""


def missing_openings(log: RecordLog) -> Iterator[Fault]:
    """Name each acceptance or accord of which somebody's part cannot be opened any more."""
    found = {row.id: row.leaf_index for query in _queries(log) for row in db.session.execute(query)}
    for _id, index in sorted(found.items()):
        what = _("Un contenu scellé n’est plus là, et personne ne l’a fait effacer.")
        yield Fault(index, None, what)


def _queries(log: RecordLog) -> Iterator[Select[int, int | None]]:
    key = literal(ACCEPTANCE) + cast(CharterAcceptance.id, String)
    accepted = _entries(log).join(CharterAcceptance, RecordEntry.key == key)
    yield _without(accepted, "member", CharterAcceptance.member_id)
    for part, member_id in PARTS:
        agreed = _entries(log).join(Accord, Accord.entry_id == RecordEntry.id)
        yield _without(agreed, part, member_id)


def _entries(log: RecordLog) -> Select[int, int | None]:
    return select(RecordEntry.id, RecordEntry.leaf_index).where(RecordEntry.log_id == log.id)


def _without(
    query: Select[int, int | None], part: str, member_id: InstrumentedAttribute[int]
) -> Select[int, int | None]:
    """Keep those whose part is gone, though its member was not forgotten."""
    opening = aliased(RecordOpening)
    return (
        query.join(Member, Member.id == member_id)
        .outerjoin(Person, Person.id == Member.person_id)
        .outerjoin(opening, and_(opening.entry_id == RecordEntry.id, opening.name == part))
        .where(opening.id.is_(None), Person.erased_at.is_(None))
    )
