"""Products of a DFC document as drafts for the catalogue: every thing taken, or said why not."""

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from freeco import cells
from freeco.columns import MAX_TEXT, Notice, Problem
from freeco.i18n import counted, said
from freeco.spreadsheets import read_table
from freeco.web.forms import BROKEN
from freeco_direct_sales.exchange import dfc_terms as terms
from freeco_direct_sales.exchange.dfc_nodes import FEW, Node, is_json, read_nodes
from freeco_direct_sales.product_import import ProductDraft, ProductReading, read_products
from freeco_direct_sales.product_units import Measure, measured

OWN_WORDS = ("category", "origin", "note", "deposit", "available")
"""What only documents of ours can say."""


def read_list(name: str, content: bytes) -> ProductReading:
    """Read a producer's list, whatever it is: a table, or a DFC document. Raises UnreadableFile."""
    if is_json(content):
        return read_dfc(content)
    return read_products(read_table(name, content))


def read_dfc(content: bytes) -> ProductReading:
    """Read the products of a document; the rank of a thing in it stands for its line.

    A class of which nothing is known is a problem: what one does not understand is not dropped
    in silence. Raises UnreadableFile.
    """
    return _Reader(read_nodes(content)).reading()


def _untold(node: Node) -> frozenset[str]:
    """Return what a document does not say: what others have no name for, or may not read."""
    ours = ("note",) if node.text(f"{terms.OURS}unit") else OWN_WORDS
    return frozenset(name for name in ours if not node.texts(f"{terms.OURS}{name}"))


class _Reader:
    def __init__(self, nodes: Mapping[str, Node]) -> None:
        self.nodes = nodes
        self.problems: list[Problem] = []
        self.without_vat: list[int] = []
        self.items: dict[str, Node] = {}
        self.offers: dict[str, Node] = {}
        self.packed: set[str] = set()
        for node in nodes.values():
            if terms.ITEM in node.types:
                for product in node.texts("dfc-b:references"):
                    self.items.setdefault(product, node)
            if terms.OFFER in node.types:
                for item in node.texts("dfc-b:offeredItem"):
                    self.offers.setdefault(item, node)
            if terms.FLOW_IN in node.types:
                self.packed.update(node.texts("dfc-b:consumes"))

    def reading(self) -> ProductReading:
        drafts, aside, seen = [], Counter[str](), dict[tuple[str, str, str], int]()
        for node in self.nodes.values():
            if terms.PRODUCT in node.types:
                draft = self.draft(node) if self.is_sold(node) else None
                if draft is not None:
                    drafts.append(draft)
                    self.refuse_twice(draft, seen)
            elif not self.is_known(node):
                self.refuse(node.number, "@type", self.unknown(node))
            else:
                aside.update(each for each in node.types if each in terms.LEFT_ASIDE)
        wrong = {each.line for each in self.problems}
        return ProductReading(
            "data_food_consortium",
            tuple(each for each in drafts if each.line not in wrong),
            tuple(self.problems),
            self.notices(aside),
        )

    def is_known(self, node: Node) -> bool:
        """Whether the document may speak of it without our losing a product."""
        if not node.types:
            return not node.values  # only named
        return all(
            each in terms.LEFT_ASIDE
            or each in {terms.ITEM, terms.OFFER}
            or each.startswith(terms.HYDRA)
            for each in node.types
        )

    def unknown(self, node: Node) -> str:
        name = next(iter(node.types), "")[:120]
        if not name:
            return said("« %(id)s » n’a pas de classe.", id=node.id[:120])
        return said("La classe « %(name)s » est inconnue ici.", name=name)

    def is_sold(self, node: Node) -> bool:
        """Whether a product is one of the catalogue, not what a case holds or a family's name."""
        if node.id in self.items or node.texts("dfc-b:referencedBy"):
            return True
        return node.id not in self.packed and not node.texts("dfc-b:hasVariant")

    def refuse(self, line: int, column: str, reason: str) -> None:
        self.problems.append(Problem(line, column, reason))

    def refuse_twice(self, draft: ProductDraft, seen: dict[tuple[str, str, str], int]) -> None:
        key = ("reference", draft.reference.casefold(), "")
        if not draft.reference:
            key = ("name", draft.name.casefold(), draft.packaging.casefold())
        first = seen.setdefault(key, draft.line)
        if first != draft.line:
            reason = said(
                "« %(name)s » est déjà à la ligne %(first)s : "
                "précisez le nom ou donnez une référence à chacun.",
                name=draft.name,
                first=first,
            )
            self.refuse(draft.line, "dfc-b:name", reason)

    def draft(self, node: Node) -> ProductDraft | None:
        """Return a product; what is wrong with it is among the problems."""
        before = len(self.problems)
        item = self.items.get(node.id) or self.node(node.text("dfc-b:referencedBy"))
        offer = self.offer(node, item)
        name = self.words(node, "dfc-b:name")
        if not name:
            self.refuse(node.number, "dfc-b:name", said("Il manque le nom du produit."))
        price_cents, vat = self.price(node, offer)
        measure = self.measure(node)
        draft = ProductDraft(
            line=node.number,
            reference=self.words(item, "dfc-b:sku") if item else "",
            name=name,
            description=self.words(node, "dfc-b:description"),
            category=self.words(node, f"{terms.OURS}category"),
            unit=measure.unit,
            grams=measure.grams,
            millilitres=measure.millilitres,
            packaging=measure.packaging,
            price_cents=price_cents,
            vat_basis_points=vat,
            deposit_cents=int(self.number(node, f"{terms.OURS}deposit", whole=True) or 0),
            origin=self.words(node, f"{terms.OURS}origin"),
            producer="",
            available=node.text(f"{terms.OURS}available") != "false",
            stock=self.stock(node, item, offer),
            note=self.words(node, f"{terms.OURS}note"),
            untold=_untold(node),
        )
        if len(self.problems) > before:
            return None
        if vat is None:
            self.without_vat.append(node.number)
        return draft

    def node(self, name: str) -> Node | None:
        return self.nodes.get(name)

    def offer(self, node: Node, item: Node | None) -> Node | None:
        """Return the offer of a product: through its catalogue line, or straight to it."""
        if item is not None:
            for name in item.texts("dfc-b:offeredThrough", FEW):
                if (found := self.node(name)) is not None:
                    return found
            if item.id in self.offers:
                return self.offers[item.id]
        return self.offers.get(node.id)

    def words(self, node: Node, name: str) -> str:
        text = cells.tidy(node.text(name))
        if len(text) > MAX_TEXT:
            self.refuse(node.number, name, said("Ce texte dépasse 5 000 caractères."))
            return ""
        if BROKEN.search(text):
            reason = said("Ce texte contient des caractères qui ne s’impriment pas.")
            self.refuse(node.number, name, reason)
            return ""
        return text

    def number(
        self, node: Node, name: str, *, whole: bool = False, least: int = 0
    ) -> Decimal | None:
        """Return a number; none when there is none, with a problem when it is not one."""
        text = node.text(name).strip()
        if not text:
            return None
        try:
            found = Decimal(text)
            if not found.is_finite() or not least <= found <= cells.MAX_CENTS:
                raise InvalidOperation
            if whole and found != found.to_integral_value():
                raise InvalidOperation
        except InvalidOperation:
            reason = said("« %(text)s » n’est pas un nombre.", text=text[:40])
            self.refuse(node.number, name, reason)
            return None
        return found

    def price(self, node: Node, offer: Node | None) -> tuple[int, int | None]:
        """Return the price in cents, VAT included, and the rate when it is told."""
        price = self.node(offer.text("dfc-b:hasPrice")) if offer is not None else None
        value = self.number(price, "dfc-b:value") if price is not None else None
        if price is None or value is None:
            self.refuse(node.number, "dfc-b:hasPrice", said("Il manque le prix."))
            return 0, None
        currency = price.text("dfc-b:hasUnit")
        if currency and currency != terms.EURO:
            reason = said("Le prix n’est pas en euros : %(unit)s.", unit=currency[:60])
            self.refuse(node.number, "dfc-b:hasPrice", reason)
        rate = self.number(price, "dfc-b:VATrate")
        cents, points = value * 100, None if rate is None else rate * 100
        if cents != cents.to_integral_value() or cents > cells.MAX_CENTS:
            reason = said("« %(text)s » n’est pas un prix.", text=f"{value:f}")
            self.refuse(node.number, "dfc-b:value", reason)
            return 0, None
        if points is not None and (
            points != points.to_integral_value() or not 0 <= points <= 10_000
        ):
            reason = said("« %(text)s » n’est pas un taux en pour cent.", text=f"{rate:f}")
            self.refuse(node.number, "dfc-b:VATrate", reason)
            return 0, None
        return int(cents), None if points is None else int(points)

    def measure(self, node: Node) -> Measure:
        """Return the unit, from our own word for it if there is one, else from the quantity."""
        found = self.quantity(node)
        packaging = self.words(node, f"{terms.OURS}packaging") or found.packaging
        unit = self.words(node, f"{terms.OURS}unit")
        if not unit:
            return Measure(found.unit, found.grams, found.millilitres, packaging)
        sizes: dict[str, int | None] = {terms.WEIGHT: None, terms.VOLUME: None}
        for name in node.texts("dfc-b:hasPhysicalCharacteristic"):
            size = self.node(name)
            dimension = size.text("dfc-b:hasPhysicalDimension") if size is not None else ""
            if size is not None and dimension in sizes:
                sizes[dimension] = int(self.number(size, "dfc-b:value", whole=True) or 0) or None
        packaging = self.words(node, f"{terms.OURS}packaging")
        return Measure(unit, sizes[terms.WEIGHT], sizes[terms.VOLUME], packaging)

    def quantity(self, node: Node) -> Measure:
        value = self.node(node.text("dfc-b:hasQuantity"))
        amount = self.number(value, "dfc-b:value") if value is not None else None
        if value is None or amount is None or amount <= 0:
            return Measure("piece")
        named = value.text("dfc-b:hasUnit")
        unit = terms.READ_UNITS.get(named)
        shown = f"{amount.normalize():f}"
        if unit is None:
            word = named.partition(":")[2] or named
            return Measure("piece", packaging=f"{shown} {word[:60]}".strip())
        if unit == "piece" and amount == 1:
            return Measure("piece")
        return measured(amount, unit, "", f"{shown} {unit}".replace(".", ","))

    def stock(self, node: Node, item: Node | None, offer: Node | None) -> int | None:
        """Return how many are left, none when they are not counted (−1, or nothing said)."""
        if node.text("dfc-b:totalTheoreticalStock"):
            found = self.number(node, "dfc-b:totalTheoreticalStock")
        else:
            told = [each for each in (item, offer) if each and each.text("dfc-b:stockLimitation")]
            found = self.number(told[0], "dfc-b:stockLimitation", least=-1) if told else None
            if node.text(f"{terms.OURS}available"):
                return None  # nought only says that it is not on sale
        return None if found is None or found < 0 else int(found)

    def notices(self, aside: Mapping[str, int]) -> tuple[Notice, ...]:
        found = [
            Notice(
                counted(
                    "%(num)s « %(name)s » n’est pas repris : seuls les produits le sont.",
                    "%(num)s « %(name)s » ne sont pas repris : seuls les produits le sont.",
                    many,
                    name=name.removeprefix("dfc-b:"),
                )
            )
            for name, many in sorted(aside.items())
            if name not in terms.ANONYMOUS
        ]
        if self.without_vat:
            lines = ", ".join(map(str, self.without_vat[:10]))
            found.append(
                Notice(
                    said(
                        "Taux de TVA non indiqué, à vérifier sur la fiche du produit (%(lines)s).",
                        lines=lines,
                    )
                )
            )
        return tuple(found)
