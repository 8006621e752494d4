"""What changed this parameter: from which value to which, when, why, by which decision.

``changed`` is called where a parameter changes, in that transaction; ``parameter_values`` notices
what was changed elsewhere, by a new version of the charter or of the programme.
"""

from collections.abc import Sequence

from sqlalchemy import func, select

from freeco.db import db, lock
from freeco.members.models import Community, Member
from freeco.record.models import ParameterChange, RecordEntry
from freeco.record.parameter_names import decision
from freeco.record.statement import Fields
from freeco.record.stating import Sealed, state


def changed(
    community: Community,
    name: str,
    before: str,
    after: str,
    *,
    member: Member | None = None,
    reason: str = "",
    decided: str = "",
) -> ParameterChange | None:
    """Note that a parameter of a community went from a value to another, and state it.

    Values are codes, such as ``12`` or ``open``; ``before`` is empty for the value it begins
    with. ``member`` is who changed it, ``reason`` why, in words that the members alone read, and
    ``decided`` the decision behind it as ``module:kind:id``. Returns None when nothing changed,
    and in a rehearsal, which leaves no trace. Raises ValueError for what names no decision.
    """
    if decided and decision(decided) is None:
        raise ValueError(f"{decided!r} names no decision")
    if before == after or community.rehearsal:
        return None
    lock(community)
    row = ParameterChange(
        community=community,
        name=name,
        before=before,
        after=after,
        reason=reason.strip(),
        decided=decided,
        changed_by_id=member.id if member is not None else None,
    )
    db.session.add(row)
    db.session.flush()
    public = {"parameter": name, "before": before, "after": after, "decided": decided}
    about: Fields = {field: code for field, code in public.items() if code}
    sealed = {"reason": Sealed({"reason": row.reason}, member)} if row.reason else {}
    key = f"parameter_change:{row.id}"
    entry = state(community, "parameter.changed", key, about=about, sealed=sealed)
    row.entry_id = entry.id if entry is not None else None
    db.session.flush()
    return row


def changed_everywhere(
    name: str, before: str, after: str, *, reason: str = "", decided: str = ""
) -> None:
    """Note that a parameter of the whole platform changed, in the record of each community.

    In the order in which an erasure locks them (``members.privacy.erase``).
    """
    order = func.coalesce(Community.territory_id, 0), Community.id
    real = select(Community).where(~Community.rehearsal).order_by(*order)
    for community in db.session.scalars(real).all():
        changed(community, name, before, after, reason=reason, decided=decided)


def history(community: Community, name: str) -> Sequence[tuple[ParameterChange, RecordEntry]]:
    """Return the changes of a parameter with what was stated of each, the latest first."""
    query = (
        select(ParameterChange, RecordEntry)
        .join(RecordEntry, RecordEntry.id == ParameterChange.entry_id)
        .where(ParameterChange.community_id == community.id, ParameterChange.name == name)
        .order_by(ParameterChange.id.desc())
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]
