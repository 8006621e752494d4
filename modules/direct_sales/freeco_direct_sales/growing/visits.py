"""Guarantee visits: what members saw at a farm by the charter's points, and what it answers.

Nothing is starred or scored. What is published is not rewritten: a correction is added to it.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from freeco.charter import services as charter
from freeco.charter.articles import Article
from freeco.charter.articles import articles as articles_of
from freeco.clock import now, today
from freeco.db import db, lock
from freeco.errors import Absent
from freeco.i18n import language
from freeco.members import membership
from freeco.members.models import Community, Member
from freeco_direct_sales import catalogue
from freeco_direct_sales.growing.errors import (
    AlreadyAnswered,
    NobodyVisited,
    VisitEmpty,
    VisitNotPublished,
    VisitPublished,
    VisitToCome,
)
from freeco_direct_sales.growing.models import Visit, VisitAddition, Visitor, VisitPoint
from freeco_direct_sales.models import Producer
from freeco_direct_sales.permissions import COORDINATE


def articles(community: Community) -> list[Article]:
    """Return the points of the charter in force."""
    text = charter.reading(language(), community)
    return [each for each in articles_of(text) if each.number]


def visits_of(producer: Producer, reader: Member | None = None) -> Sequence[Visit]:
    """Return the published visits, the latest first, and the drafts that a reader may write."""
    found = db.session.scalars(
        select(Visit)
        .where(Visit.producer_id == producer.id)
        .order_by(Visit.visited_on.desc(), Visit.id.desc())
    )
    return [
        each
        for each in found
        if each.published_at is not None or (reader is not None and writes(each, reader))
    ]


def shown_to_anybody(community: Community) -> Sequence[Visit]:
    """Return the last visit of each farm that agrees to show it, the latest first."""
    found = db.session.scalars(
        select(Visit)
        .join(Producer, Producer.id == Visit.producer_id)
        .where(Producer.community_id == community.id, Visit.shown_since.is_not(None))
        .options(joinedload(Visit.producer))
        .order_by(Visit.visited_on.desc(), Visit.id.desc())
    )
    last: dict[int, Visit] = {}
    for each in found:
        last.setdefault(each.producer_id, each)
    return list(last.values())


def find_visit(community: Community, visit_id: int, reader: Member) -> Visit:
    """Return a visit that somebody may read; raise Absent otherwise.

    A draft is read by those who write it.
    """
    found = db.session.get(Visit, visit_id)
    if found is None or found.producer.community_id != community.id:
        raise Absent
    if found.published_at is None and not writes(found, reader):
        raise Absent
    return found


def came(visit: Visit, member: Member) -> Visitor | None:
    """Return a member among those who came."""
    return next((each for each in visit.visitors if each.member_id == member.id), None)


def writes(visit: Visit, member: Member) -> bool:
    """Whether somebody writes the report: who came, or who coordinates."""
    return came(visit, member) is not None or membership.holds(member, COORDINATE.name)


def answers(visit: Visit, member: Member) -> bool:
    """Whether somebody speaks for the farm."""
    return catalogue.acts_for(visit.producer, member)


def names(visit: Visit) -> tuple[list[str], int]:
    """Return the names of those who agreed to it, and how many others came."""
    named = [each.member.name for each in visit.visitors if each.agreed_at is not None]
    return named, len(visit.visitors) - len(named)


def write(
    producer: Producer,
    visitors: Sequence[Member],
    *,
    visited_on: date,
    seen: str = "",
    asked: str = "",
    next_due_on: date | None = None,
    points: Mapping[int, str] | None = None,
    visit: Visit | None = None,
) -> Visit:
    """Write a report, or go on with a draft; the same farm and day again is the same draft.

    ``points`` are the words by number of article; those without a word are left out. Who had
    agreed to be named, and still is among those who came, stays named.
    Raises VisitPublished, NobodyVisited, VisitToCome.
    """
    lock(producer)
    if visit is not None:
        lock(visit)  # somebody may be publishing it
    if not visitors:
        raise NobodyVisited
    if visited_on > today(producer.community.timezone):
        raise VisitToCome
    if visit is None:
        visit = db.session.scalar(
            select(Visit).where(
                Visit.producer_id == producer.id,
                Visit.visited_on == visited_on,
                Visit.published_at.is_(None),
            )
        )
    if visit is None:
        visit = Visit(
            producer=producer,
            visited_on=visited_on,
            charter_version=charter.current_version(producer.community),
        )
        db.session.add(visit)
    if visit.published_at is not None:
        raise VisitPublished
    visit.visited_on, visit.next_due_on = visited_on, next_due_on
    visit.seen, visit.asked = seen, asked
    visit.charter_version = charter.current_version(producer.community)
    _keep_points(visit, points or {})
    _keep_visitors(visit, visitors)
    db.session.flush()
    return visit


def _keep_points(visit: Visit, points: Mapping[int, str]) -> None:
    visit.points.clear()
    db.session.flush()
    titles = {each.number: each.title for each in articles(visit.producer.community)}
    for article, words in sorted(points.items()):
        if words and article in titles:
            visit.points.append(_point(article, titles[article], words))


def _point(article: int, title: str, words: str) -> VisitPoint:
    return VisitPoint(article=article, title=title, words=words)


def _keep_visitors(visit: Visit, visitors: Sequence[Member]) -> None:
    wanted = {each.id: each for each in visitors}
    for each in list(visit.visitors):
        if each.member_id not in wanted:
            visit.visitors.remove(each)
    known = {each.member_id for each in visit.visitors}
    for member_id, member in wanted.items():
        if member_id not in known:
            visit.visitors.append(Visitor(member=member))


def publish(visit: Visit) -> None:
    """Let the members read it, for good; twice is once. Raises VisitEmpty."""
    lock(visit)
    if visit.published_at is not None:
        return
    if not visit.seen and not visit.points:
        raise VisitEmpty
    visit.published_at = now()


def name_me(visitor: Visitor, *, agreed: bool) -> None:
    """Keep whether somebody who came agrees to be named; they may change their mind."""
    visitor.agreed_at = (visitor.agreed_at or now()) if agreed else None


def answer(visit: Visit, words: str) -> None:
    """Keep what the farm answers, once. Raises VisitNotPublished, AlreadyAnswered."""
    lock(visit)
    if visit.published_at is None:
        raise VisitNotPublished
    if visit.answered_at is not None:
        if visit.answer == words:
            return
        raise AlreadyAnswered
    visit.answer, visit.answered_at = words, now()


def add(visit: Visit, words: str, *, by_farm: bool) -> VisitAddition:
    """Add a correction to what is published; the same once more is the same.

    Raises VisitNotPublished.
    """
    lock(visit)
    if visit.published_at is None:
        raise VisitNotPublished
    for each in visit.additions:
        if (each.by_farm, each.words) == (by_farm, words):
            return each
    made = VisitAddition(visit=visit, by_farm=by_farm, words=words)
    db.session.add(made)
    db.session.flush()
    return made


def show_to_anybody(visit: Visit, *, agreed: bool) -> None:
    """Keep whether the farm agrees to have it read by anybody. Raises VisitNotPublished."""
    lock(visit)
    if visit.published_at is None:
        raise VisitNotPublished
    visit.shown_since = (visit.shown_since or now()) if agreed else None
