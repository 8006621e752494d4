"""A list of first members as people paste it: one a line, a name and an e-mail in any order."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from freeco import cells
from freeco.columns import Problem
from freeco.i18n import said
from freeco.members.people_import import PeopleReading, PersonDraft

MOST = 500
"""Lines of one paste: a longer list comes in later, from its spreadsheet."""
ADDRESS = re.compile(r"[^\s<>,;()\"]+@[^\s<>,;()\"]*")
AROUND = " \t,;<>()\"'«»\xa0"


@dataclass(frozen=True)
class Pasted:
    """What was read of a paste."""

    people: tuple[PersonDraft, ...]
    problems: tuple[Problem, ...]


def read_lines(text: str) -> Pasted:
    """Read each line that is not empty; one that has no good address of its own is a problem."""
    people: list[PersonDraft] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1)]
    filled = [(number, line) for number, line in lines if line.strip(AROUND)]
    for number, line in filled[:MOST]:
        address, reason = _address(line)
        if address and address in seen:
            reason = said("cette adresse est déjà à la ligne %(first)s", first=seen[address])
        if reason:
            problems.append(Problem(number, line[:80], reason))
            continue
        seen[address] = number
        people.append(_person(number, line, address))
    if len(filled) > MOST:
        number, line = filled[MOST]
        reason = said("500 lignes au plus ; la suite entrera plus tard, dans « Gérer »")
        problems.append(Problem(number, line[:80], reason))
    return Pasted(tuple(people), tuple(problems))


def _address(line: str) -> tuple[str, str]:
    """Return the one address of a line, or why there is none."""
    found = ADDRESS.findall(line)
    if not found:
        return "", said("il manque l’adresse e-mail")
    if len(found) > 1:
        return "", said("une seule adresse par ligne")
    try:
        return cells.email(found[0].strip(AROUND + ".")), ""
    except cells.BadCell as refusal:
        return "", str(refusal)


def _person(number: int, line: str, address: str) -> PersonDraft:
    name = " ".join(re.split(r"[\s,;\xa0]+", ADDRESS.sub(" ", line).strip(AROUND))).strip(AROUND)
    first, _space, last = name.partition(" ")
    return PersonDraft(number, first, last, address, "", "", "", "", "")


def written(people: Iterable[PersonDraft]) -> str:
    """Write people as lines that can be read back, and mended by hand."""
    return "".join(
        f"{f'{each.first_name} {each.last_name}'.strip()}, {each.email}\n"
        if f"{each.first_name}{each.last_name}"
        else f"{each.email}\n"
        for each in people
        if each.email
    )


def left_behind(reading: PeopleReading) -> Sequence[str]:
    """Say which lines of a spreadsheet cannot be invited, and why."""
    wrong = [
        said(
            "Ligne %(line)s, %(column)s : %(reason)s",
            line=each.line,
            column=each.column,
            reason=each.reason,
        )
        for each in reading.problems
    ]
    without = [
        said("Ligne %(line)s : il manque l’adresse e-mail.", line=each.line)
        for each in reading.people
        if each.email is None
    ]
    return [*wrong, *without]
