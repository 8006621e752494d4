"""The parameters core knows, in words: what each is called, and what its codes mean."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from freeco.cost_price.models import Basis, Pool
from freeco.cost_price.words import BASES, POOLS
from freeco.i18n import _, counted, day, money, percent, said
from freeco.kernel import kernel
from freeco.members.models import Admission
from freeco.module import Text
from freeco.money import Money
from freeco.record.parameter_names import ADMISSION, CHARTER, KEY, OPENED, RATE, THRESHOLD

ADMISSIONS: Mapping[Admission, Text] = {
    Admission.OPEN: _("Ouverte à tous ceux qui acceptent la charte"),
    Admission.INVITATION: _("Cercle fermé, sur invitation"),
    Admission.DOMAIN: _("Cercle fermé, par domaine d’adresse e-mail"),
}

OPENINGS: Mapping[str, Text] = {
    "closed": _("pas encore ouvert"),
    "open": _("ouvert"),
    "paused": _("en pause"),
}


@dataclass(frozen=True)
class ParameterKind:
    """Parameters of one sort: those whose name begins alike, or one alone."""

    name: str
    """``charter.version``; or ``threshold.``, after which stands what it is about."""
    label: Callable[[str], Text]
    """Says what such a parameter is, from the end of its name."""
    words: Callable[[str], Text]
    """Says what a value means, from its code."""


def label_of(name: str) -> str:
    """Return what a parameter is called; its name, when nobody knows it any more."""
    kind, about = _kind(name)
    return _or_code(kind.label, about) if kind is not None else name


def words_of(name: str, code: str) -> str:
    """Return a value in words; its code, when nobody knows it any more."""
    kind, _about = _kind(name)
    return _or_code(kind.words, code) if kind is not None else code


def sentence(about: Mapping[str, Any]) -> Text:
    """Say what changed, from what a statement holds, to anybody."""
    name = str(about["parameter"])
    words = {
        "parameter": label_of(name),
        "after": words_of(name, str(about.get("after", ""))),
    }
    if "before" not in about:
        return said("%(parameter)s : « %(after)s », pour commencer.", **words)
    before = words_of(name, str(about["before"]))
    return said("%(parameter)s : de « %(before)s » à « %(after)s ».", before=before, **words)


def _kind(name: str) -> tuple[ParameterKind | None, str]:
    for kind in _known():
        if name == kind.name or (kind.name.endswith(".") and name.startswith(kind.name)):
            return kind, name.removeprefix(kind.name)
    return None, ""


def _known() -> list[ParameterKind]:
    """List core's parameters, then those that modules declare."""
    return [
        *KINDS,
        *(
            ParameterKind(each.name, each.label, each.words)
            for module in kernel().plugins.modules.values()
            for each in module.parameters
        ),
    ]


def _or_code(say: Callable[[str], Text], code: str) -> str:
    """Say a code in words, or as it is: what was stated once must always be shown."""
    try:
        return str(say(code))
    except (ValueError, KeyError):
        return code


def _threshold(module: str) -> Text:
    return said("Seuil d’ouverture du service « %(service)s »", service=_title(module))


def _title(module: str) -> Text:
    known = kernel().plugins.modules.get(module)
    return known.title if known is not None else module


def _opening(module: str) -> Text:
    return said("Ouverture du service « %(service)s »", service=_title(module))


def _members(code: str) -> Text:
    return counted("%(num)s membre", "%(num)s membres", int(code))


def _admission(code: str) -> Text:
    rule, _colon, domain = code.partition(":")
    if domain:
        return said("Cercle fermé, aux adresses de %(domain)s", domain=domain)
    return ADMISSIONS[Admission(rule)]


def _version(code: str) -> Text:
    return said("version %(version)s", version=code)


def _key(pool: str) -> Text:
    return said("Partage du poste « %(pool)s »", pool=POOLS[Pool(pool)])


def _basis(code: str) -> Text:
    basis, _colon, since = code.partition(":")
    shared = BASES[Basis(basis)]
    if not since:
        return shared
    return said("%(basis)s, à partir du %(day)s", basis=shared, day=_day(since))


def _rate(code: str) -> Text:
    if ":" not in code:
        return percent(int(code))
    points, per_gift, since = code.split(":")
    words = {"rate": percent(int(points)), "day": _day(since)}
    if int(per_gift):
        gift = money(Money(int(per_gift)))
        return said("%(rate)s, et %(gift)s par don, à partir du %(day)s", gift=gift, **words)
    return said("%(rate)s, à partir du %(day)s", **words)


def _day(code: str) -> str:
    return day(date.fromisoformat(code))


KINDS: tuple[ParameterKind, ...] = (
    ParameterKind(ADMISSION, lambda _about: _("Qui peut entrer"), _admission),
    ParameterKind(CHARTER, lambda _about: _("Charte en vigueur"), _version),
    ParameterKind(THRESHOLD, _threshold, _members),
    ParameterKind(OPENED, _opening, lambda code: OPENINGS[code]),
    ParameterKind(RATE, lambda _about: _("Taux provisoire du prix coûtant"), _rate),
    ParameterKind(KEY, _key, _basis),
)
"""In the order in which they are read."""
