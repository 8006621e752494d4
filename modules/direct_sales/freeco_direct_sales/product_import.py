"""A producer's list of products, read line by line: nothing is lost without a word."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from freeco import cells
from freeco.columns import (
    Line,
    Notice,
    Problem,
    guess,
    left_out,
    lines_of,
    missing,
)
from freeco.i18n import said
from freeco.spreadsheets import Table
from freeco_direct_sales import product_cells
from freeco_direct_sales.product_formats import Format, columns_of, format_of, untold
from freeco_direct_sales.product_notices import Remarks
from freeco_direct_sales.product_units import PIECE, Measure, measured, read_unit, unit_named


@dataclass(frozen=True)
class ProductDraft:
    """A product as the list tells it, not yet in the catalogue."""

    line: int
    reference: str
    name: str
    description: str
    category: str
    unit: str
    """Our name of the unit (``piece``, ``kg``, ``bunch`` ...) or the file's own word."""
    grams: int | None
    millilitres: int | None
    packaging: str
    price_cents: int
    """What the member pays for one unit, VAT included."""
    vat_basis_points: int | None
    deposit_cents: int
    origin: str
    producer: str
    available: bool
    stock: int | None
    """None: not counted."""
    note: str
    untold: frozenset[str] = field(default=frozenset(), compare=False)
    """What the list has no column for: it says nothing of it."""


@dataclass(frozen=True)
class ProductReading:
    """What was read: products that can be taken, lines that cannot, and what to know."""

    format: Format
    products: tuple[ProductDraft, ...]
    problems: tuple[Problem, ...]
    notices: tuple[Notice, ...]


def read_products(table: Table, mapping: Mapping[str, int] | None = None) -> ProductReading:
    """Read the products of a table; ``mapping`` gives the place of each column, from 0.

    Without a mapping the headings are guessed. A line with a problem gives no product. Two
    lines with one reference, or without reference with one name and packaging, are one
    product for the catalogue: the second is a problem.
    """
    kind, columns = format_of(table.header), columns_of(table.header)
    mapping = dict(guess(table.header, columns) if mapping is None else mapping)
    if "price" in mapping:
        mapping.pop("net_price", None)
    elif "net_price" in mapping:
        columns = tuple(column for column in columns if column.name != "price")
    if problems := missing(table, columns, mapping):
        return ProductReading(kind, (), tuple(problems), ())
    reader = _READERS[kind](table, mapping)
    products = [draft for line in lines_of(table, mapping) if (draft := reader.draft(line))]
    notices = (*reader.remarks.notices(products), *left_out(table, mapping))
    return ProductReading(kind, tuple(products), tuple(reader.problems), notices)


class _Reader:
    """A plain French sheet; the other formats differ in price, unit, stock and availability."""

    def __init__(self, table: Table, mapping: Mapping[str, int]) -> None:
        self.mapping = mapping
        self.problems: list[Problem] = []
        self.remarks = Remarks(table.header, mapping)
        self.seen: dict[tuple[str, str, str], int] = {}
        self.untold = untold(mapping)
        place = mapping.get("available")
        answers = {row.cells[place] for row in table.rows} - {""} if place is not None else set()
        self.only_crosses = bool(answers) and all(map(product_cells.is_yes, answers))

    def draft(self, line: Line) -> ProductDraft | None:
        """Return the product of a line, or none when something is wrong in it."""
        vat = self.vat(line)
        price_cents, price_unit = self.price(line, vat)
        measure = self.measure(line, price_unit)
        product = ProductDraft(
            line=line.row.number,
            reference=product_cells.unshielded(line.text("reference")),
            name=self.name(line),
            description=product_cells.unshielded(line.text("description")),
            category=product_cells.unshielded(line.text("category")),
            unit=measure.unit,
            grams=measure.grams,
            millilitres=measure.millilitres,
            packaging=product_cells.unshielded(measure.packaging),
            price_cents=price_cents,
            vat_basis_points=vat,
            deposit_cents=self.deposit(line),
            origin=product_cells.unshielded(line.text("origin")),
            producer=line.text("producer"),
            available=self.available(line),
            stock=self.stock(line),
            note=product_cells.unshielded(line.text("note")),
            untold=self.untold,
        )
        self.refuse_twice(line, product)
        self.problems += line.problems
        if line.problems:
            self.remarks.forget(line)
            return None
        if vat is None:
            self.remarks.add("vat", line)
        return product

    def refuse_twice(self, line: Line, product: ProductDraft) -> None:
        """Note a problem when an earlier line is the same product for the catalogue."""
        key = ("reference", product.reference.casefold(), "")
        if not product.reference:
            key = ("name", product.name.casefold(), product.packaging.casefold())
        first = self.seen.setdefault(key, product.line)
        if first == product.line or not product.name:
            return
        if product.reference:
            reason = said(
                "La référence « %(reference)s » est déjà à la ligne %(first)s.",
                reference=product.reference,
                first=first,
            )
            line.refuse("reference", reason)
        else:
            reason = said(
                "« %(name)s » est déjà à la ligne %(first)s : "
                "précisez le nom ou donnez une référence à chacun.",
                name=product.name,
                first=first,
            )
            line.refuse("name", reason)

    def name(self, line: Line) -> str:
        """Return the name, which every product has."""
        name = line.needed("name", said("Il manque le nom du produit."))
        return product_cells.unshielded(name)

    def vat(self, line: Line) -> int | None:
        """Return the rate in basis points, none when the list does not tell it."""
        if product_cells.is_fraction(line.text("vat")):
            self.remarks.add("fraction", line)
        return line.value("vat", product_cells.vat, None)

    def price(self, line: Line, vat: int | None) -> tuple[int, str]:
        """Return the price in cents, VAT included, and the unit written beside it."""
        if "net_price" in self.mapping:
            return self.net_price(line, vat), ""
        text, unit = product_cells.price_and_unit(line.needed("price", said("Il manque le prix.")))
        if not text:
            return 0, unit
        self.remarks.add("gross", line)
        return line.value("price", lambda _text: cells.cents(text), 0), unit

    def net_price(self, line: Line, vat: int | None) -> int:
        """Return in cents, VAT included, a price written without it."""
        if not line.needed("net_price", said("Il manque le prix.")):
            return 0
        if vat is None:
            if not line.text("vat"):
                line.refuse("vat", said("Sans taux de TVA, le prix payé est inconnu."))
            return 0
        self.remarks.add("net", line)
        return line.value(
            "net_price", lambda text: product_cells.with_vat(product_cells.net(text), vat), 0
        )

    def measure(self, line: Line, price_unit: str) -> Measure:
        """Return the unit, from its own column, the price or the packaging."""
        unit, packaging = line.text("unit") or price_unit, line.text("packaging")
        if price_unit and unit_named(unit) != unit_named(price_unit):
            line.refuse(
                "price",
                said(
                    "Le prix est pour « %(price)s » et l’unité dit « %(unit)s ».",
                    price=price_unit,
                    unit=unit,
                ),
            )
        if not unit and not packaging:
            self.remarks.add("unit", line)
            return Measure(PIECE)
        first, second = read_unit(unit or packaging), read_unit(packaging) if unit else None
        if second is None or not packaging:
            return first
        words = [words for words in (first.packaging, packaging) if words]
        if first.grams or first.millilitres:
            return Measure(first.unit, first.grams, first.millilitres, ", ".join(words))
        return Measure(first.unit, second.grams, second.millilitres, ", ".join(words))

    def deposit(self, line: Line) -> int:
        """Return the deposit of the packaging in cents."""
        return line.value("deposit", cells.cents, 0)

    def available(self, line: Line) -> bool:
        """Return whether it is on sale; empty is no only where the others are crosses."""
        if "available" in self.mapping and not line.text("available"):
            self.remarks.add("crosses" if self.only_crosses else "blank", line)
        return line.value("available", cells.yes_no, not self.only_crosses)

    def stock(self, line: Line) -> int | None:
        """Return how many are left to sell, none when they are not counted."""
        return line.value("stock", cells.whole, None)


class _FoodsoftReader(_Reader):
    """Foodsoft: net prices, for the price unit, else the supplier's, else the article's."""

    def measure(self, line: Line, price_unit: str) -> Measure:
        """Return the unit the price is for; the others are told as not kept."""
        names = [name for name in ("price_unit", "supplier_unit", "unit") if line.text(name)]
        for name in names[1:]:
            self.remarks.drop(name)
        if not names:
            self.remarks.add("unit", line)
            return Measure(PIECE)
        return read_unit(line.text(names[0]))

    def deposit(self, line: Line) -> int:
        """Return the deposit as written: it comes back whole, so no VAT is added to it."""
        if cents := super().deposit(line):
            self.remarks.add("deposit", line)
        return cents

    def available(self, line: Line) -> bool:
        """Return whether it is on sale: for Foodsoft, empty is no."""
        if "available" not in self.mapping:
            return True
        return line.value("available", cells.yes_no, False)


class _OpenFoodNetworkReader(_Reader):
    """Open Food Network: amount and measure apart, a stock unless made on demand."""

    def name(self, line: Line) -> str:
        """Return the product's name with its variant's, which tells two variants apart."""
        name, variant = super().name(line), line.text("display_name")
        return f"{name} – {variant}" if name and variant and variant != name else name

    def vat(self, line: Line) -> int | None:
        """Return the rate when the tax category names one."""
        text = line.text("vat")
        if text and "%" not in text:
            self.remarks.drop("vat")
            return None
        return line.value("vat", product_cells.vat, None)

    def measure(self, line: Line, price_unit: str) -> Measure:
        """Return the amount and measure of a variant."""
        line.needed("units", said("Il manque la quantité vendue."))
        amount = line.value("units", product_cells.units, Decimal(1))
        kind, words = line.text("unit_type").lower(), line.text("variant_unit_name")
        if kind:
            if words:
                self.remarks.drop("variant_unit_name")
            if kind not in {"g", "kg", "t", "oz", "lb", "ml", "l", "kl"}:
                line.refuse("unit_type", said("L’unité « %(unit)s » est inconnue.", unit=kind))
            if kind in {"oz", "lb"}:
                self.remarks.add("pounds", line)
            return measured(amount, kind, "", f"{line.text('units')} {kind}")
        if not words:
            line.refuse("unit_type", said("Il manque l’unité."))
        if amount == 1:
            return read_unit(words)
        return measured(amount, words, "", f"{line.text('units')} {words}")

    def stock(self, line: Line) -> int | None:
        """Return what is on hand, none when it is made on demand or not told."""
        on_hand = line.value("on_hand", cells.whole, None)
        if line.value("on_demand", cells.yes_no, False):
            if on_hand:
                self.remarks.drop("on_hand")
            return None
        if on_hand is None:
            self.remarks.add("stock", line)
        return on_hand


_READERS: dict[Format, Callable[[Table, Mapping[str, int]], _Reader]] = {
    "french": _Reader,
    "foodsoft": _FoodsoftReader,
    "open_food_network": _OpenFoodNetworkReader,
}
