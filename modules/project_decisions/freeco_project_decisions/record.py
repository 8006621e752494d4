"""What project decisions state in the public record: votes opened and closed, and decisions."""

from collections.abc import Mapping
from typing import Any

from freeco.i18n import _, counted, said
from freeco.module import RecordKind, Text


def _opened(about: Mapping[str, Any]) -> Text:
    return counted(
        "Un vote s’est ouvert, pour %(num)s votant.",
        "Un vote s’est ouvert, pour %(num)s votants.",
        int(about["electors"]),
    )


def _closed(about: Mapping[str, Any]) -> Text:
    return counted(
        "Un vote s’est terminé, avec %(num)s bulletin.",
        "Un vote s’est terminé, avec %(num)s bulletins.",
        int(about["ballots"]),
    )


def _cancelled(_about: Mapping[str, Any]) -> Text:
    return said("Un vote a été annulé.")


def _made(about: Mapping[str, Any]) -> Text:
    if about["adopted"]:
        return said("La décision n° %(number)s a été adoptée.", number=about["number"])
    return said("Le vote n° %(number)s du registre n’a rien adopté.", number=about["number"])


def _dropped(about: Mapping[str, Any]) -> Text:
    return said(
        "Quelqu’un a dit que la décision n° %(number)s ne s’applique pas, et pourquoi aux membres.",
        number=about["number"],
    )


OPENED = RecordKind(
    "poll.opened",
    _("Votes ouverts"),
    _opened,
    about=("poll", "method", "secrecy", "electors", "text"),
)
CLOSED = RecordKind(
    "poll.closed", _("Votes terminés"), _closed, about=("poll", "ballots", "digest")
)
MADE = RecordKind(
    "decision.made", _("Décisions"), _made, about=("poll", "number", "adopted", "outcome")
)


def _called(about: Mapping[str, Any]) -> Text:
    return counted(
        "Une assemblée a été convoquée, avec %(num)s point à l’ordre du jour.",
        "Une assemblée a été convoquée, avec %(num)s points à l’ordre du jour.",
        int(about["items"]),
    )


def _minutes(about: Mapping[str, Any]) -> Text:
    return counted(
        "Le procès-verbal d’une assemblée est signé, avec %(num)s décision.",
        "Le procès-verbal d’une assemblée est signé, avec %(num)s décisions.",
        int(about["decisions"]),
    )


ASSEMBLY_CALLED = RecordKind(
    "assembly.called",
    _("Assemblées convoquées"),
    _called,
    about=("assembly", "assembly_kind", "day", "items"),
)
ASSEMBLY_MINUTES = RecordKind(
    "assembly.minutes",
    _("Procès-verbaux d’assemblée"),
    _minutes,
    about=("assembly", "decisions", "pdf"),
)
CANCELLED = RecordKind("poll.cancelled", _("Votes annulés"), _cancelled, about=("poll",))


def _sealed(_about: Mapping[str, Any]) -> Text:
    return said("Les questions, les clés et les codes d’un vote secret ont été fixés.")


def _published(about: Mapping[str, Any]) -> Text:
    return counted(
        "%(num)s bulletin scellé a été publié.",
        "%(num)s bulletins scellés ont été publiés.",
        int(about["ballots"]),
    )


def _counted(about: Mapping[str, Any]) -> Text:
    return counted(
        "Un vote secret a été dépouillé : %(num)s bulletin compté.",
        "Un vote secret a été dépouillé : %(num)s bulletins comptés.",
        int(about["ballots"]),
    )


def _papers(about: Mapping[str, Any]) -> Text:
    return counted(
        "Deux personnes ont compté, chacune de son côté, %(num)s papier d’un vote secret, et "
        "trouvent la même chose.",
        "Deux personnes ont compté, chacune de son côté, %(num)s papiers d’un vote secret, et "
        "trouvent la même chose.",
        int(about["ballots"]),
    )


SEALED = RecordKind(
    "poll.sealed",
    _("Votes secrets préparés"),
    _sealed,
    about=("poll", "election", "trustees", "credentials", "setup", "page"),
)
BALLOTS = RecordKind(
    "poll.ballots",
    _("Bulletins scellés publiés"),
    _published,
    about=("poll", "batch", "ballots", "digest"),
)
COUNTED = RecordKind(
    "poll.counted", _("Votes secrets dépouillés"), _counted, about=("poll", "ballots", "archive")
)
PAPERS = RecordKind(
    "poll.paper",
    _("Papiers comptés à côté d’un vote secret"),
    _papers,
    about=("poll", "ballots", "digest"),
)
DROPPED = RecordKind(
    "decision.dropped", _("Décisions qui ne s’appliquent pas"), _dropped, about=("number",)
)
KINDS = (
    ASSEMBLY_CALLED,
    ASSEMBLY_MINUTES,
    SEALED,
    BALLOTS,
    COUNTED,
    PAPERS,
    OPENED,
    CLOSED,
    CANCELLED,
    MADE,
    DROPPED,
)
