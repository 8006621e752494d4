"""Every rule of a community that a vote may set, by name, with its bounds: core's and modules'."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from freeco import cells, own_parameters
from freeco.activation import open_modules
from freeco.db import db, lock
from freeco.errors import Invalid, Refusal
from freeco.i18n import _
from freeco.kernel import kernel
from freeco.members.models import Community, Member
from freeco.module import Parameter, Text
from freeco.record import parameters


class NotSettable(Refusal):
    """No such rule here: its module is closed, or what it was about is gone."""

    reason = _("Ce réglage n’existe pas ou plus dans cette communauté.")


class HoldsElsewhere(Refusal):
    """A rule of the whole site is not one community's to set."""

    reason = _(
        "Ce réglage vaut pour toutes les communautés de ce site : une seule ne peut pas en "
        "décider pour les autres."
    )


@dataclass(frozen=True)
class Rule:
    """A rule as it stands in a community."""

    parameter: Parameter
    community: Community
    about: str

    @property
    def name(self) -> str:
        """Its name, for good."""
        return f"{self.parameter.name}{self.about}"

    @property
    def label(self) -> str:
        """What it is called."""
        return str(self.parameter.label(self.about))

    @property
    def hint(self) -> Text:
        """How it is typed."""
        return self.parameter.hint

    @property
    def code(self) -> str:
        """The code of the value in force; empty when there is none."""
        return self.parameter.read(self.community, self.about)

    @property
    def choices(self) -> Sequence[tuple[str, Text]]:
        """The codes one may choose from; none for what is typed."""
        choose = self.parameter.choices
        return choose(self.community, self.about) if choose is not None else ()

    def words(self, code: str) -> str:
        """Say what a code means."""
        return str(self.parameter.words(code)) if code else str(_("rien encore"))

    def take(self, typed: str) -> str:
        """Read what was typed as a code. Raises a Refusal whose sentence says the bounds."""
        if self.choices and typed not in [code for code, _words in self.choices]:
            raise _wrong(str(_("Ce choix n’existe pas.")))
        try:
            return self.parameter.take(self.community, self.about, typed)
        except cells.BadCell as error:
            raise _wrong(str(error)) from error


def _wrong(words: str) -> Invalid:
    found = Invalid({"value": [words]})
    found.reason = words
    return found


def rules(community: Community) -> Sequence[Rule]:
    """Return every rule that a vote of this community may set, core's first.

    One that has only its value in force to choose is left out: a service that is open.
    """
    alone = _is_alone(community)
    found = [
        Rule(each, community, about)
        for each in _parameters(community)
        if alone or not each.whole_site
        for about in each.abouts(community)
    ]
    return [each for each in found if [code for code, _words in each.choices] != [each.code]]


def find(community: Community, name: str) -> Rule:
    """Return a rule by its name; raises NotSettable, HoldsElsewhere."""
    for each in _parameters(community):
        for about in each.abouts(community):
            if f"{each.name}{about}" == name:
                if each.whole_site and not _is_alone(community):
                    raise HoldsElsewhere
                return Rule(each, community, about)
    raise NotSettable


def put(
    community: Community,
    name: str,
    code: str,
    *,
    member: Member | None = None,
    reason: str = "",
    decided: str = "",
) -> None:
    """Set a rule to a code that ``Rule.take`` gave, and note it in its history.

    What is so already changes nothing. ``member`` and ``reason`` are for a module's rules: core's
    own are set on their pages. ``decided`` as in ``record.parameters.changed``. Raises
    NotSettable, HoldsElsewhere, and the refusal of a code out of its bounds.
    """
    lock(community)
    rule = find(community, name)
    before = rule.code
    if before == code:
        return
    rule.parameter.write(community, rule.about, code, decided)
    db.session.flush()
    if rule.parameter not in own_parameters.PARAMETERS:
        parameters.changed(
            community, name, before, rule.code, member=member, reason=reason, decided=decided
        )


def _parameters(community: Community) -> Sequence[Parameter]:
    modules = kernel().plugins.titled(open_modules(community))
    return [*own_parameters.PARAMETERS, *(each for one in modules for each in one.parameters)]


def _is_alone(community: Community) -> bool:
    """Whether it is the only community of the site; rehearsals are none."""
    others = select(func.count(Community.id)).where(
        Community.id != community.id, ~Community.rehearsal
    )
    return not community.rehearsal and not db.session.scalar(others)
