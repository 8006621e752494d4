"""The papers of a season: sign-off sheet, harvest list, contract.

Each paper is a frozen value whose texts are already written for its reader ("45,00 €",
"jeudi 3 décembre"): a paper knows neither money nor language, only how to look.
The papers themselves are in French, as the season is.
"""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from freeco.paper import render_pdf

TEMPLATES = Path(__file__).parent / "papers"


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """What one producer, or one contract, brings: a column of the sign-off sheet."""

    title: str
    total: str = ""
    """Printed at the foot of the column: "31 petits · 22 grands"."""
    producer: str = ""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A household, and what it takes home."""

    household: str
    people: str
    """Its people, second line; left out only where sixty rows could not share a page."""
    baskets: tuple[str, ...]
    """One text for each column, empty where the household takes nothing."""
    cheque_note: str = ""
    changed: bool = False
    """Something changed since the last sheet: the row says "modifié"."""
    household_id: int = 0


@dataclass(frozen=True, slots=True)
class SignOffSheet:
    """What the volunteers lay on the table, and each household signs."""

    title: str
    """A sentence: "Jeudi 3 décembre 2026 – distribution à la salle des fêtes"."""
    community: str
    place: str
    starts_at_text: str
    columns: tuple[SheetColumn, ...]
    rows: tuple[SheetRow, ...]
    notices: tuple[str, ...]
    printed_at_text: str
    code: str
    """Typed back to find the sheet again on a screen."""
    cheque_total: str = ""

    def __post_init__(self) -> None:
        if any(len(row.baskets) != len(self.columns) for row in self.rows):
            raise ValueError("a row has one basket text for each column")


@dataclass(frozen=True, slots=True)
class HarvestLine:
    """A product to harvest, to bake or to bring."""

    product: str
    quantity: str
    """The total, with its unit: "53 bottes"."""
    weight: str = ""
    """When it goes by weight: "21,2 kg"."""
    per_size: tuple[str, ...] = ()
    """What goes into one basket of each size, empty where nothing does."""
    before: str = ""
    """The total as last told to the producer, when it has changed since."""


@dataclass(frozen=True, slots=True)
class HarvestList:
    """What one producer brings to one distribution, on one page."""

    title: str
    producer: str
    community: str
    day_text: str
    place: str
    sizes: tuple[str, ...]
    """The basket sizes, with how many of each: "Petit panier × 31"."""
    lines: tuple[HarvestLine, ...]
    notices: tuple[str, ...]
    printed_at_text: str
    code: str

    def __post_init__(self) -> None:
        if any(len(line.per_size) != len(self.sizes) for line in self.lines):
            raise ValueError("a line has one text for each basket size")


@dataclass(frozen=True, slots=True)
class Party:
    """One of the two who make the contract, and its signature once given."""

    name: str
    address: tuple[str, ...]
    """Address, telephone, SIRET: one text a line."""
    represented_by: str = ""
    signed_by: str = ""
    """Empty as long as the party has not signed: the paper then shows a box to sign in."""
    signed_at_text: str = ""
    signed_how: str = ""
    """How the agreement was given: "en ligne, depuis son compte"."""


@dataclass(frozen=True, slots=True)
class ContractProduct:
    """A product of the contract, for the whole season."""

    name: str
    quantity: str
    """The quantity at each delivery, or for the season: "1 panier par livraison"."""
    deliveries: str
    unit_price: str
    vat: str
    total: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """A date of the contract, with its quantities when they differ from date to date."""

    date_text: str
    quantities: tuple[str, ...] = ()
    """One text for each product of the contract, or none: the same basket every time."""


@dataclass(frozen=True, slots=True)
class Cheque:
    """A cheque of the schedule."""

    amount: str
    banked_text: str
    """When it will be banked: "janvier 2027"."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class CharterReference:
    """The ethical charter both parties have accepted, to the letter."""

    title: str
    version: str
    language: str
    sha256: str


@dataclass(frozen=True, slots=True)
class ContractPaper:
    """A season's contract between a household and a producer."""

    title: str
    """A sentence: "Contrat de légumes, de janvier à juin 2027"."""
    code: str
    community: str
    season_text: str
    household: Party
    producer: Party
    object_text: str
    products: tuple[ContractProduct, ...]
    deliveries: tuple[Delivery, ...]
    delivery_place: str
    exceptions: tuple[str, ...]
    total_text: str
    """The price of the season, VAT included."""
    vat_text: str
    cheques: tuple[Cheque, ...]
    charter: CharterReference
    printed_at_text: str
    terms: tuple[str, ...] = ()
    """What these two agree upon besides the commitments every contract has."""

    def __post_init__(self) -> None:
        widths = {len(delivery.quantities) for delivery in self.deliveries}
        if widths - {0} and widths != {len(self.products)}:
            raise ValueError("a delivery has one quantity for each product, or none has any")


def print_sign_off_sheet(
    sheet: SignOffSheet, *, large_type: bool = False, made_at: datetime | None = None
) -> bytes:
    """Print the sign-off sheet.

    Up to sixty households stand on one page, in the largest type that fits, down to
    7.5 points. More of them, texts too long for that, or `large_type`, take several pages.
    Many columns turn the page on its side; past twelve, each household's baskets are
    written out as a list, and the totals follow the table.
    """
    form = _form(len(sheet.columns), large_type=large_type)
    content = asdict(sheet) | {
        "large_type": large_type,
        "form": form,
        **_shares(sheet, form, large_type=large_type),
    }
    return render_pdf(TEMPLATES / "sign_off_sheet.typ", content, made_at=made_at)


def print_harvest_list(harvest: HarvestList, *, made_at: datetime | None = None) -> bytes:
    """Print the producer's harvest list."""
    return render_pdf(TEMPLATES / "harvest_list.typ", asdict(harvest), made_at=made_at)


def print_contract(contract: ContractPaper, *, made_at: datetime | None = None) -> bytes:
    """Print the contract, with the signatures given so far."""
    return render_pdf(TEMPLATES / "contract.typ", asdict(contract), made_at=made_at)


def _form(columns: int, *, large_type: bool) -> str:
    """Say how the sheet lies: upright, on its side, or with the baskets written out as a list."""
    upright, sideways = (2, 6) if large_type else (5, 12)
    if columns <= upright:
        return "portrait"
    return "landscape" if columns <= sideways else "list"


def _shares(sheet: SignOffSheet, form: str, *, large_type: bool) -> dict[str, list[int]]:
    """Share the width of the page among names, baskets and cheques: `needs` and `shares`.

    A column first gets what its longest word needs, then its part of what is left of the
    page. Weighing letters here is what lets typst set a thousand rows without measuring.
    """
    who = [f"{row.household} {row.people}" for row in sheet.rows]
    notes = [row.cheque_note for row in sheet.rows if row.cheque_note]
    cheques = [_weigh(["Chèque", *notes], [sheet.cheque_total], stamp=8)] if notes else []
    if form == "list":
        return {"needs": [], "shares": [26, 80, *(wish for _, wish in cheques)]}
    baskets = [
        _weigh([row.baskets[index] for row in sheet.rows], [each.title, each.producer, each.total])
        for index, each in enumerate(sheet.columns)
    ]
    need, wish = _weigh(["Foyer", *who], [])
    needs, wishes = zip((max(need, 18), max(wish, 18)), *baskets, *cheques, strict=True)
    room = _LETTERS_ACROSS[form, large_type]
    if len(sheet.rows) <= 30 and not large_type:
        room = room * 3 // 4  # few rows leave the height for a larger type
    spare = max(room - sum(needs), 0) / max(sum(wishes) - sum(needs), 1)
    shares = [
        round(100 * (need + spare * (wish - need)))
        for need, wish in zip(needs, wishes, strict=True)
    ]
    return {"needs": list(needs), "shares": shares}


_LETTERS_ACROSS = {
    ("portrait", False): 112,
    ("landscape", False): 168,
    ("portrait", True): 64,
    ("landscape", True): 100,
}
"""How many letters stand side by side on a page, without the signatures."""


def _weigh(texts: Iterable[str], heads: Iterable[str], *, stamp: int = 0) -> tuple[int, int]:
    """Weigh a column in letters: what its longest word needs, and what its texts wish."""
    seen, tops = set(texts), set(heads)
    words = [len(word) for text in seen | tops for word in _WORD.findall(text)]
    need = max((word for word in words if word < 20), default=6) + 3
    return need, max([need, *(min(len(text) + 3 + stamp, 36) for text in seen)])


_WORD = re.compile(r"(?:\S*[\d½¼¾×] )*[^\s-]+(?: ·|-)?")
"""What stays on one line; a word of twenty letters or more does not (see common.typ)."""
