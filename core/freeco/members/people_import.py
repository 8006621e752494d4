"""The members' list a group already has, read line by line; nothing is invented."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from freeco import cells
from freeco.cells import plain
from freeco.columns import Column, Line, Notice, Problem, guess, left_out, lines_of
from freeco.i18n import _, counted, said
from freeco.spreadsheets import Table

FULL_NAME = "full_name"

PERSON_COLUMNS = (
    Column("first_name", _("Prénom"), headings=("Prénoms", "First name", "Prénom 1")),
    Column(
        "last_name",
        _("Nom"),
        required=True,
        headings=("Nom de famille", "Nom d’usage", "Last name", "Nom 1"),
    ),
    Column(
        FULL_NAME,
        _("Prénom et nom"),
        headings=(
            "Prénom Nom",
            "Nom Prénom",
            "Nom et prénom",
            "Nom, prénom",
            "Nom complet",
            "Adhérent",
            "Adhérente",
            "Adhérent·e",
            "Amapien",
            "Membre",
        ),
    ),
    Column(
        "email",
        _("Adresse e-mail"),
        headings=("E-mail", "Email", "Mail", "Courriel", "Mél", "Adresse mail", "Adresse email"),
    ),
    Column(
        "phone",
        _("Téléphone"),
        headings=("Tél", "Tel", "Portable", "Mobile", "Téléphone portable", "N° de téléphone"),
    ),
    Column("address", _("Adresse"), headings=("Adresse postale", "Rue", "Voie")),
    Column("postal_code", _("Code postal"), headings=("CP", "Code post.")),
    Column("commune", _("Commune"), headings=("Ville", "Localité")),
    Column("household", _("Foyer"), headings=("Famille", "Nom du foyer", "Ménage")),
)
"""What is looked for; « Prénom et nom » stands in for « Nom »."""

_DAMAGED_NUMBER = re.compile(r"[0-9][.,]?[0-9]*e\+?[0-9]+", re.IGNORECASE)
_LINES_SHOWN = 10


@dataclass(frozen=True)
class PersonDraft:
    """A person as the list tells it, not yet a member."""

    line: int
    first_name: str
    last_name: str
    email: str | None
    phone: str
    address: str
    postal_code: str
    commune: str
    household: str


@dataclass(frozen=True)
class PeopleReading:
    """What was read: people who can be taken, lines that cannot, and what to know."""

    people: tuple[PersonDraft, ...]
    problems: tuple[Problem, ...]
    notices: tuple[Notice, ...]


def read_people(table: Table, mapping: Mapping[str, int] | None = None) -> PeopleReading:
    """Read the people of a table; ``mapping`` gives the place of each column, from 0.

    Without a mapping the headings are guessed. A line with a problem gives no person; two
    persons never share an e-mail, the first line keeps it.
    """
    if mapping is None:
        mapping = guess(table.header, PERSON_COLUMNS)
    if not mapping.keys() & {"last_name", FULL_NAME}:
        reason = said("La colonne « Nom » manque.")
        return PeopleReading((), (Problem(table.header_line, said("Nom"), reason),), ())
    if "last_name" in mapping:
        mapping = {name: place for name, place in mapping.items() if name != FULL_NAME}
    reader = _Reader(table, mapping)
    people = [person for line in lines_of(table, mapping) if (person := reader.read(line))]
    notices = (*reader.notices(), *_same_names(people), *left_out(table, mapping))
    return PeopleReading(tuple(people), tuple(reader.problems), notices)


class _Reader:
    """Reads the lines in turn and remembers what several of them have in common."""

    def __init__(self, table: Table, mapping: Mapping[str, int]) -> None:
        self.problems: list[Problem] = []
        self.emails: dict[str, int] = {}
        self.whole_names: list[int] = []
        self.zeros: list[int] = []
        self.without_email: list[int] = []
        place = mapping.get(FULL_NAME)
        self.heading = [] if place is None else plain(table.header[place]).split()

    def read(self, line: Line) -> PersonDraft | None:
        """Return the person of a line, or none when something is wrong in it."""
        first_name, last_name = self.name(line)
        person = PersonDraft(
            line.row.number,
            first_name,
            last_name,
            self.email(line),
            self.phone(line),
            line.text("address"),
            self.postal_code(line),
            line.text("commune"),
            line.text("household"),
        )
        self.problems += line.problems
        if line.problems:
            return None
        if person.email is None:
            self.without_email.append(person.line)
        return person

    def name(self, line: Line) -> tuple[str, str]:
        """Return first and last name; a name that cannot be cut surely stays whole."""
        column = FULL_NAME if FULL_NAME in line.mapping else "last_name"
        first_name = line.text("first_name")
        whole = line.text(column) if first_name else line.needed(column, said("Il manque le nom."))
        if " " not in whole or "first_name" in line.mapping:
            return first_name, whole
        cut = self.cut(whole.split())
        if cut is None:
            self.whole_names.append(line.row.number)
            return "", whole
        return cut

    def cut(self, words: list[str]) -> tuple[str, str] | None:
        """Cut a whole name: capitals are the last name; else two words in the heading's order."""
        capitals = [word for word in words if word.isupper() and len(word) > 1 and "." not in word]
        others = [word for word in words if word not in capitals]
        if capitals and others and words in (capitals + others, others + capitals):
            return " ".join(others), " ".join(capitals)
        if len(words) != 2 or not {"prenom", "nom"} <= set(self.heading):
            return None
        first, second = words
        return (second, first) if self.heading[0] == "nom" else (first, second)

    def email(self, line: Line) -> str | None:
        """Return the address, refused when an earlier line has it already."""
        address = line.value("email", cells.email, "")
        if not address:
            return None
        if (first := self.emails.setdefault(address, line.row.number)) != line.row.number:
            line.refuse(
                "email",
                said(
                    "L’adresse %(email)s est déjà à la ligne %(first)s (ici ligne %(here)s) : "
                    "une adresse sert à une seule personne. Laissez vide celle de l’autre.",
                    email=address,
                    first=first,
                    here=line.row.number,
                ),
            )
        return address

    def phone(self, line: Line) -> str:
        """Return the number as written, with the first zero a spreadsheet took away."""
        text = line.text("phone")
        digits = re.sub("[^0-9]", "", text)
        if _DAMAGED_NUMBER.fullmatch(text):
            line.refuse(
                "phone",
                said("Le tableur a abîmé ce numéro : mettez la colonne au format texte."),
            )
        elif text and len(digits) < 6:
            line.refuse("phone", said("« %(text)s » n’est pas un numéro de téléphone.", text=text))
        elif re.fullmatch("[1-9][0-9]{8}", text):
            self.zeros.append(line.row.number)
            return f"0{text}"
        return text

    def postal_code(self, line: Line) -> str:
        """Return the code as written, with the first zero a spreadsheet took away."""
        text = line.text("postal_code")
        if re.fullmatch("[1-9][0-9]{3}", text):
            if line.row.number not in self.zeros:
                self.zeros.append(line.row.number)
            return f"0{text}"
        return text

    def notices(self) -> list[Notice]:
        """Tell what was taken otherwise than written, with the lines."""
        notices = []
        if lines := self.whole_names:
            notices.append(
                Notice(
                    said(
                        "Prénom et nom sont dans une seule case et l’ordre n’est pas sûr : le nom "
                        "est gardé entier (lignes %(lines)s). Séparez-les pour un tri par nom.",
                        lines=_listed(lines),
                    )
                )
            )
        if lines := self.zeros:
            notices.append(
                Notice(
                    said(
                        "Le zéro du début, perdu par le tableur, est remis dans le téléphone ou "
                        "le code postal (lignes %(lines)s). Vérifiez les adresses à l’étranger.",
                        lines=_listed(lines),
                    )
                )
            )
        if lines := self.without_email:
            notices.append(
                Notice(
                    counted(
                        "%(num)s personne est sans adresse e-mail (lignes %(lines)s).",
                        "%(num)s personnes sont sans adresse e-mail (lignes %(lines)s).",
                        len(lines),
                        lines=_listed(lines),
                    )
                )
            )
        return notices


def _same_names(people: list[PersonDraft]) -> list[Notice]:
    """Tell the persons who bear the same name: perhaps one person written twice."""
    lines: dict[str, list[PersonDraft]] = {}
    for person in people:
        lines.setdefault(plain(f"{person.first_name} {person.last_name}"), []).append(person)
    return [
        Notice(
            said(
                "%(name)s figure plusieurs fois (lignes %(lines)s). Est-ce la même personne ?",
                name=f"{same[0].first_name} {same[0].last_name}".strip(),
                lines=_listed([person.line for person in same]),
            )
        )
        for same in lines.values()
        if len(same) > 1
    ]


def _listed(lines: list[int]) -> str:
    shown = ", ".join(map(str, lines[:_LINES_SHOWN]))
    return f"{shown}…" if len(lines) > _LINES_SHOWN else shown
