"""Shifts, an incident and leftovers for the demonstration."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from random import Random

from freeco.clock import held_at, now
from freeco.members import households
from freeco.members.models import Member
from freeco_direct_sales.local import local_day
from freeco_direct_sales.models import Distribution, Producer
from freeco_direct_sales.shifts import incidents, leftovers, planning, signing
from freeco_direct_sales.shifts.incident_models import IncidentKind
from freeco_direct_sales.shifts.planning import Need

ROLES = (
    ("Accueil", "Tenir la liste, accueillir, aider qui vient pour la première fois.", 1, 18, 20),
    ("Pesée", "Peser les légumes et remplir les caisses avec le producteur.", 2, 17, 19),
    ("Ménage", "Ranger les tables et balayer la salle.", 1, 19, 20),
)
QUOTA = 3
SHOWN_BEFORE, SHOWN_AFTER = 3, 6
"""Distributions with shifts, of those past and those to come."""


def stage(
    dates: Sequence[Distribution], past: int, members: Sequence[Member], chance: Random
) -> None:
    """Put people on duty around today; ``past`` of the dates are behind, members one a table.

    The coordinator comes this week, has been asked to come the week after, and is expected still.
    """
    community, coordinator = dates[0].community, members[0]
    shown = dates[past - SHOWN_BEFORE : past + SHOWN_AFTER]
    begun = shown[0].starts_at - timedelta(days=6)
    with held_at(begun):
        planning.set_season(community, local_day(dates[0]), local_day(dates[-1]), QUOTA)
        needs = {
            planning.add_role(community, name, explanation): Need(many, time(since), time(until))
            for name, explanation, many, since, until in ROLES
        }
        for each in shown:
            planning.set_shifts(each, needs)
        people = [each for each in members[1:] if each.person is not None]
        for number, each in enumerate(shown):
            _fill(each, people, chance, full=number < SHOWN_BEFORE)
        this_week, next_week = (
            planning.shifts_of(each) for each in shown[SHOWN_BEFORE : SHOWN_BEFORE + 2]
        )
        free = next((each for each in this_week if each.free), None)
        if free is not None:
            signing.sign_up(free, coordinator)
        asking = next((each for shift in next_week for each in shift.on_duty), None)
        if asking is not None:
            signing.offer(asking, coordinator)
    missing = next(each for shift in planning.shifts_of(shown[0]) for each in shift.on_duty)
    signing.note_missed(missing, missed=True)


def _fill(
    distribution: Distribution, people: Sequence[Member], chance: Random, *, full: bool
) -> None:
    shifts = planning.shifts_of(distribution)
    places = [shift for shift in shifts for _place in range(shift.places)]
    if not full:
        places = [each for each in places if each.role.name == "Pesée"][:1]
    chosen = chance.sample(list(people), min(len(places), len(people)))
    for shift, member in zip(places, chosen, strict=False):
        signing.sign_up(shift, member)


def stage_evening(
    evening: Distribution, producer: Producer, reporter: Member, coordinator: Member
) -> None:
    """Let something be missing from a basket last week, and something be left over."""
    community = evening.community
    found = incidents.report(
        evening,
        households.household_of(reporter),
        reporter,
        producer,
        IncidentKind.MISSING,
        "Il manquait les poireaux.",
    )
    if producer.member is not None:
        incidents.answer(found, producer.member, "Désolé : j’en ajoute une botte jeudi.")
    incidents.report(
        evening,
        households.household_of(coordinator),
        coordinator,
        producer,
        IncidentKind.DAMAGED,
        "Deux salades écrasées au fond du sac.",
    )
    grocery = leftovers.keep_partner(
        community,
        "Épicerie solidaire du Célé",
        "Monique Vidal",
        "epicerie.solidaire@example.org",
        "05 65 00 00 40",
        "4 place de la Halle, Lavergne-sur-Célé",
    )
    leftovers.keep_partner(community, "Secours du canton", "", None, "05 65 00 00 41", "")
    with held_at(_after(evening)):
        given = leftovers.offer(evening, coordinator, "Une cagette de choux et six pains")
    with held_at(_after(evening) + timedelta(minutes=20)):
        leftovers.fetch(given, grocery)
        leftovers.note_given(given, "Une cagette de choux, quatre pains")
    leftovers.offer(evening, coordinator, "Trois bottes de blettes")


def _after(evening: Distribution) -> datetime:
    return min(evening.ends_at, now() - timedelta(hours=1))
