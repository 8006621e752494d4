"""What the parameters are today, and noticing those that changed without anybody saying so."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from freeco import activation
from freeco.charter import services as charter
from freeco.cost_price import keys
from freeco.db import db, lock
from freeco.kernel import kernel
from freeco.members.models import Community
from freeco.record import parameters
from freeco.record.codes import as_code
from freeco.record.models import ParameterChange
from freeco.record.parameter_names import ADMISSION, CHARTER, THRESHOLD, admission_code
from freeco.record.parameter_words import label_of, words_of


@dataclass(frozen=True)
class Parameter:
    """A parameter as it stands."""

    name: str
    label: str
    value: str
    """In words."""
    last: ParameterChange | None
    """What made it so; none before it was ever noted."""
    changes: int
    """How often it changed; the value it began with is none."""

    @property
    def since(self) -> datetime | None:
        """Since when it is so."""
        return self.last.changed_at if self.last is not None else None


def values(community: Community) -> Mapping[str, str]:
    """Return the code of each parameter of a community, as it is in force, in order."""
    return {
        ADMISSION: admission_code(community),
        CHARTER: as_code(charter.current_version(community)),
        **{
            f"{THRESHOLD}{name}": str(activation.threshold(community, module))
            for name, module in sorted(kernel().plugins.modules.items())
        },
        **keys.codes(),
        **_of_modules(community),
    }


def _of_modules(community: Community) -> Mapping[str, str]:
    """Return what the open modules let a vote set, where it has a value."""
    found = {
        f"{each.name}{about}": each.read(community, about)
        for module in kernel().plugins.titled(activation.open_modules(community))
        for each in module.parameters
        for about in each.abouts(community)
    }
    return {name: code for name, code in found.items() if code}


def current(community: Community) -> list[Parameter]:
    """Return every parameter of a community with its value, since when, and how often it changed.

    One that is known no more, such as a threshold of a module taken away, keeps its history only.
    """
    last, changes = _last(community), _changes(community)
    return [
        Parameter(name, label_of(name), words_of(name, code), last.get(name), changes.get(name, 0))
        for name, code in values(community).items()
    ]


def notice(community: Community) -> None:
    """State each parameter that is not as it was last noted, and at first what each begins with.

    The charter's version and a module's own threshold change with the programme: nobody was
    there to say why.
    """
    if community.rehearsal:
        return
    lock(community)
    last = _last(community)
    for name, code in values(community).items():
        before = last[name].after if name in last else ""
        parameters.changed(community, name, before, code)


def _last(community: Community) -> Mapping[str, ParameterChange]:
    latest = select(func.max(ParameterChange.id)).where(
        ParameterChange.community_id == community.id
    )
    query = select(ParameterChange).where(
        ParameterChange.id.in_(latest.group_by(ParameterChange.name))
    )
    return {each.name: each for each in db.session.scalars(query)}


def _changes(community: Community) -> Mapping[str, int]:
    query = (
        select(ParameterChange.name, func.count())
        .where(ParameterChange.community_id == community.id, ParameterChange.before != "")
        .group_by(ParameterChange.name)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}
