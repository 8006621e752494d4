"""What people type in a cell, turned into exact values. What is doubtful is refused."""

import datetime
import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal

from email_validator import EmailNotValidError, validate_email

from freeco.i18n import said

MAX_CENTS = 10_000_000
"""A hundred thousand euros: more than that in one cell is a typing error."""
MAX_WHOLE = 1_000_000

_SPACES = "\u00a0\u202f\u2009"
_UNSEEN = "\ufeff\u200b\u200e\u200f"
_CURRENCY = re.compile(r"^(?:€|eur|euros?)\s*|\s*(?:€|eur|euros?)(?:\s*ttc)?$", re.IGNORECASE)
_PLAIN = re.compile(r"[0-9]+|[0-9]{1,3}(?: [0-9]{3})+")
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_FRENCH_DAY = re.compile(r"([0-9]{1,2})([/.])([0-9]{1,2})\2([0-9]{4})")
_HOUR = re.compile(r"([01]?[0-9]|2[0-3])\s*[:hH]\s*([0-5][0-9])?")
_YES = frozenset({"oui", "o", "x", "1", "vrai", "true", "yes", "y", "ja"})
_NO = frozenset({"non", "n", "0", "faux", "false", "no", "nein", "nee"})


class BadCell(ValueError):
    """A cell cannot be read; the text is a French sentence for the person who filled it."""


def tidy(text: str) -> str:
    """Return the text without outer blanks, invisible marks and decomposed accents."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return text.strip().strip(_UNSEEN).strip()


def decimal(text: str, *, grouped: bool = True) -> Decimal:
    """Read a number of zero or more: ``1 234,5``, ``12.5``, ``1.234,50``.

    With ``grouped``, a single comma or point before exactly three digits is refused: it may
    cut thousands or decimals. Without, it is a decimal mark (files written by a program).
    Raises BadCell.
    """
    return _number(tidy(text), tidy(text), grouped)


def _number(bare: str, shown: str, grouped: bool) -> Decimal:
    number = bare.translate(dict.fromkeys(map(ord, _SPACES), " "))
    if not number:
        raise BadCell(said("Il manque un nombre."))
    if number[0] in "-−–":
        raise BadCell(said("« %(text)s » : un nombre négatif n’a pas sa place ici.", text=shown))
    whole, fraction = _halves(number, shown, grouped)
    if not _PLAIN.fullmatch(whole) or not re.fullmatch("[0-9]*", fraction):
        raise BadCell(said("« %(text)s » n’est pas un nombre.", text=shown))
    return Decimal(f"{whole.replace(' ', '')}.{fraction or '0'}")


def _halves(number: str, shown: str, grouped: bool) -> tuple[str, str]:
    """Cut a number at its decimal mark; thousands marks become plain spaces."""
    marks = [character for character in number if character in ",."]
    if not marks:
        return number, ""
    last = marks[-1]
    if len(set(marks)) == 1 and len(marks) > 1:
        return number.replace(last, " "), ""
    whole, _mark, fraction = number.rpartition(last)
    if len(marks) == 1:
        could_group = re.fullmatch("[1-9][0-9]{0,2}", whole) and len(fraction) == 3
        if grouped and could_group:
            raise BadCell(
                said(
                    "« %(text)s » : des milliers ou des décimales ? Écrivez %(one)s ou %(other)s.",
                    text=shown,
                    one=f"{whole}{fraction}",
                    other=f"{whole},{fraction[:2]}",
                )
            )
        return whole or "0", fraction
    return whole.replace(marks[0], " "), fraction


def euros(text: str, *, grouped: bool = True) -> Decimal:
    """Read an amount with its currency or without, any number of decimals. Raises BadCell."""
    shown = tidy(text)
    if not shown:
        raise BadCell(said("Il manque un montant."))
    return _number(_CURRENCY.sub("", shown), shown, grouped)


def cents(text: str) -> int:
    """Read an amount in euros and return integer cents: ``12,50 €`` is 1250.

    Refuses (BadCell) a negative amount, more than two decimals, more than 100 000 €.
    """
    amount = euros(text) * 100
    if amount != amount.to_integral_value():
        raise BadCell(said("« %(text)s » : un montant a deux décimales au plus.", text=tidy(text)))
    return rounded_cents(amount / 100)


def rounded_cents(amount: Decimal) -> int:
    """Return an exact amount in euros as cents, half a cent upwards.

    Raises BadCell above 100 000 €.
    """
    if amount * 100 > MAX_CENTS:
        raise BadCell(said("« %(text)s € » : c’est plus de 100 000 €.", text=f"{amount:f}"))
    return int((amount * 100).quantize(Decimal(1), ROUND_HALF_UP))


def whole(text: str) -> int:
    """Read a count: a whole number from 0 to a million. Raises BadCell."""
    number = decimal(text)
    if number != number.to_integral_value() or number > MAX_WHOLE:
        raise BadCell(said("« %(text)s » n’est pas un nombre entier.", text=tidy(text)))
    return int(number)


def percent_basis_points(text: str) -> int:
    """Read a percentage and return basis points: ``5,5 %`` is 550, ``20`` is 2000.

    Without its sign, less than 0.5 is refused: a spreadsheet keeps 20 % as 0,2. Raises BadCell.
    """
    shown = tidy(text)
    if not shown:
        raise BadCell(said("Il manque un taux."))
    signed = shown.endswith("%")
    points = _number(shown.removesuffix("%").strip(), shown, grouped=False) * 100
    if not signed and 0 < points < 50:
        raise BadCell(
            said("« %(text)s » est un taux douteux : écrivez-le avec son signe %%.", text=shown)
        )
    if points != points.to_integral_value() or points > 10_000:
        raise BadCell(said("« %(text)s » n’est pas un taux en pour cent.", text=shown))
    return int(points)


def email(text: str) -> str:
    """Return one e-mail address, in lower case. Raises BadCell; asks no server."""
    shown = tidy(text).removeprefix("mailto:")
    if len(re.findall("@", shown)) > 1:
        raise BadCell(said("« %(text)s » : une seule adresse e-mail par case.", text=shown))
    try:
        checked = validate_email(shown, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise BadCell(said("« %(text)s » n’est pas une adresse e-mail.", text=shown)) from error
    return (checked.ascii_email or checked.normalized).lower()


def date(text: str) -> datetime.date:
    """Read a day: ``2026-12-31``, ``31/12/2026`` or ``31.12.2026``. Raises BadCell."""
    shown = tidy(text)
    try:
        if iso := _ISO_DAY.fullmatch(shown):
            return datetime.date(int(iso[1]), int(iso[2]), int(iso[3]))
        if french := _FRENCH_DAY.fullmatch(shown):
            return datetime.date(int(french[4]), int(french[3]), int(french[1]))
    except ValueError as error:
        raise BadCell(said("« %(text)s » n’existe pas au calendrier.", text=shown)) from error
    raise BadCell(said("« %(text)s » n’est pas une date : écrivez 31/12/2026.", text=shown))


def hour(text: str) -> datetime.time:
    """Read an hour of the day: ``18:30``, ``18 h 30`` or ``18h``. Raises BadCell."""
    found = _HOUR.fullmatch(tidy(text))
    if found is None:
        raise BadCell(said("Écrivez l’heure ainsi : 18:30."))
    return datetime.time(int(found[1]), int(found[2] or 0))


def yes_no(text: str) -> bool:
    """Read oui, non, x, 1, 0, vrai, faux, and yes or no in three languages.

    Raises BadCell, also when empty.
    """
    answer = plain(text)
    if answer in _YES:
        return True
    if answer in _NO:
        return False
    raise BadCell(said("« %(text)s » : répondez par oui ou par non.", text=tidy(text)))


def plain(text: str) -> str:
    """Return the words alone: no accent, case, punctuation or doubled space."""
    return " ".join(re.findall(r"[^\W_]+", unaccented(text)))


def unaccented(text: str) -> str:
    """Return the text without case and accents: « Œuf Frais » is « oeuf frais »."""
    if text.isascii():
        return text.lower()
    bare = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    return "".join(mark for mark in bare if not unicodedata.combining(mark))


def says(words: str, *texts: str) -> bool:
    """Whether texts hold all the words looked for, in any order, accents and case apart.

    False for no words at all.
    """
    wanted, told = plain(words).split(), plain(" ".join(texts))
    return bool(wanted) and all(word in told for word in wanted)


def same_heading(first: str, second: str) -> bool:
    """Whether two headings say the same, whatever their accents, case and punctuation."""
    return plain(first) == plain(second) != ""
