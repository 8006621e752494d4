"""Assemblies of the demonstration: one past with its minutes, one sitting, one to come, a draft."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from freeco.clock import held_at, now
from freeco.members import membership
from freeco.members.models import Member
from freeco.module import Demonstration
from freeco_project_decisions.assembly import agenda, attending, holding, minutes, papers, preparing
from freeco_project_decisions.assembly.agenda import Resolution
from freeco_project_decisions.assembly.models import Assembly, AssemblyItem, Kind
from freeco_project_decisions.assembly.preparing import Planned
from freeco_project_decisions.permissions import ASSEMBLY
from freeco_project_decisions.polls import paper, voting
from freeco_project_decisions.polls.models import Poll, Room

HALL = "Salle des fêtes, place de la Mairie"
HOURS = timedelta(hours=2)
NOTES = (
    "Le procès-verbal de l’an dernier est lu. Pas de remarque.",
    "Le trésorier présente les comptes : 14 320 € de recettes, 13 905 € de dépenses. On demande "
    "pourquoi l’assurance a augmenté : le contrat couvre maintenant les ateliers.",
    "Trois familles ont dit que 20 € pesaient. On garde le tarif et on ouvre un paiement en deux "
    "fois, sans le noter nulle part.",
)


def stage(staging: Demonstration) -> Sequence[str]:
    """Play an assembly to its signed minutes, open another, and call a third."""
    membership.grant(staging.coordinator, ASSEMBLY.name)
    people = [each for each in staging.members if each.person_id is not None]
    past = _past(staging, people)
    _to_come(staging, people, past)
    _sitting(staging, people)
    _draft(staging)
    slug = staging.community.slug
    return (f"Une assemblée est passée, une autre siège : /{slug}/project-decisions/assemblees",)


def _evening(days: int) -> datetime:
    """Return an evening: half past seven in Paris, in summer."""
    today = now().replace(hour=17, minute=30, second=0, microsecond=0)
    return today + timedelta(days=days)


def _planned(staging: Demonstration, title: str, starts_at: datetime) -> Planned:
    return Planned(
        kind=Kind.ORDINARY,
        title=title,
        starts_at=starts_at,
        ends_at=starts_at + HOURS,
        place=f"{HALL}, {staging.community.commune}".rstrip(", "),
        remote="01 99 00 12 34, salon 17",
        text="Venez comme vous êtes. On commence à l’heure, et un verre suit.",
        quorum_part=1,
        quorum_whole=4,
        most_proxies=2,
        chair=staging.treasurer,
        secretary=staging.coordinator,
    )


def _ask(item: AssemblyItem, author: Member, title: str, room: Room) -> None:
    agenda.ask(item, author, Resolution(title=title, room=room))


def _past(staging: Demonstration, people: Sequence[Member]) -> Assembly:
    starts = _evening(-3)
    author = staging.coordinator
    with held_at(starts - timedelta(days=20)):
        title = "Assemblée générale de rentrée"
        assembly = preparing.draft(staging.community, _planned(staging, title, starts))
        agenda.add_item(assembly, "Procès-verbal de l’an dernier")
        accounts = agenda.add_item(assembly, "Les comptes de l’année", "14 320 € de recettes.")
        _ask(accounts, author, "Approuver les comptes de l’année", Room.HANDS)
        fee = agenda.add_item(assembly, "La cotisation de l’an prochain")
        _ask(fee, author, "Garder la cotisation à 20 € par foyer", Room.URN)
        preparing.name_tellers(assembly, list(people[3:5]))
        preparing.call(assembly)
        attending.give_proxy(assembly, people[9], people[4], paper=True)
    with held_at(starts):
        attending.seat_everybody(assembly)
        _come(assembly, people, range(0, len(people), 2))
        holding.open_session(assembly)
    for item, notes in zip(list(assembly.items), NOTES, strict=True):
        starts += timedelta(minutes=20)
        with held_at(starts):
            _hold(assembly, item, notes)
    with held_at(starts + timedelta(minutes=20)):
        holding.close_session(assembly)
        minutes.fix(assembly)
    with held_at(starts + timedelta(days=1)):
        for member in (staging.treasurer, staging.coordinator):
            minutes.sign(assembly, member)
    return assembly


def _come(assembly: Assembly, people: Sequence[Member], places: Sequence[int] | range) -> None:
    coming = {people[place].id for place in places} | {people[3].id, people[4].id}
    coming |= {each.id for each in (assembly.chair, assembly.secretary) if each is not None}
    for number, seat in enumerate(attending.seats(assembly)):
        if seat.member_id in coming:
            attending.arrive(seat, remote=number % 9 == 8)


def _hold(assembly: Assembly, item: AssemblyItem, notes: str) -> None:
    holding.call_item(item)
    minutes.note(item, notes)
    if item.poll is None:
        return
    holding.open_vote(item)
    _count(assembly, item.poll)
    holding.close_vote(item)


def _count(assembly: Assembly, poll: Poll) -> None:
    """Have both tellers find the same: a few against, a few blank."""
    voices = paper.voters(poll).total()
    counts = {"answer_0": voices - 3, "answer_1": 2, "answer_2": 1}
    for bundle in paper.bundles(poll):
        for teller in assembly.tellers:
            if teller.member is not None:
                paper.enter(bundle, teller.member, counts)


def _to_come(staging: Demonstration, people: Sequence[Member], past: Assembly) -> None:
    with held_at(_evening(-1)):
        planned = _planned(staging, "Assemblée générale de printemps", _evening(24))
        assembly = preparing.draft(staging.community, planned)
        item = agenda.add_item(assembly, f"Procès-verbal : {past.title}")
        item.approves = past
        _ask(item, staging.coordinator, "Adopter le procès-verbal", Room.HANDS)
        agenda.add_item(
            assembly,
            "Rapport moral",
            "Ce que nous avons fait depuis l’automne, et ce qui nous attend.",
        )
        budget = agenda.add_item(assembly, "Le budget de la saison")
        budget.file_name, budget.file = "Budget de la saison.pdf", _budget(staging)
        _ask(budget, staging.coordinator, "Adopter le budget de la saison", Room.PAGES)
        agenda.add_item(assembly, "Questions diverses")
        preparing.call(assembly)
    attending.give_proxy(assembly, people[7], people[8])


def _budget(staging: Demonstration) -> bytes:
    """Print a budget to join to the agenda."""
    lines = (
        ("Recettes", "Cotisations et participations"),
        ("Dépenses", "Assurance, halle, outils"),
    )
    rows = [
        {"title": title, "when": "14 000 €", "sentence": words, "minority": ""}
        for title, words in lines
    ]
    community = staging.community.name
    content = {"community": community, "title": "Budget de la saison", "period": "", "empty": ""}
    return papers.print_register({**content, "rows": rows})


def _sitting(staging: Demonstration, people: Sequence[Member]) -> None:
    """Leave a meeting in which a vote waits for its tellers."""
    half_hour = 0 if now().minute < 30 else 30
    starts = now().replace(minute=half_hour, second=0, microsecond=0) - timedelta(minutes=30)
    with held_at(starts - timedelta(days=4)):
        planned = _planned(staging, "Réunion des référents", starts)
        planned = replace(planned, kind=Kind.MEETING, notice_days=0, quorum_part=0, remote="")
        assembly = preparing.draft(staging.community, planned)
        agenda.add_item(assembly, "Tour de table")
        item = agenda.add_item(assembly, "Le jour de la distribution pendant les fêtes")
        _ask(item, staging.coordinator, "Distribuer le mercredi 23 au lieu du jeudi", Room.HANDS)
        preparing.name_tellers(assembly, [staging.coordinator, people[4]])
        preparing.call(assembly)
    with held_at(starts):
        attending.seat_everybody(assembly)
        _come(assembly, people, range(10, len(people), 4))
        holding.open_session(assembly)
        holding.call_item(assembly.items[0])
        holding.open_vote(assembly.items[1])
    poll = assembly.items[1].poll
    if poll is not None:
        voting.vote(poll, people[5], [0])


def _draft(staging: Demonstration) -> None:
    title = "Assemblée générale extraordinaire"
    planned = _planned(staging, title, _evening(60))
    planned = replace(planned, kind=Kind.EXTRAORDINARY, quorum_part=1, quorum_whole=2)
    assembly = preparing.draft(staging.community, planned)
    agenda.add_item(assembly, "Changer les statuts : l’article 7")
