"""The lists of the days and of those who wait: shifts, waiting lists, incidents, partners."""

from collections.abc import Sequence

from freeco.i18n import _, said
from freeco.listings import Cell, Listing
from freeco.members.models import Community
from freeco_direct_sales.contracting import waiting
from freeco_direct_sales.exchange.listings import file_name, local
from freeco_direct_sales.local import local_day
from freeco_direct_sales.models import Distribution, SeasonContract
from freeco_direct_sales.orders.amounts import amount, is_estimated, order_total, quantity
from freeco_direct_sales.orders.models import Order
from freeco_direct_sales.shifts import counting, incidents, leftovers, planning
from freeco_direct_sales.shifts.incident_models import Incident, IncidentKind, IncidentState
from freeco_direct_sales.shifts.models import ShiftSeason
from freeco_direct_sales.shifts.wording import when
from freeco_direct_sales.solidarity import months


def shift_counts(season: ShiftSeason) -> Listing:
    """List who has done how many shifts of a season."""
    return Listing(
        file_name(said("bilan des permanences"), season.starts_on.isoformat()),
        _("Permanences"),
        (_("Foyer"), _("Faites"), _("Prévues"), _("Absences"), _("Restent")),
        [
            (
                each.household,
                each.tally.done,
                each.tally.planned,
                each.tally.missed,
                each.tally.left,
            )
            for each in counting.table(season)
        ],
    )


def on_duty(distribution: Distribution) -> Listing:
    """List who is on duty at a distribution, and the places still free."""
    rows: list[tuple[Cell, ...]] = []
    for shift in planning.shifts_of(distribution):
        told = (shift.role.name, when(shift))
        rows += [(*told, each.member.name, _missed(each.missed_at)) for each in shift.on_duty]
        rows += [(*told, said("place libre"), "")] * shift.free
    return Listing(
        file_name(said("permanences"), local_day(distribution).isoformat()),
        _("Permanences"),
        (_("Rôle"), _("Horaires"), _("Membre"), _("Noté")),
        rows,
    )


def _missed(at: object) -> str:
    return said("absence notée") if at is not None else ""


def waiting_list(contract: SeasonContract) -> Listing:
    """List who waits for a place in a contract, the first first."""
    return Listing(
        file_name(said("liste d’attente"), contract.name),
        contract.name,
        (_("Rang"), _("Foyer"), _("Depuis"), _("Son choix"), _("Réservée jusqu’au")),
        [
            (
                rank,
                each.household.name,
                local(contract.community, each.wished_at),
                each.rank,
                local(contract.community, each.reserved_until),
            )
            for rank, each in enumerate(waiting.waiting_for(contract), start=1)
        ],
    )


def reported(community: Community, found: Sequence[Incident]) -> Listing:
    """List what was wrong in baskets, as its page does: nobody's words, no mark."""
    return Listing(
        file_name(said("signalements")),
        _("Signalements"),
        (
            _("Ce qui n’allait pas"),
            _("Producteur"),
            _("Foyer"),
            _("Distribution"),
            _("Signalé le"),
            _("Où cela en est"),
        ),
        [
            (
                str(incidents.KINDS[IncidentKind(each.kind)]),
                each.producer.name,
                each.household.name,
                local_day(each.distribution),
                local(community, each.reported_at),
                str(incidents.STATES[IncidentState(each.state)]),
            )
            for each in found
        ],
    )


def partners(community: Community) -> Listing:
    """List the partners, and how they are reached: the coordination's own notebook."""
    return Listing(
        file_name(said("partenaires")),
        _("Partenaires"),
        (_("Partenaire"), _("Contact"), _("Adresse électronique"), _("Téléphone"), _("Adresse")),
        [
            (each.name, each.contact, each.email, each.phone, each.address)
            for each in leftovers.partners_of(community)
        ],
    )


def given(community: Community) -> Listing:
    """List what was given to partners."""
    return Listing(
        file_name(said("dons aux partenaires")),
        _("Ce qui a été donné"),
        (_("Distribution"), _("Partenaire"), _("Donné")),
        [
            (
                local_day(each.distribution),
                each.partner.name if each.partner is not None else "",
                each.given or each.words,
            )
            for each in leftovers.given_to_partners(community)
        ],
    )


def solidarity_months(community: Community) -> Listing:
    """List the pool's totals by month, as everybody reads them: no name is kept there."""
    return Listing(
        file_name(said("caisse solidaire")),
        _("Caisse solidaire"),
        (_("Mois"), _("Entré"), _("Sorti"), _("Dans la caisse")),
        [
            (each.month, each.came_in, each.went_out, each.balance)
            for each in months.told(community)
        ],
    )


def own_orders(found: Sequence[Order]) -> Listing:
    """List a household's own orders."""
    return Listing(
        file_name(said("mes commandes")),
        _("Mes commandes"),
        (_("Commande"), _("Retrait"), _("Lieu"), _("Total")),
        [
            (
                each.session.name,
                local_day(each.pickup.distribution),
                each.pickup.distribution.place,
                order_total(each),
            )
            for each in found
        ],
    )


def own_order(order: Order) -> Listing:
    """List what a household ordered in a session, line by line."""
    return Listing(
        file_name(said("ma commande"), order.session.name),
        order.session.name,
        (_("Producteur"), _("Produit"), _("Commandé"), _("Attribué"), _("Montant"), _("Noté")),
        [
            (
                line.offer.product.producer.name,
                line.offer.name,
                line.asked or line.ordered,
                quantity(line),
                amount(line),
                said("à peser") if is_estimated(line) else "",
            )
            for line in order.lines
            if line.ordered or line.asked
        ],
    )
