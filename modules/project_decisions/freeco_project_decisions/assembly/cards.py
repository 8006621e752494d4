"""What assemblies put on the home page and in the agenda."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask import url_for

from freeco.cells import says
from freeco.clock import now
from freeco.db import db
from freeco.i18n import _, day_of, moment, said
from freeco.members import membership
from freeco.members.models import Community, Member
from freeco.module import AgendaItem, Card, Found, Ref, RefLabel
from freeco_project_decisions.assembly import attending, holding, reading, wording
from freeco_project_decisions.assembly.models import Assembly, AssemblyState
from freeco_project_decisions.permissions import ASSEMBLY
from freeco_project_decisions.polls import paper

SOON = timedelta(days=30)
PRESSING = timedelta(days=3)


def url_of(assembly: Assembly) -> str:
    """Return the page of an assembly."""
    return url_for(
        "project_decisions_assembly.assembly",
        community=assembly.community.slug,
        assembly_id=assembly.id,
    )


def cards(community: Community, member: Member) -> list[Card]:
    """Return the assemblies that come, what one counts in them, and what is left to write."""
    found = []
    for assembly in reading.by_state(community, AssemblyState.CALLED, AssemblyState.OPEN):
        if assembly.state == AssemblyState.OPEN:
            if _takes_part(assembly, member):
                found.append(_sitting(assembly))
            found += _counting(assembly, member)
        elif now() < assembly.starts_at < now() + SOON:
            found.append(_coming(assembly, member))
    return found + _unsigned(community, member)


def _takes_part(assembly: Assembly, member: Member) -> bool:
    """Whether a member is there, may follow from elsewhere, or runs it."""
    return (
        attending.has_come(assembly, member)
        or holding.may_run(assembly, member)
        or (bool(assembly.remote) and attending.has_seat(assembly, member))
    )


def _sitting(assembly: Assembly) -> Card:
    return Card(
        title=said("%(title)s : en séance", title=assembly.title),
        text=_("L’assemblée se tient en ce moment : suivez-la et votez."),
        url=url_of(assembly),
        action=_("Suivre l’assemblée"),
        colour="teal",
        urgent=True,
    )


def _coming(assembly: Assembly, member: Member) -> Card:
    title = said(
        "%(title)s, le %(moment)s", title=assembly.title, moment=moment(assembly.starts_at)
    )
    given = attending.proxy_of(assembly, member)
    if given is not None and given.holder is not None:
        text = said("Vous avez donné procuration à %(name)s.", name=given.holder.name)
        action = said("Lire l’ordre du jour")
    elif assembly.most_proxies and member.person_id is not None:
        text = said("%(place)s. Si vous ne venez pas, donnez procuration.", place=assembly.place)
        action = said("Lire l’ordre du jour, donner procuration")
    else:
        text, action = assembly.place, said("Lire l’ordre du jour")
    pressing = assembly.starts_at < now() + PRESSING
    return Card(title, text, url_of(assembly), action, colour="teal", urgent=pressing)


def _counting(assembly: Assembly, member: Member) -> list[Card]:
    if not holding.is_teller(assembly, member):
        return []
    return [
        Card(
            title=said("Vous comptez : %(title)s", title=poll.title),
            text=_("Comptez de votre côté, sans regarder l’autre comptage."),
            url=url_for(
                "project_decisions_assembly.count",
                community=assembly.community.slug,
                assembly_id=assembly.id,
                item_id=item.id,
            ),
            action=_("Saisir mon comptage"),
            colour="teal",
            urgent=True,
        )
        for item in assembly.items
        if (poll := item.poll) is not None and item.called_at and paper.awaited(poll)
    ]


def _unsigned(community: Community, member: Member) -> list[Card]:
    closed = reading.by_state(community, AssemblyState.CLOSED)
    found = reading.minutes_of(closed)
    keeps = membership.holds(member, ASSEMBLY.name)
    return [
        Card(
            title=said("Procès-verbal : %(title)s", title=assembly.title),
            text=said("Assemblée du %(day)s.", day=day_of(assembly.starts_at)),
            url=url_for(
                "project_decisions_assembly.minutes",
                community=community.slug,
                assembly_id=assembly.id,
            ),
            action=_("Relire et signer") if assembly.id in found else _("Écrire le procès-verbal"),
            colour="teal",
        )
        for assembly in closed
        if (keeps or holding.may_run(assembly, member))
        and (assembly.id not in found or not found[assembly.id].sha256)
    ]


def agenda(community: Community, since: datetime, until: datetime) -> list[AgendaItem]:
    """Return the assemblies of a time."""
    return [
        AgendaItem(
            title=assembly.title,
            starts_at=assembly.starts_at,
            ends_at=assembly.ends_at,
            place=assembly.place,
            url=url_of(assembly),
            key=f"project_decisions.assembly:{assembly.id}",
            changes=assembly.changes,
            changed_at=assembly.changed_at,
        )
        for assembly in reading.between(community, since, until)
    ]


def find(community: Community, words: str) -> list[Found]:
    """Return the assemblies that say these words; no draft."""
    return [
        Found(assembly.title, _about(assembly), url_of(assembly))
        for assembly in reversed(reading.by_state(community, *reading.SHOWN))
        if says(words, assembly.title, assembly.place, *_texts(assembly))
    ]


def _texts(assembly: Assembly) -> Sequence[str]:
    return [text for item in assembly.items for text in (item.title, item.text)]


def _about(assembly: Assembly) -> str:
    return said(
        "%(kind)s du %(day)s",
        kind=wording.KINDS[assembly.kind],
        day=day_of(assembly.starts_at),
    )


def label(ref: Ref) -> RefLabel | None:
    """Name an assembly that a link points to; drafts have no name yet."""
    if (ref.module, ref.kind) != ("project_decisions", "assembly"):
        return None
    assembly = db.session.get(Assembly, ref.id)
    if assembly is None or assembly.state == AssemblyState.DRAFT:
        return None
    return RefLabel(assembly.title, url_of(assembly))
