"""What core states in the record, and every kind that this site knows.

Public fields are codes, so that no name gets in; ``sentence`` turns them into words.
"""

from collections.abc import Mapping
from typing import Any

from freeco.i18n import _, counted, said
from freeco.kernel import kernel
from freeco.module import RecordKind, Text
from freeco.record.parameter_words import sentence as parameter_changed


def _plain(text: Text) -> Any:
    return lambda _about: text


def _module(about: Mapping[str, Any]) -> Text:
    known = kernel().plugins.modules.get(str(about["module"]))
    return known.title if known is not None else str(about["module"])


def _year_closed(about: Mapping[str, Any]) -> Text:
    if about["platform"]:
        return said("L’exercice %(year)s de la plateforme a été clos.", year=about["year"])
    return said("Une organisation membre a clos un exercice comptable.")


def _book_anchored(about: Mapping[str, Any]) -> Text:
    if not about["platform"]:
        return said("L’empreinte du livre de comptes d’une organisation membre a été inscrite.")
    return counted(
        "L’empreinte du livre de la plateforme a été inscrite, à %(num)s écriture.",
        "L’empreinte du livre de la plateforme a été inscrite, à %(num)s écritures.",
        int(about["entries"]),
    )


CORE: tuple[RecordKind, ...] = (
    RecordKind(
        "log.opened",
        _("Ouverture du registre"),
        _plain(_("Le registre est ouvert.")),
        about=("origin", "key"),
    ),
    RecordKind(
        "key.changed",
        _("Changements de clé"),
        _plain(_("La clé qui signe le registre a changé.")),
        about=("before", "after", "lost"),
    ),
    RecordKind(
        "charter.accepted",
        _("Charte acceptée"),
        lambda about: said("Quelqu’un a accepté la charte, version %(version)s.", **about),
        about=("version", "language", "text"),
        sealed=("member",),
    ),
    RecordKind(
        "charter.adopted",
        _("Charte votée"),
        lambda about: said("Les membres ont adopté la charte, version %(version)s.", **about),
        about=("version", "language", "text", "decided"),
    ),
    RecordKind(
        "module.opened",
        _("Services ouverts"),
        lambda about: counted(
            "Le service « %(module)s » s’est ouvert, à %(num)s membre.",
            "Le service « %(module)s » s’est ouvert, à %(num)s membres.",
            int(about["members"]),
            module=_module(about),
        ),
        about=("module", "members", "threshold"),
    ),
    RecordKind(
        "module.paused",
        _("Services suspendus"),
        lambda about: said("Le service « %(module)s » a été suspendu.", module=_module(about)),
        about=("module",),
        sealed=("reason",),
    ),
    RecordKind(
        "module.resumed",
        _("Services repris"),
        lambda about: said("Le service « %(module)s » a repris.", module=_module(about)),
        about=("module",),
    ),
    RecordKind(
        "books.closed",
        _("Exercices clos"),
        _year_closed,
        about=("platform", "year", "entries", "head"),
        sealed=("book",),
    ),
    RecordKind(
        "books.anchored",
        _("Empreintes des comptes"),
        _book_anchored,
        about=("platform", "entries", "head"),
        sealed=("book",),
    ),
    RecordKind(
        "agreement.made",
        _("Accords"),
        _plain(_("Deux membres se sont mis d’accord.")),
        sealed=("first", "second", "terms", "first_by", "second_by"),
    ),
    RecordKind(
        "parameter.changed",
        _("Réglages changés"),
        parameter_changed,
        about=("parameter", "before", "after", "decided"),
        sealed=("reason",),
    ),
)


def kinds() -> dict[str, RecordKind]:
    """Return every kind this site can state, by name: core's, then the modules'."""
    found = {each.name: each for each in CORE}
    for module in kernel().plugins.modules.values():
        found.update((each.name, each) for each in module.record if each.name not in found)
    return found
