"""The lists of the days and of those who wait, as files, for those who may open their page."""

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue

from freeco.db import db
from freeco.doors import public, requires
from freeco.errors import Absent
from freeco.listings import Format
from freeco.members import households
from freeco.web.downloads import list_answer
from freeco_direct_sales import contracts, distributions
from freeco_direct_sales.exchange import day_listings, order_listings
from freeco_direct_sales.exchange.listing_routes import FORM
from freeco_direct_sales.orders import placing, sessions
from freeco_direct_sales.orders.following_routes import part_of
from freeco_direct_sales.permissions import COORDINATE
from freeco_direct_sales.shifts import incidents, planning

pages = Blueprint("direct_sales_day_listings", __name__)


@pages.get(f"/permanences/listes/bilan.{FORM}")
@requires(COORDINATE.name)
def shift_counts(form: Format) -> ResponseReturnValue:
    """Give who has done how many shifts, of this season or of ``?saison=``."""
    asked = request.args.get("saison", "")
    season = planning.season_at(g.community)
    every = planning.seasons_of(g.community)
    season = next((each for each in every if str(each.id) == asked), season)
    if season is None:
        raise Absent
    return list_answer(day_listings.shift_counts(season), form)


@pages.get(f"/distributions/<int:distribution_id>/listes/permanences.{FORM}")
@requires(COORDINATE.name)
def on_duty(distribution_id: int, form: Format) -> ResponseReturnValue:
    """Give who is on duty at a distribution."""
    distribution = distributions.find_distribution(g.community, distribution_id)
    return list_answer(day_listings.on_duty(distribution), form)


@pages.get(f"/contrats/<int:contract_id>/listes/attente.{FORM}")
@requires(COORDINATE.name)
def waiting_list(contract_id: int, form: Format) -> ResponseReturnValue:
    """Give who waits for a place in a contract."""
    contract = contracts.find_contract(g.community, contract_id)
    return list_answer(day_listings.waiting_list(contract), form)


@pages.get(f"/signalements/listes/signalements.{FORM}")
def reported(form: Format) -> ResponseReturnValue:
    """Give what was wrong in baskets, as far as it concerns the reader."""
    found = db.session.scalars(incidents.incidents_query(g.community, g.member)).all()
    return list_answer(day_listings.reported(g.community, found), form)


@pages.get(f"/partenaires/listes/partenaires.{FORM}")
@requires(COORDINATE.name)
def partners(form: Format) -> ResponseReturnValue:
    """Give the partners who are asked for leftovers."""
    return list_answer(day_listings.partners(g.community), form)


@pages.get(f"/partenaires/listes/dons.{FORM}")
@requires(COORDINATE.name)
def given(form: Format) -> ResponseReturnValue:
    """Give what partners came for."""
    return list_answer(day_listings.given(g.community), form)


@pages.get(f"/solidarite/listes/mois.{FORM}")
@public
def solidarity_months(form: Format) -> ResponseReturnValue:
    """Give the pool's totals by month, to anybody."""
    return list_answer(day_listings.solidarity_months(g.community), form)


@pages.get(f"/commandes/listes/mes-commandes.{FORM}")
def own_orders(form: Format) -> ResponseReturnValue:
    """Give the reader's household its own orders."""
    household = households.find_household(g.member)
    if household is None:
        raise Absent
    return list_answer(day_listings.own_orders(sessions.orders_of(household)), form)


@pages.get(f"/commandes/<int:session_id>/listes/ma-commande.{FORM}")
def own_order(session_id: int, form: Format) -> ResponseReturnValue:
    """Give the reader's household its order in a session."""
    session = sessions.find_session(g.community, session_id)
    household = households.find_household(g.member)
    found = placing.standing_order(session, household) if household is not None else None
    if found is None:
        raise Absent
    return list_answer(day_listings.own_order(found), form)


@pages.get(f"/sessions/<int:session_id>/suivi/<int:producer_id>/listes/produits.{FORM}")
def to_bring(session_id: int, producer_id: int, form: Format) -> ResponseReturnValue:
    """Give a producer what is ordered from them: to them and to the coordination."""
    session, producer = part_of(session_id, producer_id)
    return list_answer(order_listings.by_product(session, producer), form)
