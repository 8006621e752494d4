"""What may come in through the form that does a project again in another community."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from freeco.i18n import _
from freeco.web.forms import Ticked, Whole, Words
from freeco_project_decisions.projects.baring import Texts
from freeco_project_decisions.projects.proposing import LONGEST_TITLE
from freeco_project_decisions.projects.schemas import MOST_TASK, NearDay


class _CopySchema(Schema):
    """Where a project is done again, from when on, and what leaves for there."""

    slug = Words(required=True, most=80)
    begins = NearDay(required=True)
    title = Words(required=True, most=LONGEST_TITLE)
    goals = Words(required=True, most=6000)
    resources = Words(load_default="", most=3000)
    documents = fields.List(Whole(), load_default=list)
    reviewed = Ticked()

    @validates_schema
    def _check(self, values: Mapping[str, Any], **_options: Any) -> None:
        if not values.get("reviewed"):
            raise ValidationError(
                str(_("Relisez les textes ci-dessus, puis cochez cette case.")), "reviewed"
            )


def copy_schema(texts: Texts) -> Schema:
    """Return the schema of the form that shows these texts; what it leaves out stays here."""
    asked: dict[str, Any] = {}
    for number in texts.tasks:
        asked[f"task_{number}"] = Words(load_default="", most=MOST_TASK)
        asked[f"words_{number}"] = Words(load_default="", most=6000)
    for number in texts.lines:
        asked[f"line_{number}"] = Words(load_default="", most=120)
    return _CopySchema.from_dict(asked)()


def typed(texts: Texts) -> dict[str, str]:
    """Return texts as the fields of that form."""
    found = {"title": texts.title, "goals": texts.goals, "resources": texts.resources}
    for number, (title, words) in texts.tasks.items():
        found |= {f"task_{number}": title, f"words_{number}": words}
    return found | {f"line_{number}": label for number, label in texts.lines.items()}


def texts_typed(texts: Texts, taken: Mapping[str, Any]) -> Texts:
    """Return the texts as they were read again."""
    return Texts(
        title=taken["title"],
        goals=taken["goals"],
        resources=taken["resources"],
        tasks={each: (taken[f"task_{each}"], taken[f"words_{each}"]) for each in texts.tasks},
        lines={each: taken[f"line_{each}"] for each in texts.lines},
    )
