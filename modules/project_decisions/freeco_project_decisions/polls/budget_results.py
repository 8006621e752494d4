"""How a budget is drawn: what is funded out of it, and who wanted what."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from freeco.i18n import _, money, said
from freeco.module import Text
from freeco.money import Money
from freeco_project_decisions.polls.models import Poll
from freeco_project_decisions.polls.pictures import Bar, Figure, Table, segments

Seen = tuple[Sequence[Figure], Sequence[Table]]
COLOURS = 6


def shown(poll: Poll, outcome: Mapping[str, Any]) -> Seen:
    """Return the budget in one bar, the votes of each project, and both in a table."""
    found, chosen = outcome["derivation"], outcome["chosen"]
    texts = [option.text for option in poll.options]
    order = [*chosen, *(each for each in _by_votes(found) if each not in chosen)]
    rows = [
        [texts[each], str(found["votes"][each]), _money(found["costs"][each]), _why(found, each)]
        for each in order
    ]
    heads = (_("Projet"), _("Voix"), _("Coût"), _("Financement"))
    taken = frozenset(row for row, each in enumerate(order) if each in chosen)
    table = Table(_("Les projets"), heads, rows, taken)
    return [_spent(found, texts, chosen), _wanted(found, texts, order, chosen)], [table]


def _by_votes(found: Mapping[str, Any]) -> list[int]:
    return sorted(range(len(found["costs"])), key=lambda each: -found["votes"][each])


def _spent(found: Mapping[str, Any], texts: Sequence[str], chosen: Sequence[int]) -> Figure:
    parts = [
        (f"project-{place % COLOURS}", found["costs"][each]) for place, each in enumerate(chosen)
    ]
    rest = found["budget"] - found["spent"]
    note = said(
        "%(spent)s dépensés, %(rest)s restent", spent=_money(found["spent"]), rest=_money(rest)
    )
    bar = Bar("", segments([*parts, ("away", rest)], found["budget"]), note)
    legend: list[tuple[str, Text]] = [
        (
            f"project-{place % COLOURS}",
            said("%(project)s, %(cost)s", project=texts[each], cost=_money(found["costs"][each])),
        )
        for place, each in enumerate(chosen)
    ]
    return Figure(_("Le budget"), [bar], [*legend, ("away", _("ce qui reste"))])


def _wanted(
    found: Mapping[str, Any], texts: Sequence[str], order: Sequence[int], chosen: Sequence[int]
) -> Figure:
    bars = []
    for each in order:
        votes, ballots = found["votes"][each], found["ballots"]
        parts = [("yes" if each in chosen else "blank", votes), ("away", ballots - votes)]
        note = said(
            "%(many)s sur %(all)s, %(cost)s",
            many=votes,
            all=ballots,
            cost=_money(found["costs"][each]),
        )
        bars.append(Bar(texts[each], segments(parts, ballots), note, None, each in chosen))
    legend = [("yes", _("voix d’un projet financé")), ("blank", _("voix d’un projet non financé"))]
    return Figure(_("Qui voulait quoi"), bars, legend)


def _why(found: Mapping[str, Any], project: int) -> str:
    """Say how a project is paid, or that it is not."""
    for purchase in found.get("bought", ()):
        if purchase["project"] == project:
            return said(
                "financé ; chacun de ceux qui le veulent y met %(part)s au plus",
                part=_money(round(Fraction(purchase["most_paid"]))),
            )
    if project in found.get("added_by_votes", ()):
        return said("financé avec ce qui restait, au nombre de voix")
    if any(each["project"] == project for each in found.get("passed_over", ())):
        return said("non financé : il ne restait pas assez")
    if "bought" in found:
        return said("non financé : les parts de ceux qui le veulent ne suffisent pas")
    return said("non financé") if not found["votes"][project] else said("financé")


def _money(cents: int) -> str:
    return money(Money(cents))
