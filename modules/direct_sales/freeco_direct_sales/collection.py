"""The sign-off at the door: who took their basket, typed at one or several ends of the table.

Lines are added, never rewritten. The one typed last tells how a household stands, whatever the
order in which the phones hand theirs in.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from freeco.cells import plain
from freeco.clock import now
from freeco.db import db, lock
from freeco.i18n import hour, moment, said
from freeco.members.models import Household, Member
from freeco_direct_sales import sheets
from freeco_direct_sales.collection_models import Collection
from freeco_direct_sales.errors import NotOnTheList
from freeco_direct_sales.local import local_day
from freeco_direct_sales.models import Delivery, Distribution, Subscription
from freeco_direct_sales.orders import on_the_table


@dataclass(frozen=True)
class TableRow:
    """A household at the table: what to give it, and how it stands."""

    household_id: int
    household: str
    people: str
    contents: Sequence[tuple[str, str]]
    """What it takes of each contract."""
    cheque_note: str
    changed: bool
    lines: Sequence[Collection]
    """What was noted, the latest last."""

    @property
    def standing(self) -> Collection | None:
        """The line that tells how things stand."""
        return self.lines[-1] if self.lines else None

    @property
    def taken(self) -> bool:
        """Whether the basket has left."""
        return self.standing is not None and self.standing.taken

    @property
    def notes(self) -> list[str]:
        """What was written since the basket was last noted as not taken."""
        found: list[str] = []
        for line in self.lines:
            found = found if line.taken else []
            if line.note and line.note not in found:
                found.append(line.note)
        return found

    @property
    def seen(self) -> int:
        """The last line a reader of this row knows of."""
        return max((line.id for line in self.lines), default=0)

    @property
    def contradictory(self) -> bool:
        """Whether people have not all noted the same thing."""
        return len({(line.taken, line.taken_by) for line in self.lines}) > 1

    def answers_to(self, letters: str) -> bool:
        """Whether one of its names begins so."""
        words = f"{self.household} {self.people}".replace("-", " ").split()
        return any(plain(word).startswith(plain(letters)) for word in words)


def table_of(distribution: Distribution) -> list[TableRow]:
    """Return the households in the order of the paper sheet, with what was noted of each."""
    sheet = sheets.sign_off_sheet(distribution)
    lines = _lines_of(distribution)
    return [
        TableRow(
            household_id=row.household_id,
            household=row.household,
            people=row.people,
            contents=[
                (column.title, basket)
                for column, basket in zip(sheet.columns, row.baskets, strict=True)
                if basket
            ],
            cheque_note=row.cheque_note,
            changed=row.changed,
            lines=lines[row.household_id],
        )
        for row in sheet.rows
    ]


def _rank(line: Collection) -> tuple[datetime, bool, int]:
    """Order lines by when they were typed; at the very same instant a basket seen leaving wins."""
    return (line.recorded_at, line.taken, line.id)


def _lines_of(
    distribution: Distribution, household: Household | None = None
) -> dict[int, list[Collection]]:
    query = (
        select(Collection)
        .where(Collection.distribution_id == distribution.id)
        .options(joinedload(Collection.recorded_by).joinedload(Member.person))
    )
    if household is not None:
        query = query.where(Collection.household_id == household.id)
    found: dict[int, list[Collection]] = defaultdict(list)
    for line in sorted(db.session.scalars(query), key=_rank):
        found[line.household_id].append(line)
    return found


def mark(
    distribution: Distribution,
    household_id: int,
    member: Member,
    *,
    taken: bool,
    taken_by: str = "",
    note: str = "",
    at: datetime | None = None,
    device: str = "",
    seen: int = 0,
) -> str | None:
    """Note that a household took its basket, or did not; the line typed last stands.

    ``seen`` is the last line shown where this one was typed: what was noted elsewhere since, and
    says otherwise, is a contradiction. Returns the sentence that tells it, None when all agree.
    The same again on a page is nothing new. Raises NotOnTheList.
    """
    household = expected_household(distribution, household_id)
    lock(distribution)
    before = _lines_of(distribution, household)[household.id]
    if not device and before and _tell(before[-1]) == (taken, taken_by, note):
        return None
    line = Collection(
        distribution=distribution,
        household=household,
        recorded_by=member,
        taken=taken,
        taken_by=taken_by if taken else "",
        note=note,
        device=device,
        recorded_at=at or _after(before),
    )
    db.session.add(line)
    db.session.flush()
    elsewhere = [each for each in before if each.id > seen and each.device != device]
    if not device or not elsewhere or _same(elsewhere[-1], line):
        return None
    kept = max(elsewhere[-1], line, key=_rank)
    return said(
        "Noté ici « %(here)s » à %(hour)s, ailleurs « %(there)s » à %(other)s : "
        "c’est « %(kept)s », noté en dernier, qui compte.",
        here=state(line),
        hour=_hour(line),
        there=state(elsewhere[-1]),
        other=_hour(elsewhere[-1]),
        kept=state(kept),
    )


def _after(before: Sequence[Collection]) -> datetime:
    """Return this instant: on a page one answers what stands, so it comes after that."""
    return max([now(), *(line.recorded_at + timedelta(microseconds=1) for line in before[-1:])])


def _tell(line: Collection) -> tuple[bool, str, str]:
    return (line.taken, line.taken_by, line.note)


def _same(one: Collection, other: Collection) -> bool:
    return (one.taken, one.taken_by) == (other.taken, other.taken_by)


def state(line: Collection) -> str:
    """Say what a line says, without anybody's name: it is kept beyond an erasure."""
    if not line.taken:
        return said("pas pris")
    return said("pris par quelqu’un d’autre") if line.taken_by else said("pris")


def when(line: Collection) -> str:
    """Say when a line was typed: the hour, and the day when it was not that of the distribution."""
    if _local(line).date() == local_day(line.distribution):
        return said("à %(hour)s", hour=_hour(line))
    return said("(noté le %(moment)s)", moment=moment(line.recorded_at))


def _hour(line: Collection) -> str:
    return hour(_local(line).time())


def _local(line: Collection) -> datetime:
    return line.recorded_at.astimezone(ZoneInfo(line.distribution.community.timezone))


def expected_household(distribution: Distribution, household_id: int) -> Household:
    """Return a household that has something to take there. Raises NotOnTheList."""
    household = db.session.scalar(
        select(Household)
        .join(Subscription, Subscription.household_id == Household.id)
        .join(Delivery, Delivery.contract_id == Subscription.contract_id)
        .where(
            Household.id == household_id,
            Household.community_id == distribution.community_id,
            Delivery.distribution_id == distribution.id,
        )
        .limit(1)
    )
    if household is None and on_the_table.takes_there(distribution, household_id):
        household = db.session.get(Household, household_id)
    if household is None:
        raise NotOnTheList
    return household


def export(member: Member, household: Household | None) -> list[dict[str, Any]]:
    """Return what a member noted at the table, and what was noted of their household."""
    found = db.session.scalars(
        select(Collection)
        .where(
            or_(
                Collection.recorded_by_id == member.id,
                Collection.household_id == (household.id if household else None),
            )
        )
        .order_by(Collection.id)
    )
    return [
        {
            "distribution": line.distribution_id,
            "taken": line.taken,
            "taken_by": line.taken_by,
            "note": line.note,
            "recorded_at": line.recorded_at.isoformat(),
            "by_oneself": line.recorded_by_id == member.id,
        }
        for line in found
    ]


def forget(member: Member, household: Household | None, forgotten: str) -> None:
    """Take the words about a member, and their name, out of what was noted; ticks stay."""
    here = select(Distribution.id).where(Distribution.community_id == member.community_id)
    for line in db.session.scalars(
        select(Collection).where(
            Collection.distribution_id.in_(here),
            or_(
                Collection.taken_by == member.name,
                Collection.household_id == (household.id if household else None),
            ),
        )
    ):
        line.note = ""
        line.taken_by = forgotten if line.taken_by else ""
