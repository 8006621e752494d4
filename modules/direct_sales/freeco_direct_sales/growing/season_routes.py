"""The season table's page and files, for the producer's people and who keeps the accounts."""

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from freeco.doors import held_here
from freeco.errors import Absent
from freeco.listings import Format
from freeco.members.models import TREASURER
from freeco.web.downloads import list_answer
from freeco_direct_sales import catalogue
from freeco_direct_sales.exchange.listing_routes import FORM
from freeco_direct_sales.growing import season_files
from freeco_direct_sales.growing.season import season_of
from freeco_direct_sales.growing.season_table import Season
from freeco_direct_sales.models import Producer
from freeco_direct_sales.permissions import COORDINATE

pages = Blueprint("direct_sales_season", __name__, template_folder="../templates")


def reads_season(producer: Producer) -> bool:
    """Whether the reader may see what a producer was promised and paid."""
    return TREASURER in held_here() or _follows(producer)


def _season(producer_id: int) -> Season:
    producer = catalogue.find_producer(g.community, producer_id)
    if not reads_season(producer):
        raise Absent
    year = request.args.get("annee", "")
    known = year.isascii() and year.isdigit() and len(year) == 4
    return season_of(producer, int(year) if known else None)


@pages.get("/producteurs/<int:producer_id>/saison")
def page(producer_id: int) -> ResponseReturnValue:
    """Show what was promised, handed out and paid, by contract and by date."""
    season = _season(producer_id)
    return render_template(
        "direct_sales/growing/season.html", season=season, follows=_follows(season.producer)
    )


def _follows(producer: Producer) -> bool:
    """Whether the reader may open what is ordered of a producer: a treasurer alone may not."""
    return COORDINATE.name in held_here() or catalogue.acts_for(producer, g.member)


@pages.get(f"/producteurs/<int:producer_id>/listes/saison.{FORM}")
def accounts(producer_id: int, form: Format) -> ResponseReturnValue:
    """Give the sums by contract and session."""
    return list_answer(season_files.accounts(_season(producer_id)), form)


@pages.get(f"/producteurs/<int:producer_id>/listes/saison-par-date.{FORM}")
def evenings(producer_id: int, form: Format) -> ResponseReturnValue:
    """Give what was promised and handed out, by date."""
    return list_answer(season_files.evenings(_season(producer_id)), form)
