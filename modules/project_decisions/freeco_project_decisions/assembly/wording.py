"""Assemblies in words: what they are, where they stand, their rules."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from freeco.i18n import _, counted, day, said
from freeco.module import Text
from freeco_project_decisions.assembly.attending import Attendance
from freeco_project_decisions.assembly.models import Assembly, AssemblyState, Kind, Minutes
from freeco_project_decisions.assembly.preparing import latest_call
from freeco_project_decisions.polls.models import Method, Room
from freeco_project_decisions.polls.wording import MAJORITIES

KINDS: Mapping[str, Text] = {
    Kind.ORDINARY: _("Assemblée générale ordinaire"),
    Kind.EXTRAORDINARY: _("Assemblée générale extraordinaire"),
    Kind.MEETING: _("Réunion"),
}
STATES: Mapping[str, tuple[Text, str]] = {
    AssemblyState.DRAFT: (_("en préparation"), "wait"),
    AssemblyState.CALLED: (_("convoquée"), "good"),
    AssemblyState.OPEN: (_("en séance"), "good"),
    AssemblyState.CLOSED: (_("terminée"), ""),
    AssemblyState.CANCELLED: (_("annulée"), "bad"),
}
QUORUMS: Mapping[str, tuple[Text, int, int]] = {
    "none": (_("aucun quorum"), 0, 1),
    "fifth": (_("un cinquième des membres"), 1, 5),
    "quarter": (_("un quart des membres"), 1, 4),
    "third": (_("un tiers des membres"), 1, 3),
    "half": (_("la moitié des membres"), 1, 2),
    "two_thirds": (_("deux tiers des membres"), 2, 3),
}
ROOMS: Mapping[str, tuple[Text, Text]] = {
    Room.HANDS: (
        _("À main levée"),
        _("Deux personnes comptent les mains, chacune de son côté. Ailleurs, on vote sur sa page."),
    ),
    Room.URN: (
        _("Sur papier, dans une urne"),
        _(
            "Deux personnes dépouillent, chacune de son côté. Ailleurs, on vote sur sa page. Dans "
            "la salle, personne ne sait qui a voté quoi."
        ),
    ),
    Room.PAGES: (
        _("Chacun sur sa page"),
        _("Y compris dans la salle. Un papier à son nom peut être saisi par le secrétaire."),
    ),
}
VOTES: Mapping[str, Text] = {
    "none": _("Pas de vote : on en parle seulement"),
    "ask": _("Un vote : oui, non ou blanc"),
    "join": _("Un vote déjà préparé"),
}
MAJORITY_NAMES = tuple(MAJORITIES)
RESOLUTIONS = (Method.ASSENT, Method.HANDS)


def quorum_of(assembly: Assembly) -> str:
    """Return the name of an assembly's quorum in ``QUORUMS``."""
    part = (assembly.quorum_part, assembly.quorum_whole)
    return next((name for name, (_w, *rule) in QUORUMS.items() if tuple(rule) == part), "none")


def quorum(assembly: Assembly) -> str:
    """Say the quorum of an assembly."""
    if not assembly.quorum_part:
        return said("Cette assemblée décide quel que soit le nombre de présents.")
    return said(
        "Pour décider, il faut %(quorum)s, présents ou représentés.",
        quorum=QUORUMS[quorum_of(assembly)][0],
    )


def proxies(assembly: Assembly) -> str:
    """Say whether one may hand one's voice to somebody."""
    if not assembly.most_proxies:
        return said("On ne peut pas se faire représenter.")
    return counted(
        "Si vous ne venez pas, donnez procuration à un autre membre ; chacun en porte "
        "%(num)s au plus.",
        "Si vous ne venez pas, donnez procuration à un autre membre ; chacun en porte "
        "%(num)s au plus.",
        assembly.most_proxies,
    )


def notice(assembly: Assembly) -> str:
    """Say until when to invite."""
    if not assembly.notice_days:
        return said("Aucun délai de convocation.")
    return counted(
        "Les statuts demandent %(num)s jour : la convocation part le %(day)s au plus tard.",
        "Les statuts demandent %(num)s jours : la convocation part le %(day)s au plus tard.",
        assembly.notice_days,
        day=day(latest_call(assembly)),
    )


def came(found: Attendance) -> str:
    """Say who came, on one line."""
    parts = [counted("%(num)s présent", "%(num)s présents", found.in_room)]
    if found.remote:
        parts.append(counted("%(num)s à distance", "%(num)s à distance", found.remote))
    if found.represented:
        parts.append(counted("%(num)s représenté", "%(num)s représentés", found.represented))
    return ", ".join(parts)


def quorum_now(found: Attendance) -> str:
    """Say whether the quorum is met."""
    if not found.needed:
        return said("Pas de quorum à atteindre.")
    if found.met:
        return said(
            "Quorum atteint : %(voices)s voix, il en faut %(needed)s.",
            voices=found.voices,
            needed=found.needed,
        )
    return counted(
        "Quorum non atteint : %(voices)s voix, il en faut %(needed)s. Il en manque %(num)s.",
        "Quorum non atteint : %(voices)s voix, il en faut %(needed)s. Il en manque %(num)s.",
        found.needed - found.voices,
        voices=found.voices,
        needed=found.needed,
    )


def minutes_state(minutes: Minutes | None) -> tuple[str, str]:
    """Say where minutes stand, with the kind of its stamp."""
    if minutes is None:
        return said("à écrire"), "wait"
    if not minutes.sha256:
        return said("à signer"), "wait"
    if minutes.adopted_at is None:
        return said("signé"), "good"
    return said("adopté"), "good"


def day_and_hour(assembly: Assembly) -> tuple[str, str]:
    """Return the day and the hour as a form shows them."""
    local = assembly.starts_at.astimezone(ZoneInfo(assembly.community.timezone))
    return local.date().isoformat(), f"{local:%H:%M}"
