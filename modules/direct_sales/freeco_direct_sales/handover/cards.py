"""The card that leads who rehearses to the exercises."""

from collections.abc import Iterator

from flask import url_for

from freeco.i18n import counted, said
from freeco.members.models import Community
from freeco.module import Card
from freeco_direct_sales.handover import exercises


def of_rehearsal(community: Community) -> Iterator[Card]:
    """Give the exercises, in a rehearsal."""
    if not community.rehearsal:
        return
    found = exercises.exercises(community)
    if found:
        done = sum(each.done for each in found)
        yield Card(
            title=said("S’exercer sur la fausse saison"),
            text=counted(
                "%(num)s exercice sur %(all)s est fait.",
                "%(num)s exercices sur %(all)s sont faits.",
                done,
                all=len(found),
            ),
            url=url_for("direct_sales_handover.exercises_page", community=community.slug),
            action=said("Voir les exercices"),
            urgent=True,
        )
