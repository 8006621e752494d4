"""Whether what pages show beside the record is what was stated: parameters, and accords.

Their rows repeat what statements hold, so that pages need not open each; whoever alters them in
the database would make pages lie, under a record that is whole.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, select
from sqlalchemy.orm import aliased

from freeco.accords.models import Accord
from freeco.db import db
from freeco.i18n import _
from freeco.record.audit_facts import AT_ONCE, Fault
from freeco.record.errors import Malformed
from freeco.record.models import ParameterChange, RecordEntry, RecordLog, RecordOpening
from freeco.record.statement import Statement

PARAMETER = "parameter.changed"
Rows = Select[*tuple[Any, ...]]


def shown_faults(log: RecordLog) -> Iterator[Fault]:
    """Compare the changes of parameters and the accords of a community with its record."""
    yield from _changes(log)
    yield from _forgotten_changes(log)
    yield from _accords(log)


def _changes(log: RecordLog) -> Iterator[Fault]:
    reason = aliased(RecordOpening)
    query: Rows = (
        select(
            ParameterChange.name,
            ParameterChange.before,
            ParameterChange.after,
            ParameterChange.decided,
            ParameterChange.reason,
            RecordEntry.entry,
            RecordEntry.leaf_index,
            reason.fields,
        )
        .outerjoin(RecordEntry, _is_its(log, ParameterChange.entry_id))
        .outerjoin(reason, and_(reason.entry_id == RecordEntry.id, reason.name == "reason"))
        .where(ParameterChange.community_id == log.community_id)
        .order_by(ParameterChange.id)
    )
    for row in _rows(query):
        if row.entry is None:
            yield Fault(None, None, _("Un changement de réglage est montré, et n’est pas inscrit."))
        elif not _was_changed_so(row):
            yield Fault(
                row.leaf_index,
                None,
                _("Ce changement de réglage n’est pas montré comme il a été inscrit."),
            )


def _was_changed_so(row: Row[Any]) -> bool:
    try:
        statement = Statement.read(row.entry)
    except Malformed:
        return False
    shown = {
        "parameter": row.name,
        "before": row.before,
        "after": row.after,
        "decided": row.decided,
    }
    if statement.kind != PARAMETER or statement.about != {k: v for k, v in shown.items() if v}:
        return False
    # A reason may have been emptied, or its opening deleted: somebody was forgotten.
    if not row.reason:
        return True
    opened = row.fields is None or row.fields.get("reason") == row.reason
    return "reason" in statement.sealed and opened


def _forgotten_changes(log: RecordLog) -> Iterator[Fault]:
    query = (
        select(RecordEntry.leaf_index)
        .outerjoin(ParameterChange, ParameterChange.entry_id == RecordEntry.id)
        .where(RecordEntry.log_id == log.id, RecordEntry.kind == PARAMETER)
        .where(ParameterChange.id.is_(None))
        .order_by(RecordEntry.leaf_index)
    )
    for index in db.session.scalars(query):
        what = _("Ce changement de réglage est inscrit, et n’est plus montré.")
        yield Fault(index, None, what)


def _accords(log: RecordLog) -> Iterator[Fault]:
    query: Rows = (
        select(
            Accord.id,
            Accord.proposer_id,
            Accord.other_id,
            Accord.title,
            Accord.text,
            Accord.about,
            Accord.proposed_at,
            Accord.agreed_at,
            RecordEntry.id.label("entry_id"),
            RecordEntry.leaf_index,
            RecordOpening.name.label("part"),
            RecordOpening.member_id,
            RecordOpening.fields,
        )
        .outerjoin(RecordEntry, _is_its(log, Accord.entry_id))
        .outerjoin(RecordOpening, RecordOpening.entry_id == RecordEntry.id)
        .where(Accord.community_id == log.community_id, Accord.agreed_at.is_not(None))
        .order_by(Accord.id, RecordOpening.name)
    )
    told = None
    for row in _rows(query):
        if row.id == told:
            continue
        if row.entry_id is None:
            what = _("Un accord est montré comme conclu, et n’est pas inscrit.")
        elif row.part is None or _was_agreed_so(row):
            continue
        else:
            what = _("Cet accord n’est pas montré comme il a été conclu.")
        told = row.id
        yield Fault(row.leaf_index, None, what)


def _was_agreed_so(row: Row[Any]) -> bool:
    """Tell whether one part of an accord's statement says what its row does.

    A party that had no account when it was stated is nobody's there.
    """
    if row.part == "terms":
        shown = {"title": row.title, "text": row.text, "about": row.about}
        return bool(row.fields == {k: v for k, v in shown.items() if v or k != "about"})
    if row.part == "first":
        return bool(row.member_id in (None, row.proposer_id) and _at(row.fields) == row.proposed_at)
    if row.part == "second":
        return bool(row.member_id in (None, row.other_id) and _at(row.fields) == row.agreed_at)
    return True


def _at(fields: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(fields["at"])
    except (KeyError, TypeError, ValueError):
        return None


def _is_its(log: RecordLog, entry_id: Any) -> Any:
    return and_(RecordEntry.id == entry_id, RecordEntry.log_id == log.id)


def _rows(query: Rows) -> Iterator[Row[Any]]:
    yield from db.session.execute(query.execution_options(yield_per=AT_ONCE))
