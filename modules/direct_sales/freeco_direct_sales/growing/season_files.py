"""A producer's season as lists for a spreadsheet."""

from freeco.i18n import _, said
from freeco.listings import Cell, Listing
from freeco_direct_sales.exchange.listings import file_name
from freeco_direct_sales.growing.season_table import Account, Evening, Season


def accounts(season: Season) -> Listing:
    """List the contracts and sessions, then their sums."""
    return Listing(
        file_name(said("saison"), season.producer.name, str(season.year or "")),
        season.producer.name,
        (
            _("Contrat ou session"),
            _("Promis"),
            _("Dont à peser ou à fixer"),
            _("Livré"),
            _("Reçu"),
            _("En retard"),
            _("À venir"),
            _("Annulé"),
            _("Attend une signature"),
        ),
        [
            *(_account(each.name, each) for each in season.accounts),
            _account(said("Toute la saison"), season.whole),
        ],
    )


def _account(name: str, each: Account) -> tuple[Cell, ...]:
    return (
        name,
        each.promised,
        each.estimated,
        each.delivered,
        each.received,
        each.overdue,
        each.coming,
        each.cancelled,
        each.unsigned,
    )


def evenings(season: Season) -> Listing:
    """List what each date brings."""
    return Listing(
        file_name(said("saison par date"), season.producer.name, str(season.year or "")),
        season.producer.name,
        (_("Date"), _("Lieu"), _("Contrat ou session"), _("Promis"), _("Livré"), _("Annulé")),
        [_evening(each) for each in season.evenings],
    )


def _evening(each: Evening) -> tuple[Cell, ...]:
    return (
        each.day,
        each.distribution.place,
        each.name,
        each.counted,
        each.delivered,
        each.reason if each.cancelled else "",
    )
