"""What households are told about baskets that change hands, shared places and freed ones."""

from collections.abc import Iterable

from freeco.clock import now
from freeco.db import db
from freeco.i18n import _
from freeco.members import households
from freeco.members.models import Community, Household
from freeco.module import Topic
from freeco.notifications.notices import notify
from freeco_direct_sales.contracting import renewal, trials
from freeco_direct_sales.contracting.models import Absence, SharedBasket, SharingWay, WaitingWish
from freeco_direct_sales.local import local_day
from freeco_direct_sales.models import ContractState, SeasonContract
from freeco_direct_sales.notices import LETTERS

HANDED = Topic(
    "direct_sales.handed",
    _("Un foyer vous propose son panier, ou répond au vôtre"),
    _("Votre foyer est concerné par ce panier."),
    "at_once",
)
WAITING = Topic(
    "direct_sales.place_reserved",
    _("Une place attendue vous est réservée"),
    _("Votre foyer est sur la liste d’attente de ce contrat."),
    "at_once",
)
SEASON = Topic(
    "direct_sales.season",
    _("Un essai se termine, ou votre contrat reprend pour une saison"),
    _("Votre foyer a souscrit ce contrat."),
    "at_once",
)
TOPICS = (HANDED, WAITING, SEASON)


def tell_proposed(absence: Absence) -> None:
    """Tell a household that a basket is proposed to it."""
    if absence.to_household is not None:
        _tell_of(absence, absence.to_household, "basket_proposed")


def tell_answered(absence: Absence) -> None:
    """Tell who proposed a basket, or was to take it, how it stands now."""
    if absence.undone_at is None:
        _tell_of(absence, absence.subscription.household, "basket_taken")
    elif absence.to_household is not None:
        for each in (absence.subscription.household, absence.to_household):
            _tell_of(absence, each, "basket_over")


def _tell_of(absence: Absence, household: Household, letter: str) -> None:
    delivery = absence.delivery
    tell(
        HANDED,
        [household],
        letter,
        f"{letter}:{absence.id}",
        delivery.contract,
        f"paniers-proposes/{absence.id}",
        household=absence.subscription.household.name,
        taker=absence.to_household.name if absence.to_household else "",
        lent=absence.kind == "lent",
        date=local_day(delivery.distribution),
        place=delivery.distribution.place,
    )


def tell_share(shared: SharedBasket, letter: str) -> None:
    """Tell a household of a place that another shares, or shared, with it."""
    proposed = letter == "share_proposed"
    told = [shared.second_household] if proposed else [shared.first_household]
    if letter == "share_over":
        told.append(shared.second_household)
    tell(
        HANDED,
        told,
        letter,
        f"{letter}:{shared.id}",
        shared.contract,
        f"partages/{shared.id}",
        first=shared.first_household.name,
        second=shared.second_household.name,
        turns=shared.way == SharingWay.TURNS,
    )


def tell_reserved(wish_id: int) -> None:
    """Tell a household that a place is kept for it, if it still is."""
    wish = db.session.get(WaitingWish, wish_id)
    if wish is None or wish.ended_at is not None or wish.reserved_until is None:
        return
    tell(
        WAITING,
        [wish.household],
        "place_reserved",
        str(wish.id),
        wish.contract,
        f"contrats/{wish.contract_id}",
        until=wish.reserved_until,
    )


def tell_renewed(contract_id: int) -> None:
    """Invite the households of the season before to take the same basket again."""
    contract = db.session.get(SeasonContract, contract_id)
    if contract is None or contract.state != ContractState.OPEN:
        return
    tell(
        SEASON,
        renewal.invited(contract),
        "contract_renewed",
        f"renewed:{contract.id}",
        contract,
        f"contrats/{contract.id}/reprendre",
        first=contract.season_start,
        last=contract.season_end,
    )


def tell_trials(community: Community) -> None:
    """Remind each household whose trial ends soon to decide; once."""
    for trial in trials.undecided(community, now() + trials.REMINDED):
        subscription = trial.subscription
        tell(
            SEASON,
            [subscription.household],
            "trial_ending",
            f"trial:{subscription.id}",
            subscription.contract,
            f"souscriptions/{subscription.id}",
            until=trial.decide_by,
            price=trials.price_of_rest(trial),
        )


def tell(
    topic: Topic,
    told: Iterable[Household],
    letter: str,
    key: str,
    contract: SeasonContract,
    path: str,
    **content: object,
) -> None:
    """Write to everybody of some households about a contract; twice is once."""
    for household in told:
        for member in households.people_of(household):
            notify(
                member,
                topic.name,
                letter,
                key=f"{topic.name}:{key}",
                url=f"/{contract.community.slug}/direct-sales/{path}",
                folder=LETTERS,
                contract=contract.name,
                producer=contract.producer.name,
                **content,
            )
