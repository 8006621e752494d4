"""A farm's season for the demonstration: its months, its plan, hail, a visit, a service."""

from collections.abc import Sequence
from datetime import timedelta

from freeco.clock import held_at, now, today
from freeco.db import db
from freeco.members import households
from freeco.members.models import Member
from freeco.money import Money
from freeco.payments.models import Method
from freeco_direct_sales import catalogue
from freeco_direct_sales.growing import farm, services, visits
from freeco_direct_sales.models import Distribution, Producer
from freeco_direct_sales.orders import placing, preparing, sessions
from freeco_direct_sales.orders.models import Order, OrderSession
from freeco_direct_sales.orders.placing import Want
from freeco_direct_sales.orders.preparing import Terms

MONTHS = {
    "Petit panier": range(1, 13),
    "Grand panier": range(1, 13),
    "Poulet fermier": (9, 10, 11, 12),
    "Cabécou frais": range(2, 13),
    "Cabécou affiné": range(3, 13),
    "Tomme, 250 g": (5, 6, 7, 8, 9, 10, 11, 12, 1),
    "Miel de châtaignier 500 g": (8, 9, 10, 11, 12, 1, 2),
    "Miel de causse 500 g": (7, 8, 9, 10, 11, 12),
    "Pain de seigle 500 g": (10, 11, 12, 1, 2, 3),
}
PLAN = (
    ("Poireaux", -26, -4, 16, "4 planches de 30 m", 900, "bunch"),
    ("Carottes de garde", -22, -8, 12, "3 planches de 30 m", 1100, "kg"),
    ("Mâche", -9, 1, 14, "sous tunnel, 120 m²", 160, "kg"),
    ("Épinards", -10, -1, 22, "2 planches de 30 m", 240, "kg"),
    ("Courges", -28, -8, 10, "1 200 m²", 1500, "kg"),
)
"""Name, then weeks from today: sown, first, last; then ground, quantity, unit."""
SERVICE, AN_HOUR = "Travail au cheval de trait", Money(4500)
ORDERED = timedelta(days=6)
SEEN = (
    "Denis et Marion nous ont montré les trois hectares, le hangar et la chambre froide. "
    "Les planches d’hiver sont paillées, la serre est désherbée à la main.\n\n"
    "Nous avons parlé des prix du panier : le calcul du coût de revient nous a été montré."
)
POINTS = {
    3: "Une saisonnière, déclarée et payée au mois ; elle était là et nous a parlé librement.",
    4: "Le prix du petit panier couvre ses coûts, pas encore tout le temps passé par Marion.",
    6: "Aucun pesticide vu ni acheté ; certificat bio à jour jusqu’en mars. "
    "L’arrosage vient du puits, le compteur est relevé chaque mois.",
}
ASKED = "Dire sur la feuille quand une culture sous tunnel a été chauffée."
BEGUN = "Le fournil, la réserve de farine, les deux pétrins. À compléter avec ce que Lise a dit."
ANSWER = (
    "Merci d’être venus. Nous n’avons chauffé que les plants de tomates, deux semaines en mars ; "
    "nous l’écrirons désormais. Le temps de Marion : nous en parlerons avant le prochain contrat."
)


def stage(
    producers: Sequence[Producer], tables: Sequence[Member], dates: Sequence[Distribution]
) -> None:
    """Let the farms say their season; the first is visited, and renders a service."""
    for each in producers:
        known = {product.name: product.id for product in catalogue.products_of(each)}
        found = {known[name]: months for name, months in MONTHS.items() if name in known}
        farm.set_months(each, found)
    first = producers[0]
    _plan(first)
    farm.note_mishap(
        first,
        "hail",
        today(first.community.timezone) - timedelta(days=19),
        "Un quart d’heure de grêle sur les choux et les blettes de plein champ.",
        "Pas de choux avant Noël ; davantage de courges et de poireaux dans les paniers.",
    )
    _visit(first, tables[:3])
    _write_down(producers[1], tables[:2])
    _serve(first, tables, dates[0])


def _plan(producer: Producer) -> None:
    day = today(producer.community.timezone)
    for name, sown, first, last, plot, quantity, unit in PLAN:
        farm.plan_crop(
            producer,
            name=name,
            sown_on=day + timedelta(weeks=sown),
            first_on=day + timedelta(weeks=first),
            last_on=day + timedelta(weeks=last),
            plot=plot,
            quantity=quantity,
            unit=unit,
        )


def _visit(producer: Producer, visitors: Sequence[Member]) -> None:
    day = today(producer.community.timezone) - timedelta(days=40)
    with held_at(now() - timedelta(days=38)):
        visit = visits.write(
            producer,
            visitors,
            visited_on=day,
            seen=SEEN,
            asked=ASKED,
            next_due_on=day + timedelta(days=365),
            points=POINTS,
        )
        for each in visit.visitors[:2]:
            visits.name_me(each, agreed=True)
        visits.publish(visit)
    with held_at(now() - timedelta(days=33)):
        visits.answer(visit, ANSWER)
        visits.show_to_anybody(visit, agreed=True)


def _write_down(producer: Producer, visitors: Sequence[Member]) -> None:
    """Let two members have begun to write what they saw at another farm."""
    day = today(producer.community.timezone) - timedelta(days=4)
    visits.write(producer, visitors, visited_on=day, seen=BEGUN)


def _serve(producer: Producer, tables: Sequence[Member], evening: Distribution) -> None:
    """Let two households order the horse's work: a day is agreed, and it is still to come."""
    work = catalogue.add_product(
        producer, SERVICE, AN_HOUR, unit="hour", vat_basis_points=2000, is_service=True
    )
    with held_at(now() - ORDERED):
        session = preparing.create(
            producer.community, "Services d’hiver", now(), now() + timedelta(days=3)
        )
        preparing.offer(session, work, Terms(AN_HOUR))
        preparing.set_pickups(session, {evening: None})
        sessions.publish_session(session)
        orders = [_order(session, each) for each in tables[:2]]
    with held_at(session.closes_at):
        sessions.close(session)
    for order in orders:
        (found,) = [
            each
            for each in services.ordered_by(producer.community, order.placed_by)
            if each.line.order_id == order.id
        ]
        soon = today(producer.community.timezone) + timedelta(days=9)
        services.agree_on(found, soon, order.placed_by)
    db.session.flush()


def _order(session: OrderSession, member: Member) -> Order:
    return placing.place(
        session,
        households.household_of(member),
        member,
        {session.offers[0].id: Want(2)},
        session.pickups[0].id,
        key=f"demonstration-service-{member.id}",
        method=Method.CHEQUE,
    ).order
