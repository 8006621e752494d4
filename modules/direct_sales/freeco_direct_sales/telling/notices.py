"""What is written to producers at their hour, and to households when something is missing."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from zoneinfo import ZoneInfo

from freeco.i18n import _, said
from freeco.kernel import kernel
from freeco.members import households
from freeco.members.membership import holding
from freeco.members.models import Household, Member
from freeco.module import Topic
from freeco.money import Money
from freeco.notifications import choices, phone_numbers
from freeco.notifications.notices import Told, notify, notify_each
from freeco.organisations.services import members_with_role
from freeco_direct_sales import harvest_lists, wording
from freeco_direct_sales.local import local_day
from freeco_direct_sales.models import Distribution, Print, Producer
from freeco_direct_sales.notices import LETTERS
from freeco_direct_sales.orders.following import Part
from freeco_direct_sales.orders.models import OrderSession, Pricing
from freeco_direct_sales.papers import HarvestLine
from freeco_direct_sales.permissions import COORDINATE
from freeco_direct_sales.telling import showing
from freeco_direct_sales.telling.models import Shortage, Telling, TellingKind
from freeco_direct_sales.telling.wishes import Wish

HARVEST = Topic(
    "direct_sales.harvest",
    _("Ma liste de récolte, à l’heure que j’ai choisie"),
    _("Vous apportez quelque chose à cette distribution."),
    "at_once",
)
ORDERS_CLOSED = Topic(
    "direct_sales.orders_closed",
    _("Les commandes sont closes : ce qui est commandé chez moi"),
    _("Vous vendez dans cette session de commandes."),
    "at_once",
)
SHORTAGE = Topic(
    "direct_sales.shortage",
    _("Un producteur dit ce qui manque, et ce qui vient à la place"),
    _("Votre foyer attend ce produit."),
    "at_once",
)
SHORTAGE_SAID = Topic(
    "direct_sales.shortage_said",
    _("Un producteur vient de dire ce qui manque"),
    _("Vous coordonnez les distributions de cette communauté."),
    "at_once",
)
TOPICS = (HARVEST, ORDERS_CLOSED, SHORTAGE, SHORTAGE_SAID)


class Later:
    """Words that are said when a letter is written, in its reader's language, units too."""

    def __init__(self, say: Callable[[], str]) -> None:
        self._say = say

    def __str__(self) -> str:
        return self._say()

    def __bool__(self) -> bool:
        return bool(self._say())


class _Harvest:
    """A harvest list as each of its readers reads it."""

    def __init__(self, distribution: Distribution, producer: Producer, since: Print | None) -> None:
        self._of = (distribution, producer, since)

    @property
    def lines(self) -> Sequence[HarvestLine]:
        """What to bring."""
        return harvest_lists.harvest_list(*self._of).lines

    @property
    def notices(self) -> Sequence[str]:
        """For how many households, then what else is to be known."""
        return harvest_lists.harvest_list(*self._of).notices


def people_of(producer: Producer) -> list[Member]:
    """Return who acts for a farm: its member, or those who hold a role in its organisation."""
    if producer.member is None:
        return []
    if producer.member.organisation is not None:
        return members_with_role(producer.member)
    return [producer.member] if producer.member.left_at is None else []


def is_reached(producer: Producer) -> bool:
    """Whether somebody of a farm can be written to; else a coordinator telephones."""
    return any(ways_to(member) for member in people_of(producer))


def ways_to(member: Member) -> list[choices.Way]:
    """Return the channels by which a member is written to as things stand, a proxy's included."""
    reader, settings = choices.reader_of(member), kernel().settings
    if reader is None:
        return []
    found: list[choices.Way] = ["email"] if choices.takes_mail(reader) else []
    number = phone_numbers.international(reader.person.phone)
    if settings.sms_url and number and choices.agrees(reader.member, "sms"):
        found.append("sms")
    if settings.push_key and choices.agrees(reader.member, "push"):
        found += ["push"] if choices.devices_of(reader.member) else []
    return found


def tell_list(distribution: Distribution, producer: Producer, wish: Wish) -> None:
    """Send a farm its list, to each who has the charge of it."""
    harvest = harvest_lists.harvest_list(distribution, producer)
    _tell_harvest(
        TellingKind.LIST,
        "harvest_list" if harvest.lines else "harvest_nothing",
        distribution,
        producer,
        None,
        until=wish.changes.of(distribution) if wish.changes_wanted else None,
    )


def tell_changes(distribution: Distribution, producer: Producer, since: Print | None) -> None:
    """Tell a farm what has changed since its list."""
    _tell_harvest(TellingKind.CHANGES, "harvest_changes", distribution, producer, since)


def _tell_harvest(
    kind: TellingKind,
    letter: str,
    distribution: Distribution,
    producer: Producer,
    since: Print | None,
    **content: object,
) -> None:
    if producer.member is None:
        return
    zone = ZoneInfo(distribution.community.timezone)
    notify(
        producer.member,
        HARVEST.name,
        letter,
        key=f"{HARVEST.name}:{kind}:{distribution.id}:{producer.id}",
        url=f"{_home(producer)}/distributions/{distribution.id}/recolte/{producer.id}",
        folder=LETTERS,
        harvest=_Harvest(distribution, producer, since),
        farm=producer.name,
        date=local_day(distribution),
        starts=distribution.starts_at.astimezone(zone).time(),
        ends=distribution.ends_at.astimezone(zone).time(),
        place=distribution.place,
        **content,
    )


def comes(part: Part, least: Money) -> bool:
    """Whether what is ordered from a farm reaches its least sum."""
    return part.comes is not False and part.total >= least


def tell_closing(
    session: OrderSession, part: Part, least: Money, telling: Telling, *, early: bool
) -> None:
    """Tell a farm what is ordered from it, once nobody changes it any more."""
    if part.producer.member is None:
        return
    pickups = [
        (
            local_day(each.distribution),
            each.distribution.place,
            [
                (article.offer.name, many, article.offer.unit)
                for article in part.articles
                if (many := part.by_pickup.get(each.id, {}).get(article.offer.id, 0))
            ],
        )
        for each in sorted(session.pickups, key=lambda each: each.distribution.starts_at)
    ]
    notify(
        part.producer.member,
        ORDERS_CLOSED.name,
        "producer_orders",
        key=f"{ORDERS_CLOSED.name}:{session.id}:{part.producer.id}:{telling.digest}",
        url=f"{_home(part.producer)}/sessions/{session.id}/suivi/{part.producer.id}",
        folder=LETTERS,
        session=session.name,
        farm=part.producer.name,
        pickups=[each for each in pickups if each[2]],
        quantity=wording.quantity,
        total=part.total,
        estimated=any(
            each.offer.pricing == Pricing.WEIGHT and each.given for each in part.articles
        ),
        comes=comes(part, least),
        least=least,
        early=early,
        closes=session.closes_at,
    )


def tell_shortage(
    shortage: Shortage,
    told: Mapping[Household, tuple[Sequence[Distribution], frozenset[int]]],
    *,
    corrected: Collection[int],
) -> None:
    """Tell households what is missing of what they take, and when.

    Those ``corrected``, by id, have read an earlier message.
    """
    content = {
        household.id: (
            f"{_home(shortage.producer)}/distributions/{dates[0].id}/mon-panier",
            {
                "date": local_day(dates[0]),
                "dates": [local_day(each) for each in dates],
                "headline": _headline(shortage, products, corrected=household.id in corrected),
                "missing": Later(partial(showing.missing, shortage, products)),
                "instead": Later(lambda: showing.instead_words(shortage)),
                "words": shortage.words,
                "corrected": household.id in corrected,
            },
        )
        for household, (dates, products) in told.items()
    }
    _tell_households(shortage, "shortage", content)


def _headline(shortage: Shortage, products: frozenset[int], *, corrected: bool) -> Later:
    def say() -> str:
        what = showing.missing(shortage, products)
        return said("Correction. %(what)s", what=what) if corrected else what

    return Later(say)


def tell_coordinators(shortage: Shortage, many: int, by: Member | None = None) -> None:
    """Tell who coordinates, but who wrote it, that so many households were just told."""
    content = {
        "farm": shortage.producer.name,
        "households": many,
        "dates": [local_day(each.distribution) for each in shortage.dates],
        "headline": _headline(
            shortage,
            frozenset(each.product_id for each in shortage.products),
            corrected=shortage.version > 1,
        ),
        "missing": Later(lambda: showing.missing(shortage)),
        "instead": Later(lambda: showing.instead_words(shortage)),
        "words": shortage.words,
    }
    url = f"{_home(shortage.producer)}/manques/{shortage.id}"
    told = [
        each for each in holding(shortage.producer.community, COORDINATE.name) if each is not by
    ]
    notify_each(
        [Told(each, url, content) for each in told],
        SHORTAGE_SAID.name,
        "shortage_said",
        key=f"{SHORTAGE_SAID.name}:{shortage.id}:{shortage.version}",
        folder=LETTERS,
    )


def tell_no_longer(shortage: Shortage, told: Sequence[Household]) -> None:
    """Tell households that were told before that it comes after all, or at another date."""
    home = _home(shortage.producer)
    _tell_households(shortage, "shortage_over", {each.id: (home, {}) for each in told})


def _tell_households(
    shortage: Shortage, letter: str, told: Mapping[int, tuple[str, Mapping[str, object]]]
) -> None:
    """Write to everybody of these households, each its page and content, by its id."""
    farm: Mapping[str, object] = {"farm": shortage.producer.name}
    notify_each(
        [
            Told(member, told[household_id][0], {**farm, **told[household_id][1]})
            for household_id, people in households.people_of_each(told).items()
            for member in people
        ],
        SHORTAGE.name,
        letter,
        key=f"{shortage_key(shortage)}{shortage.version}",
        folder=LETTERS,
    )


def shortage_key(shortage: Shortage) -> str:
    """Return how the key of each notice of a message begins."""
    return f"{SHORTAGE.name}:{shortage.id}:"


def _home(producer: Producer) -> str:
    return f"/{producer.community.slug}/direct-sales"
