"""Three notices of a village and its AMAP, for the demonstration."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from sqlalchemy import select

from freeco.clock import held_at, now, today
from freeco.db import db
from freeco.members import membership
from freeco.members.models import Community
from freeco.module import Demonstration
from freeco.organisations.models import Organisation, OrganisationKind, OrganisationRole
from freeco_bulletin import notices
from freeco_bulletin.local import LAST_MINUTE, instant
from freeco_bulletin.models import Level
from freeco_bulletin.permissions import PUBLISH


@dataclass(frozen=True)
class Announced:
    """A notice of the demonstration."""

    title: str
    text: str
    level: Level
    days: int
    """How many days from today it happens."""
    starts: time
    ends: time
    place: str
    by_the_commune: bool = False
    lasts_days: int = 0
    asks_help: bool = False


ANNOUNCED = (
    Announced(
        "Foire aux plants sous la halle",
        "Plants de légumes, aromatiques et fleurs, par les maraîchers de la vallée. Apportez vos "
        "pots vides et vos surplus de graines : une table d’échange les attend.\n\n"
        "Buvette et soupe à midi par les parents de l’école.",
        Level.ORDINARY,
        12,
        time(9),
        time(13),
        "Halle de Lavergne-sur-Célé",
        by_the_commune=True,
    ),
    Announced(
        "Route d’Assiac barrée au pont du Moulin",
        "Le pont du Moulin est fermé à tous les véhicules pendant les travaux. Passez par "
        "Saint-Loup : comptez dix minutes de plus. Les piétons et les vélos passent.\n\n"
        "Le ramassage scolaire part de la place, à la même heure.",
        Level.IMPORTANT,
        3,
        time(8),
        time(18),
        "Pont du Moulin, route d’Assiac",
        by_the_commune=True,
        lasts_days=4,
    ),
    Announced(
        "On cherche des bras pour bâcher la serre",
        "La nouvelle serre du GAEC des Vergnes est montée : il reste à tirer la bâche, et à dix "
        "c’est l’affaire d’une matinée. Gants et bonne humeur suffisent, le casse-croûte est "
        "offert. Si le vent se lève, ce sera le samedi suivant.",
        Level.ORDINARY,
        6,
        time(8, 30),
        time(12),
        "Les Vergnes, Assiac",
        asks_help=True,
    ),
)
SHOWN_SINCE = timedelta(days=2)


def stage(staging: Demonstration) -> Sequence[str]:
    """Write three notices; nobody is written to about them. Return what to try first."""
    membership.grant(staging.coordinator, PUBLISH.name)
    community = staging.community
    commune = db.session.scalar(
        select(OrganisationRole.organisation_id)
        .join(Organisation, Organisation.id == OrganisationRole.organisation_id)
        .where(
            Organisation.kind == OrganisationKind.COMMUNE,
            OrganisationRole.person_id == staging.coordinator.person_id,
        )
    )
    day = today(community.timezone)
    with held_at(now() - SHOWN_SINCE):
        for each in ANNOUNCED:
            notice = notices.draft(
                staging.coordinator,
                _text(each, day, community),
                commune if each.by_the_commune else None,
            )
            notices.put_up(notice)
            notice.told_at = now()
    return (f"Les annonces sont publiques : /{community.slug}/bulletin/",)


def _text(announced: Announced, day: date, community: Community) -> notices.Written:
    first = day + timedelta(days=announced.days)
    last = first + timedelta(days=announced.lasts_days)
    return notices.Written(
        title=announced.title,
        text=announced.text,
        level=announced.level,
        visible_until=instant(community, last, LAST_MINUTE),
        happens_at=instant(community, first, announced.starts),
        ends_at=instant(community, last, announced.ends),
        place=announced.place,
        asks_help=announced.asks_help,
    )
