"""Each list as a CSV, XLSX or ODS file, for those who may open its page."""

from flask import Blueprint, g
from flask.typing import ResponseReturnValue

from freeco.db import db
from freeco.doors import held_here, requires
from freeco.errors import Absent
from freeco.listings import CONTENT_TYPES, Format
from freeco.members import households
from freeco.web.downloads import file_answer, list_answer
from freeco_direct_sales import catalogue, contracts, distributions
from freeco_direct_sales.exchange import listings, ofn_csv, order_listings, stock_listings
from freeco_direct_sales.models import Producer
from freeco_direct_sales.orders import counting, sessions
from freeco_direct_sales.orders.counting_routes import producer_of
from freeco_direct_sales.permissions import AT_THE_TABLE, COORDINATE

pages = Blueprint("direct_sales_listings", __name__)
FORM = "<any(csv,xlsx,ods):form>"


@pages.get(f"/producteurs/<int:producer_id>/listes/produits.{FORM}")
def products(producer_id: int, form: Format) -> ResponseReturnValue:
    """Give a producer's products."""
    producer = catalogue.find_producer(g.community, producer_id)
    found = catalogue.products_of(producer)
    return list_answer(listings.products(producer, found, notes=_reads_notes(producer)), form)


def _reads_notes(producer: Producer) -> bool:
    """Whether the reader is one of those for whom a product's note is written."""
    return COORDINATE.name in held_here() or catalogue.acts_for(producer, g.member)


@pages.get("/producteurs/<int:producer_id>/listes/open-food-network.csv")
def open_food_network(producer_id: int) -> ResponseReturnValue:
    """Give a producer's products as Open Food Network imports them."""
    producer = catalogue.find_producer(g.community, producer_id)
    content = ofn_csv.write(catalogue.products_of(producer))
    return file_answer(content, CONTENT_TYPES["csv"], f"open-food-network-{producer.id}.csv")


@pages.get(f"/contrats/listes/contrats.{FORM}")
def season_contracts(form: Format) -> ResponseReturnValue:
    """Give the contracts; drafts only to those who prepare them."""
    drafts = COORDINATE.name in held_here()
    found = contracts.contracts_of(g.community, drafts=drafts)
    return list_answer(listings.season_contracts(found), form)


@pages.get(f"/contrats/<int:contract_id>/listes/souscriptions.{FORM}")
@requires(COORDINATE.name)
def subscribed(contract_id: int, form: Format) -> ResponseReturnValue:
    """Give the households engaged in a contract."""
    contract = contracts.find_contract(g.community, contract_id)
    return list_answer(listings.subscribed(contract), form)


@pages.get(f"/souscriptions/listes/mes-contrats.{FORM}")
def mine(form: Format) -> ResponseReturnValue:
    """Give the reader's household its own contracts."""
    household = households.find_household(g.member)
    if household is None:
        raise Absent
    return list_answer(listings.mine(household), form)


@pages.get(f"/distributions/listes/distributions.{FORM}")
def evenings(form: Format) -> ResponseReturnValue:
    """Give the distributions."""
    return list_answer(listings.evenings(g.community), form)


@pages.get(f"/distributions/<int:distribution_id>/listes/emargement.{FORM}")
@requires(*AT_THE_TABLE)
def table(distribution_id: int, form: Format) -> ResponseReturnValue:
    """Give who comes, and who has taken their basket."""
    distribution = distributions.find_distribution(g.community, distribution_id)
    return list_answer(listings.table(distribution), form)


@pages.get(f"/distributions/<int:distribution_id>/listes/<int:producer_id>/recolte.{FORM}")
def harvest(distribution_id: int, producer_id: int, form: Format) -> ResponseReturnValue:
    """Give what a producer brings: to the coordination and to the producer."""
    distribution = distributions.find_distribution(g.community, distribution_id)
    producer = catalogue.find_producer(g.community, producer_id)
    if COORDINATE.name not in held_here() and not catalogue.acts_for(producer, g.member):
        raise Absent
    return list_answer(listings.harvest(distribution, producer), form)


@pages.get(f"/sessions/listes/sessions.{FORM}")
@requires(COORDINATE.name)
def order_sessions(form: Format) -> ResponseReturnValue:
    """Give the order sessions."""
    found = db.session.scalars(sessions.sessions_query(g.community)).all()
    return list_answer(order_listings.order_sessions(g.community, found), form)


@pages.get(f"/sessions/<int:session_id>/listes/foyers.{FORM}")
@requires(COORDINATE.name)
def by_household(session_id: int, form: Format) -> ResponseReturnValue:
    """Give what each household orders in a session."""
    session = sessions.find_session(g.community, session_id)
    return list_answer(order_listings.by_household(session), form)


@pages.get(f"/sessions/<int:session_id>/listes/produits.{FORM}")
@requires(COORDINATE.name)
def by_product(session_id: int, form: Format) -> ResponseReturnValue:
    """Give how many of each product are ordered in a session."""
    session = sessions.find_session(g.community, session_id)
    return list_answer(order_listings.by_product(session), form)


@pages.get(f"/producteurs/<int:producer_id>/listes/stock.{FORM}")
def stock(producer_id: int, form: Format) -> ResponseReturnValue:
    """Give a producer's stock: to the coordination and to the producer."""
    producer = producer_of(producer_id)
    return list_answer(stock_listings.stock(producer, counting.shown(producer)), form)


@pages.get(f"/producteurs/<int:producer_id>/listes/mouvements.{FORM}")
def stock_movements(producer_id: int, form: Format) -> ResponseReturnValue:
    """Give why a producer's stock changed: to the coordination and to the producer."""
    producer = producer_of(producer_id)
    found = db.session.scalars(counting.movements(producer)).all()
    return list_answer(stock_listings.stock_movements(producer, found), form)
