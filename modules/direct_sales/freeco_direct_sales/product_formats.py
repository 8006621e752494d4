"""The three kinds of product list we know, and how their headings are called."""

from collections.abc import Mapping, Sequence
from typing import Literal

from freeco.cells import plain
from freeco.columns import Column
from freeco.i18n import _

Format = Literal["open_food_network", "foodsoft", "french", "data_food_consortium"]

OPEN_FOOD_NETWORK = (
    Column("name", "name", required=True),
    Column("price", "price", required=True),
    Column("units", "units", required=True),
    Column("unit_type", "unit_type"),
    Column("variant_unit_name", "variant_unit_name"),
    Column("reference", "sku"),
    Column("display_name", "display_name"),
    Column("description", "description"),
    Column("category", "category"),
    Column("producer", "producer", headings=("supplier",)),
    Column("on_hand", "on_hand"),
    Column("on_demand", "on_demand"),
    Column("vat", "tax_category"),
)
FOODSOFT = (
    Column("name", "Name", required=True),
    Column("net_price", "Price (net)", required=True),
    Column("vat", "VAT", required=True),
    Column("available", "avail."),
    Column("reference", "Order number"),
    Column("supplier_unit", "Supplier order unit"),
    Column("unit", "Unit"),
    Column("price_unit", "Price unit"),
    Column("deposit", "Deposit"),
    Column("note", "Note"),
    Column("category", "Category"),
    Column("origin", "Origin"),
    Column("producer", "Manufacturer"),
)
FRENCH = (
    Column(
        "name",
        _("Produit"),
        required=True,
        headings=("Désignation", "Libellé", "Article", "Nom du produit", "Nom", "Produits"),
    ),
    Column(
        "price",
        _("Prix TTC"),
        required=True,
        headings=("Prix", "Prix unitaire TTC", "Prix unitaire", "PU TTC", "Tarif", "Tarif TTC"),
    ),
    Column(
        "net_price",
        _("Prix HT"),
        headings=("Prix unitaire HT", "PU HT", "Tarif HT", "Prix net", "Prix hors taxe"),
    ),
    Column("vat", _("TVA"), headings=("Taux de TVA", "Taux TVA", "TVA %")),
    Column("unit", _("Unité"), headings=("Unité de vente", "Vendu par", "Vendu à", "Unités")),
    Column(
        "packaging",
        _("Conditionnement"),
        headings=("Poids", "Contenance", "Colisage", "Format", "Poids net", "Volume"),
    ),
    Column("category", _("Catégorie"), headings=("Famille", "Rayon", "Type")),
    Column("description", _("Description"), headings=("Descriptif", "Détail", "Présentation")),
    Column(
        "reference",
        _("Référence"),
        headings=("Réf", "Code", "Code article", "Code produit", "SKU", "Numéro", "N°"),
    ),
    Column("deposit", _("Consigne")),
    Column("origin", _("Origine"), headings=("Provenance", "Lieu de production")),
    Column(
        "producer",
        _("Producteur"),
        headings=(
            "Productrice",
            "Producteur·rice",
            "Producteur·trice",
            "Product-rice-eur",
            "Ferme",
            "Fournisseur",
            "Fabricant",
        ),
    ),
    Column("available", _("Disponible"), headings=("Dispo", "Disp", "Disponibilité", "En vente")),
    Column("stock", _("Stock"), headings=("Quantité disponible", "Quantité en stock", "En stock")),
    Column("note", _("Note"), headings=("Remarque", "Remarques", "Commentaire", "Label", "Info")),
)
"""What is looked for in a plain sheet; « Prix HT » with « TVA » stands in for « Prix TTC »."""

_COLUMNS: dict[Format, tuple[Column, ...]] = {
    "open_food_network": OPEN_FOOD_NETWORK,
    "foodsoft": FOODSOFT,
    "french": FRENCH,
}


def format_of(header: Sequence[str]) -> Format:
    """Tell which list this is from its headings; a plain French sheet unless sure."""
    headings = {plain(heading) for heading in header}
    if {"name", "units", "unit type", "price"} <= headings:
        return "open_food_network"
    if headings & {"price net", "ratios to supplier order unit"}:
        return "foodsoft"
    return "french"


def columns_of(header: Sequence[str]) -> tuple[Column, ...]:
    """Return the columns to look for under this header: what the matching page shows."""
    return _COLUMNS[format_of(header)]


_TOLD_BY: dict[str, frozenset[str]] = {
    **{
        name: frozenset({name})
        for name in ("description", "category", "deposit", "origin", "note", "available")
    },
    "stock": frozenset({"stock", "on_hand", "on_demand"}),
}
"""Which columns tell a value; the others every list tells, or products are known by them."""


def untold(mapping: Mapping[str, int]) -> frozenset[str]:
    """Return what a list has no column for: it says nothing of it."""
    return frozenset(name for name, columns in _TOLD_BY.items() if not columns & mapping.keys())
