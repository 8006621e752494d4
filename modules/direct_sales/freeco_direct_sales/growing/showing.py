"""What the farm's page shows beside its products and contracts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date, get_month_names

from freeco.clock import today
from freeco.i18n import _, language, listed, said
from freeco.members.models import Member
from freeco_direct_sales import catalogue
from freeco_direct_sales.growing import farm, season_routes, visits
from freeco_direct_sales.growing.farm import MONTHS, Comes
from freeco_direct_sales.growing.models import (
    FarmPicture,
    Mishap,
    PlannedCrop,
    SeasonNotice,
    Visit,
)
from freeco_direct_sales.models import Producer

MISHAPS = {
    Mishap.HAIL: _("Grêle"),
    Mishap.FROST: _("Gel"),
    Mishap.DROUGHT: _("Sécheresse"),
    Mishap.FLOOD: _("Inondation, trop de pluie"),
    Mishap.DISEASE: _("Maladie"),
    Mishap.PEST: _("Ravageurs, bêtes sauvages"),
    Mishap.HUMAN: _("Panne, accident, maladie des gens"),
    Mishap.OTHER: _("Autre chose"),
}


@dataclass(frozen=True)
class FarmPage:
    """All that the page shows of a farm's season."""

    picture: FarmPicture | None
    comes: Sequence[Comes]
    crops: Sequence[PlannedCrop]
    notices: Sequence[SeasonNotice]
    visits: Sequence[Visit]
    month: int
    writes: bool
    """Whether the reader writes what the farm grows."""
    reads_season: bool
    """Whether the reader may see what was promised and paid."""

    @property
    def next_visit(self) -> date | None:
        """When the next visit is due, as the last published report says."""
        published = [each for each in self.visits if each.published_at is not None]
        return published[0].next_due_on if published else None


def page_of(producer: Producer, reader: Member, *, coordinates: bool) -> FarmPage:
    """Gather a farm's page in a handful of queries."""
    return FarmPage(
        picture=farm.picture_of(producer),
        comes=farm.calendar(producer),
        crops=farm.crops_of(producer),
        notices=farm.notices_of(producer),
        visits=visits.visits_of(producer, reader),
        month=today(producer.community.timezone).month,
        writes=coordinates or catalogue.acts_for(producer, reader),
        reads_season=season_routes.reads_season(producer),
    )


def month_names() -> list[str]:
    """Return the twelve months' names."""
    names = get_month_names("wide", context="stand-alone", locale=language())
    return [names[each] for each in MONTHS]


def week_words(monday: date) -> str:
    """Name a week by its Monday, without the word: 15 juin."""
    return format_date(monday, "d MMM", locale=language())


def months_words(months: Iterable[int]) -> str:
    """Say when something comes: de novembre à mars, en juin."""
    names = month_names()
    found = farm.spans(months)
    if found == [(1, 12)]:
        return said("toute l’année")
    return listed(
        [
            said("en %(month)s", month=names[first - 1])
            if first == last
            else said("%(first)s à %(last)s", first=names[first - 1], last=names[last - 1])
            for first, last in found
        ]
    )
