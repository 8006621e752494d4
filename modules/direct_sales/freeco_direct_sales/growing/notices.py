"""What is told of a farm's season, of its visits, and of the services it renders."""

from collections.abc import Sequence

from sqlalchemy import select

from freeco.clock import now, today
from freeco.db import db
from freeco.i18n import _
from freeco.members import households
from freeco.members.models import Household, Member
from freeco.module import Topic
from freeco.notifications.notices import Told, notify, notify_each
from freeco_direct_sales.growing.models import SeasonNotice, Service, Visit
from freeco_direct_sales.growing.services import Ordered
from freeco_direct_sales.growing.showing import MISHAPS
from freeco_direct_sales.models import Distribution, Producer, Product, SeasonContract, Subscription
from freeco_direct_sales.notices import LETTERS
from freeco_direct_sales.orders.models import Offer, Order, OrderLine, Pickup
from freeco_direct_sales.telling.notices import people_of

SERVICE = Topic(
    "direct_sales.service",
    _("Le jour d’un service est convenu"),
    _("Votre foyer a commandé ce service, ou vous le rendez."),
    "at_once",
)
FARM = Topic(
    "direct_sales.farm",
    _("La vie des fermes : une mauvaise saison, une visite"),
    _("Votre foyer reçoit quelque chose de cette ferme, ou vous y travaillez."),
)
TOPICS = (SERVICE, FARM)


def tell_agreed(found: Ordered, service: Service, by: Member) -> None:
    """Tell both sides, but who wrote it, the day on which a service is rendered."""
    day, household = service.agreed_on, found.line.order.household
    if day is None:
        return
    for member in [*households.people_of(household), *people_of(found.producer)]:
        if member is not by:
            notify(
                member,
                SERVICE.name,
                "service_agreed",
                # Moved, then moved back: each time is something new.
                key=f"{SERVICE.name}:{service.id}:{day}:{now():%Y%m%d%H%M%S}",
                url=f"{_home(found.producer)}/services",
                folder=LETTERS,
                farm=found.producer.name,
                service=found.line.offer.name,
                household=household.name,
                date=day,
            )


def tell_mishap(notice: SeasonNotice) -> None:
    """Tell the households of a farm what befell it."""
    content = {
        "farm": notice.producer.name,
        "kind": MISHAPS[notice.kind],  # type: ignore[index]
        "date": notice.happened_on,
        "words": notice.words,
        "consequence": notice.consequence,
    }
    home = _home(notice.producer)
    url = f"{home}/producteurs/{notice.producer_id}"
    _tell(households_of(notice.producer), [], "season_mishap", f"mishap:{notice.id}", url, content)


def tell_visit(visit: Visit) -> None:
    """Tell the farm and its households that the report of a visit is published."""
    farm = visit.producer
    content = {"farm": farm.name, "date": visit.visited_on}
    url = f"{_home(farm)}/visites/{visit.id}"
    people = people_of(farm)
    _tell(households_of(farm), people, "visit_published", f"visit:{visit.id}", url, content)


def _tell(
    served: Sequence[Household],
    others: Sequence[Member],
    letter: str,
    key: str,
    url: str,
    content: dict[str, object],
) -> None:
    people = households.people_of_each(each.id for each in served)
    members = dict.fromkeys([*others, *(one for each in people.values() for one in each)])
    notify_each(
        [Told(each, url, content) for each in members],
        FARM.name,
        letter,
        key=f"{FARM.name}:{key}",
        folder=LETTERS,
    )


def households_of(producer: Producer) -> Sequence[Household]:
    """Return the households with a running contract of a farm, or an order of its to come."""
    by_contract = (
        select(Subscription.household_id)
        .join(SeasonContract, SeasonContract.id == Subscription.contract_id)
        .where(
            SeasonContract.producer_id == producer.id,
            SeasonContract.season_end >= today(producer.community.timezone),
            Subscription.withdrawn_at.is_(None),
        )
    )
    by_order = (
        select(Order.household_id)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(Offer, Offer.id == OrderLine.offer_id)
        .join(Product, Product.id == Offer.product_id)
        .join(Pickup, Pickup.id == Order.pickup_id)
        .join(Distribution, Distribution.id == Pickup.distribution_id)
        .where(
            Product.producer_id == producer.id,
            Order.cancelled_at.is_(None),
            OrderLine.ordered > 0,
            Distribution.ends_at > now(),
        )
    )
    return db.session.scalars(
        select(Household)
        .where(Household.id.in_(by_contract) | Household.id.in_(by_order))
        .order_by(Household.id)
    ).all()


def _home(producer: Producer) -> str:
    return f"/{producer.community.slug}/direct-sales"
