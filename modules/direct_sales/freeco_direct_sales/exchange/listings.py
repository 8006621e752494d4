"""The lists of direct sales, one function each: what its page shows, for a spreadsheet."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from freeco.cells import plain
from freeco.i18n import _, percent, said
from freeco.listings import Cell, Listing
from freeco.members.models import Community, Household
from freeco_direct_sales import (
    collection,
    contracts,
    distributions,
    harvest_lists,
    subscriptions,
    wording,
)
from freeco_direct_sales.local import hours, local_day
from freeco_direct_sales.models import Distribution, Producer, Product, SeasonContract, Subscription


def products(producer: Producer, found: Sequence[Product], *, notes: bool = False) -> Listing:
    """List a producer's products under the headings that the import reads again.

    ``notes`` tells what the producer and the coordination write for themselves.
    """
    return Listing(
        file_name(said("produits"), producer.name),
        producer.name,
        (
            _("Référence"),
            _("Produit"),
            _("Prix TTC"),
            _("TVA"),
            _("Unité"),
            _("Conditionnement"),
            _("Catégorie"),
            _("Description"),
            _("Consigne"),
            _("Origine"),
            _("Disponible"),
            _("Stock"),
            *([_("Note")] if notes else []),
        ),
        [
            (
                each.reference,
                each.name,
                each.price,
                percent(each.vat_basis_points),
                wording.unit(each.unit),
                each.packaging or _size(each),
                each.category,
                each.description,
                each.deposit,
                each.origin,
                _yes_no(each.available),
                each.stock,
                *([each.note] if notes else []),
            )
            for each in found
        ],
    )


def _size(each: Product) -> str:
    if each.unit in {"kg", "g", "l", "cl", "ml"}:
        return ""
    if each.grams:
        return f"{each.grams} g"
    return f"{each.millilitres} ml" if each.millilitres else ""


def _yes_no(is_so: bool) -> str:
    return said("oui") if is_so else said("non")


def file_name(*words: str) -> str:
    """Name a file in plain letters."""
    return "-".join(" ".join(plain(each) for each in words).split())[:80]


def season_contracts(found: Sequence[SeasonContract]) -> Listing:
    """List the contracts with their places."""
    return Listing(
        file_name(said("contrats")),
        _("Contrats"),
        (
            _("Contrat"),
            _("Producteur"),
            _("Début"),
            _("Fin"),
            _("État"),
            _("Places"),
            _("Places libres"),
        ),
        [
            (
                each.name,
                each.producer.name,
                each.season_start,
                each.season_end,
                str(wording.STATES[each.state]),
                each.capacity,
                contracts.places_left(each),
            )
            for each in found
        ],
    )


def subscribed(contract: SeasonContract) -> Listing:
    """List the households engaged in a contract, and where each stands."""
    return Listing(
        file_name(said("souscriptions"), contract.name),
        contract.name,
        (
            _("Foyer"),
            _("Code"),
            _("Souscrit le"),
            _("Signé par le foyer"),
            _("Signé par le producteur"),
            _("Total de la saison"),
        ),
        [
            (each.household.name, *_engaged(each))
            for each in subscriptions.subscriptions_to(contract)
        ],
    )


def mine(household: Household) -> Listing:
    """List a household's own contracts."""
    return Listing(
        file_name(said("mes contrats")),
        _("Mes contrats"),
        (
            _("Contrat"),
            _("Producteur"),
            _("Code"),
            _("Souscrit le"),
            _("Signé par le foyer"),
            _("Signé par le producteur"),
            _("Total de la saison"),
        ),
        [
            (each.contract.name, each.contract.producer.name, *_engaged(each))
            for each in subscriptions.subscriptions_of(household)
        ],
    )


def _engaged(each: Subscription) -> tuple[Cell, ...]:
    return (
        each.code,
        local(each.contract.community, each.subscribed_at),
        local(each.contract.community, each.household_signed_at),
        local(each.contract.community, each.producer_signed_at),
        each.total,
    )


def local(community: Community, at: datetime | None) -> date | None:
    """Return the day of an instant where the community is."""
    return at.astimezone(ZoneInfo(community.timezone)).date() if at is not None else None


def evenings(community: Community) -> Listing:
    """List all the distributions, and which contracts each brings."""
    return Listing(
        file_name(said("distributions")),
        _("Distributions"),
        (_("Date"), _("Horaires"), _("Lieu"), _("Ce qui arrive"), _("Annulé"), _("Note")),
        [_evening(each) for each in distributions.distributions_of(community)],
    )


def _evening(each: Distribution) -> tuple[Cell, ...]:
    comes: dict[bool, list[str]] = {True: [], False: []}
    for delivery in distributions.deliveries_at(each):
        comes[delivery.cancelled_at is None].append(delivery.contract.name)
    return (
        local_day(each),
        hours(each),
        each.place,
        ", ".join(comes[True]),
        ", ".join(comes[False]),
        each.note,
    )


def harvest(distribution: Distribution, producer: Producer) -> Listing:
    """List what a producer brings to a distribution."""
    return Listing(
        file_name(said("à apporter"), local_day(distribution).isoformat(), producer.name),
        producer.name,
        (_("Produit"), _("Quantité"), _("Poids")),
        [
            (each.product, each.quantity, each.weight)
            for each in harvest_lists.harvest_list(distribution, producer).lines
        ],
    )


def table(distribution: Distribution) -> Listing:
    """List who comes to a distribution, what they take, and whether they have."""
    return Listing(
        file_name(said("émargement"), local_day(distribution).isoformat()),
        _("Émargement"),
        (_("Foyer"), _("Personnes"), _("Panier"), _("Pris"), _("Noté"), _("Remarques")),
        [
            (
                each.household,
                each.people,
                ", ".join(f"{title} : {basket}" for title, basket in each.contents if basket),
                _yes_no(each.taken),
                collection.when(each.standing) if each.standing is not None else "",
                ", ".join(each.notes),
            )
            for each in collection.table_of(distribution)
        ],
    )
