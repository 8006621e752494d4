"""The « fichier des écritures comptables » of a year: LPF art. L47 A, form of art. A47 A-1.

Eighteen columns between tabs, amounts with a comma, CRLF; opening balances first, then the
entries in the order they were sealed, numbered without a gap. The entries that empty classes 6
and 7 stay out, so that what is left in those classes is the year's result.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from freeco.accounting.exports.excerpt import (
    EMPTIED,
    RESULTS,
    Excerpt,
    Written,
    decimal,
    one_line,
    owner_of,
)
from freeco.accounting.years import closing_key
from freeco.errors import Refusal
from freeco.i18n import _

COLUMNS = (
    "JournalCode",
    "JournalLib",
    "EcritureNum",
    "EcritureDate",
    "CompteNum",
    "CompteLib",
    "CompAuxNum",
    "CompAuxLib",
    "PieceRef",
    "PieceDate",
    "EcritureLib",
    "Debit",
    "Credit",
    "EcritureLet",
    "DateLet",
    "ValidDate",
    "Montantdevise",
    "Idevise",
)
LATIN = "iso-8859-15"
PARTIES_ON = ("40", "41", "42", "45", "467", "468")
"""Collective accounts: elsewhere, an auxiliary account breaks the programs that import."""
PARTY_KINDS = {
    "core:household": "Foyer",
    "core:organisation": "Organisation",
    "core:person": "Personne",
    "core:platform": "Plateforme",
    "core:seller": "Vendeur",
}
NO_SIREN = "000000000"
OPENING = ("AN", "À-nouveaux")
ZONE = ZoneInfo("Europe/Paris")
LATIN_WORDS = str.maketrans(
    {"’": "'", "‘": "'", "–": "-", "—": "-", "…": "...", "“": '"', "”": '"'}
)


class NoYear(Refusal):
    """The file is that of one year."""

    reason = _("Un fichier des écritures comptables est celui d’une année : dites laquelle.")


@dataclass(frozen=True)
class _Line:
    account: str
    party: str
    cents: int


@dataclass(frozen=True)
class _Entry:
    journal: tuple[str, str]
    day: date
    piece: str
    piece_day: date
    label: str
    valid: date
    lines: Sequence[_Line]


def name_of(excerpt: Excerpt) -> str:
    """Name the file as the article says: SIREN, FEC, last day of the year."""
    return f"{_siren(excerpt) or NO_SIREN}FEC{excerpt.last_day:%Y%m%d}.txt"


def _siren(excerpt: Excerpt) -> str:
    organisation = excerpt.book.organisation
    return organisation.siren if organisation is not None else ""


def fec_lines(excerpt: Excerpt, *, latin: bool = False) -> Iterator[str]:
    """Yield the file, line by line; ``latin`` writes only what ISO-8859-15 can hold."""
    yield "\t".join(COLUMNS) + "\r\n"
    closing = closing_key(excerpt.last_day.year)
    kept = [each for each in excerpt.entries if each.key != closing]
    entries = [*_opening(excerpt, kept), *(_entry(excerpt, each) for each in kept)]
    for number, entry in enumerate(entries, start=1):
        for line in entry.lines:
            cells = _cells(excerpt, number, entry, line)
            yield "\t".join(_clean(cell, latin=latin) for cell in cells) + "\r\n"


def _opening(excerpt: Excerpt, entries: Sequence[Written]) -> Iterator[_Entry]:
    """Yield what stood before; a result not yet carried over goes where closing would put it."""
    standing: dict[tuple[str, str], int] = {}
    result = 0
    for (account, party), cents in excerpt.before.items():
        if account[0] in EMPTIED:
            result += cents
        else:
            key = (account, party if account.startswith(PARTIES_ON) else "")
            standing[key] = standing.get(key, 0) + cents
    if result:
        key = (RESULTS[0] if result < 0 else RESULTS[1], "")
        standing[key] = standing.get(key, 0) + result
    lines = [_Line(*key, cents) for key, cents in sorted(standing.items()) if cents]
    if lines:
        day = excerpt.first_day
        valid = min([day, *(_valid(each) for each in entries[:1])])
        yield _Entry(OPENING, day, f"AN{day.year}", day, "À-nouveaux", valid, lines)


def _entry(excerpt: Excerpt, entry: Written) -> _Entry:
    return _Entry(
        (entry.journal, excerpt.journals[entry.journal]),
        entry.day,
        entry.piece,
        entry.piece_day,
        entry.label,
        _valid(entry),
        [
            _Line(
                line.account,
                line.party if line.account.startswith(PARTIES_ON) else "",
                line.cents,
            )
            for line in entry.lines
        ],
    )


def _valid(entry: Written) -> date:
    return entry.sealed_at.astimezone(ZONE).date()


def _cells(excerpt: Excerpt, number: int, entry: _Entry, line: _Line) -> tuple[str, ...]:
    return (
        *entry.journal,
        str(number),
        f"{entry.day:%Y%m%d}",
        line.account.ljust(3, "0"),
        excerpt.labels[line.account],
        line.party,
        _party_label(line.party),
        entry.piece,
        f"{entry.piece_day:%Y%m%d}",
        entry.label,
        decimal(max(line.cents, 0), ","),
        decimal(max(-line.cents, 0), ","),
        "",
        "",
        f"{entry.valid:%Y%m%d}",
        "",
        "",
    )


def _party_label(party: str) -> str:
    """Say what a reference is; never a name."""
    if not party:
        return ""
    kind, _colon, number = party.rpartition(":")
    return f"{PARTY_KINDS.get(kind, kind)} n° {number}"


def _clean(cell: str, *, latin: bool) -> str:
    cell = one_line(cell)
    if latin:
        cell = cell.translate(LATIN_WORDS).encode(LATIN, "replace").decode(LATIN)
    return cell


def description(excerpt: Excerpt, *, latin: bool = False) -> str:
    """Describe the file, as art. A47 A-1 (VII) asks: codes, separators, characters."""
    used = {each.journal for each in excerpt.entries}
    journals = "\r\n".join(
        f"  {code} : {label}" for code, label in excerpt.journals.items() if code in used
    )
    siren = _siren(excerpt) or "inconnu (le nom du fichier porte neuf zéros)"
    lines = [
        f"Description du fichier {name_of(excerpt)}",
        "",
        f"Entité : {owner_of(excerpt.book)}",
        f"SIREN : {siren}",
        f"Exercice : du {excerpt.first_day:%d/%m/%Y} au {excerpt.last_day:%d/%m/%Y}",
        f"Jeu de caractères : {'ISO-8859-15' if latin else 'UTF-8, sans marque'}",
        "Fins de ligne : CR LF. Séparateur : tabulation. Première ligne : noms des colonnes.",
        "Dates : AAAAMMJJ. Montants : en euros, deux décimales, virgule, sans espace.",
        f"Colonnes, dans l’ordre : {', '.join(COLUMNS)}.",
        "EcritureNum : numéro continu dans ce fichier, dans l’ordre de validation.",
        "  L’écriture n° 1 porte les soldes d’ouverture, quand il y en a.",
        "ValidDate : jour où l’écriture a été scellée, et n’a plus pu changer.",
        "CompteNum : au moins trois chiffres ; un compte de deux chiffres est suivi d’un zéro.",
        "CompAuxNum : référence du tiers dans le logiciel, sur les comptes de tiers ; les noms",
        "  sont tenus à part, et donnés par celui qui présente ce fichier.",
        "EcritureLet, DateLet, Montantdevise, Idevise : vides (ni lettrage, ni devise).",
        "L’écriture qui solde les classes 6 à 8 en fin d’exercice n’y est pas.",
        "",
        *excerpt.heading,
        "",
        "Journaux :",
        journals,
    ]
    return "\r\n".join(lines) + "\r\n"
