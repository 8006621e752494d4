"""The cards and dates of the day of a distribution."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from flask import url_for

from freeco.clock import now
from freeco.i18n import counted, day_and_month, said, sentence
from freeco.members import households, membership
from freeco.members.models import Community, Member
from freeco.module import AgendaItem, Card
from freeco_direct_sales import catalogue, distributions
from freeco_direct_sales.local import local_day
from freeco_direct_sales.permissions import COORDINATE
from freeco_direct_sales.shifts import counting, incidents, planning, signing
from freeco_direct_sales.shifts.models import Shift
from freeco_direct_sales.shifts.wording import when

SOON = timedelta(days=7)
AHEAD = timedelta(days=14)


def cards(community: Community, member: Member) -> Iterator[Card]:
    """Give what a member is on duty for, what they are asked, and each charge's part."""
    yield from _mine(community, member)
    yield from _asked(community, member)
    yield from _needed(community, member)
    yield from _of_producer(community, member)
    if membership.holds(member, COORDINATE.name):
        yield from _of_coordinator(community)


def _url(community: Community, shift: Shift) -> str:
    return url_for("direct_sales_shifts.page", community=community.slug, shift_id=shift.id)


def _mine(community: Community, member: Member) -> Iterator[Card]:
    for each in signing.signups_of(member):
        if now() < each.shift.ends_at and each.shift.starts_at < now() + SOON:
            yield Card(
                title=said(
                    "%(day)s : vous êtes de permanence",
                    day=sentence(day_and_month(local_day(each.shift.distribution))),
                ),
                text=said(
                    "%(role)s, %(hours)s, %(place)s.",
                    role=each.shift.role.name,
                    hours=when(each.shift),
                    place=each.shift.distribution.place,
                ),
                url=_url(community, each.shift),
                action=said("Voir ma permanence"),
                urgent=True,
            )


def _asked(community: Community, member: Member) -> Iterator[Card]:
    for each in signing.offered_to(member):
        yield Card(
            title=said("%(name)s vous demande de venir à sa place", name=each.member.name),
            text=said(
                "%(role)s, %(day)s, %(hours)s.",
                role=each.shift.role.name,
                day=day_and_month(local_day(each.shift.distribution)),
                hours=when(each.shift),
            ),
            url=_url(community, each.shift),
            action=said("Répondre"),
            urgent=True,
        )


def _needed(community: Community, member: Member) -> Iterator[Card]:
    """Show the next free places, to those whose household has some left to do."""
    season = planning.season_at(community)
    tally = counting.tally_of(households.find_household(member), season)
    if tally is None or not tally.left:
        return
    coming = distributions.distributions_of(community, since=now(), until=now() + AHEAD)
    shifts = planning.shifts_query(each.id for each in coming)
    free = [each for each in shifts if each.free and each.starts_at > now()]
    if not free:
        return
    first = free[0].distribution
    many = sum(each.free for each in free if each.distribution_id == first.id)
    yield Card(
        title=said("Un coup de main le %(day)s", day=day_and_month(local_day(first))),
        text=said(
            "%(places)s. %(left)s",
            places=counted(
                "%(num)s place libre à la distribution",
                "%(num)s places libres à la distribution",
                many,
            ),
            left=counted(
                "Il reste %(num)s permanence à faire à votre foyer cette saison.",
                "Il reste %(num)s permanences à faire à votre foyer cette saison.",
                tally.left,
            ),
        ),
        url=url_for("direct_sales_shifts.index", community=community.slug),
        action=said("Choisir une permanence"),
    )


def _of_producer(community: Community, member: Member) -> Iterator[Card]:
    mine = [each.id for each in catalogue.represented_by(community, member)]
    many = incidents.open_ones(community, mine) if mine else 0
    if many:
        yield _incidents(community, many, "producer")


def _incidents(community: Community, many: int, hat: str) -> Card:
    return Card(
        title=counted("%(num)s signalement à lire", "%(num)s signalements à lire", many),
        text=said("Quelque chose n’allait pas dans un panier ; une réponse simple suffit souvent."),
        url=url_for("direct_sales_incidents.index", community=community.slug),
        action=said("Lire et répondre"),
        hat="producer" if hat == "producer" else "coordinator",
    )


def _of_coordinator(community: Community) -> Iterator[Card]:
    coming = distributions.next_distribution(community)
    if coming is not None and coming.starts_at < now() + SOON:
        free = sum(each.free for each in planning.shifts_of(coming) if each.starts_at > now())
        if free:
            yield Card(
                title=counted(
                    "Il manque %(num)s personne le %(day)s",
                    "Il manque %(num)s personnes le %(day)s",
                    free,
                    day=day_and_month(local_day(coming)),
                ),
                text=said("La page montre qui vient, et qui l’on peut appeler."),
                url=url_for(
                    "direct_sales_shift_planning.duty",
                    community=community.slug,
                    distribution_id=coming.id,
                ),
                action=said("Voir qui vient"),
                hat="coordinator",
            )
    many = incidents.open_ones(community)
    if many:
        yield _incidents(community, many, "coordinator")


def agenda(
    community: Community, member: Member, since: datetime, until: datetime
) -> list[AgendaItem]:
    """Give the shifts a member is on; core reminds of them on the eve."""
    return [
        AgendaItem(
            title=said("Permanence : %(role)s", role=each.shift.role.name),
            starts_at=each.shift.starts_at,
            ends_at=each.shift.ends_at,
            place=each.shift.distribution.place,
            url=_url(community, each.shift),
            key=f"direct_sales.shift:{each.shift.id}",
            changes=each.shift.changes,
            changed_at=each.shift.changed_at,
        )
        for each in signing.signups_of(member)
        if each.shift.ends_at >= since and each.shift.starts_at < until
    ]
