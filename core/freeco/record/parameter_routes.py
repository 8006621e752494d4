"""What changed this parameter: from its value to the decision."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from freeco.doors import public
from freeco.errors import Absent
from freeco.kernel import kernel
from freeco.module import RefLabel
from freeco.record import parameter_values, parameters
from freeco.record.models import ParameterChange, RecordEntry
from freeco.record.parameter_names import decision
from freeco.record.parameter_words import label_of, words_of
from freeco.web.lists import page_of

pages = Blueprint("record_parameters", __name__)


@dataclass(frozen=True)
class Change:
    """A change in words, as its reader may know it."""

    row: ParameterChange
    entry: RecordEntry
    before: str
    """Empty for the value it began with."""
    after: str
    reason: str
    decision: RefLabel | None


@pages.get("/registre/reglages")
@public
def index() -> ResponseReturnValue:
    """Show what rules the community today: each value, since when, and what made it so."""
    found = parameter_values.current(g.community)
    why = {each.name: _why(each.last) for each in found if each.last is not None}
    return render_template("record/parameters.html", parameters=found, why=why)


@pages.get("/registre/reglages/<name>")
@public
def page(name: str) -> ResponseReturnValue:
    """Show how a parameter came to its value, the latest change first."""
    now = next((each for each in parameter_values.current(g.community) if each.name == name), None)
    changes = _told(name, parameters.history(g.community, name))
    if now is None and not changes:
        raise Absent
    return render_template(
        "record/parameter.html", label=label_of(name), now=now, page=page_of(changes)
    )


def _told(name: str, rows: Sequence[tuple[ParameterChange, RecordEntry]]) -> list[Change]:
    return [
        Change(
            row,
            entry,
            words_of(name, row.before) if row.before else "",
            words_of(name, row.after),
            *_why(row),
        )
        for row, entry in rows
    ]


def _why(row: ParameterChange) -> tuple[str, RefLabel | None]:
    """Return why, and the decision behind it: for members, as it was said among them."""
    if g.member is None:
        return "", None
    ref = decision(row.decided)
    return row.reason, kernel().plugins.ref(ref) if ref is not None else None
