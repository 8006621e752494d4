"""What two people count of ballots without a name: lines and numbers, and the ballots they make.

Yes, no and blank, ticks, and grades are added up option by option: these methods look at nothing
else. Rankings and budgets need each ballot whole, written on a line.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from freeco.i18n import _, said
from freeco.module import Text
from freeco_project_decisions.polls import wording
from freeco_project_decisions.polls.errors import Miscounted
from freeco_project_decisions.polls.marks import AGREE, ASIDE, GRADES, RANKED, TICKED, require
from freeco_project_decisions.polls.models import Method, Poll

Counts = Mapping[str, int]
"""A number for each line, by the line's key."""

MOST = 100_000
"""More ballots than any room holds."""
BALLOTS = "ballots"
WHOLE = frozenset({Method.SCHULZE, Method.SEATS, Method.SHARES, Method.GREEDY})
"""Methods that need each ballot whole."""
COUNTABLE = frozenset(Method) - {Method.DRAW}
"""Methods with ballots that need no name: a volunteer has one."""
LINE = re.compile(r"(?:(\d{1,6})\s*[:x×]\s*)?([\d\s,;>=]*)")


@dataclass(frozen=True)
class Line:
    """Something to count."""

    key: str
    label: Text


def lines(poll: Poll) -> Sequence[Line]:
    """Return what is counted, in order; nothing for ballots that are written whole."""
    method = Method(poll.method)
    if method is Method.CONSENT:
        return [Line(_one(mark), wording.CONSENTING[mark]) for mark in (AGREE, ASIDE)]
    if method in (Method.ASSENT, Method.HANDS):
        return [Line(_one(mark), answer) for mark, answer in enumerate(wording.ANSWERS)]
    if method is Method.APPROVAL:
        ticks = [Line(f"tick_{each.place}", each.text) for each in poll.options]
        return [Line(BALLOTS, _("Bulletins en tout, les blancs compris")), *ticks]
    if method is Method.JUDGMENT:
        return [
            Line(
                f"grade_{option.place}_{grade}",
                said(
                    "%(option)s : %(grade)s",
                    option=option.text,
                    grade=wording.GRADE_WORDS[grade],
                ),
            )
            for option in poll.options
            for grade in reversed(range(GRADES))
        ]
    return []


def _one(mark: int) -> str:
    return f"answer_{mark}"


def label(poll: Poll, key: str) -> str:
    """Return what a line counts, for a difference between two tellers."""
    for line in lines(poll):
        if line.key == key:
            return str(line.label)
    return said("Bulletin « %(ballot)s »", ballot=wording.ballot(poll, bytes.fromhex(key)))


def many(poll: Poll, counts: Counts) -> int:
    """Return how many ballots are counted.

    Raises ``Miscounted`` for numbers that do not add up: more ticks than ballots, options that
    were not graded by as many.
    """
    method = Method(poll.method)
    if method is Method.APPROVAL:
        if any(counts[f"tick_{each.place}"] > counts[BALLOTS] for each in poll.options):
            raise Miscounted(said("Un choix a plus de coches qu’il n’y a de bulletins."))
        return counts[BALLOTS]
    if method is Method.JUDGMENT:
        sums = {
            sum(counts[f"grade_{option.place}_{grade}"] for grade in range(GRADES))
            for option in poll.options
        }
        if len(sums) > 1:
            raise Miscounted(
                said("Chaque choix doit recevoir autant de mentions qu’il y a de bulletins.")
            )
        return sums.pop()
    return sum(counts.values())


def ballots(poll: Poll, counts: Counts) -> list[bytes]:
    """Return ballots that add up to what was counted.

    Ticks and grades are handed out anew: the sums of each option are the same, and the method
    looks at nothing else.
    """
    method = Method(poll.method)
    if method is Method.APPROVAL:
        return [
            bytes(int(counts[f"tick_{each.place}"] > number) for each in poll.options)
            for number in range(counts[BALLOTS])
        ]
    if method is Method.JUDGMENT:
        columns = [
            [g for g in range(GRADES) for _each in range(counts[f"grade_{option.place}_{g}"])]
            for option in poll.options
        ]
        return [bytes(row) for row in zip(*columns, strict=True)]
    if method in WHOLE:
        return [bytes.fromhex(key) for key, many in sorted(counts.items()) for _n in range(many)]
    return [
        bytes([int(key.removeprefix("answer_"))])
        for key, many in sorted(counts.items())
        for _each in range(many)
    ]


def read_whole(poll: Poll, text: str) -> dict[str, int]:
    """Read whole ballots, a line for each that is the same.

    « 12 : 3 > 1 = 2 » is twelve ballots that put the third choice first, then the first and the
    second level; « 4 : 1 3 » is four that tick the first and the third; « 2 : » is two blanks.
    Raises ``Miscounted``, naming the line.
    """
    found: Counter[str] = Counter()
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        read = LINE.fullmatch(line.strip())
        marks = _marks(poll, read[2]) if read is not None else None
        times = int(read[1] or 1) if read is not None else 0
        if marks is None or not times:
            raise Miscounted(
                said("Ligne %(number)s : « %(line)s » ne se lit pas.", number=number, line=line)
            )
        found[marks.hex()] += times
    if found.total() > MOST:
        raise Miscounted(said("Il y a trop de bulletins."))
    return dict(found)


def _marks(poll: Poll, text: str) -> bytes | None:
    """Return the marks that a line says; none for what is no ballot."""
    marks = [0] * len(poll.options)
    groups = [group.split() for group in re.sub("[,;]", " ", text).split(">")]
    if Method(poll.method) in RANKED:
        groups = _ranked(text)
    for rank, group in enumerate(groups, start=1):
        for place in group:
            if not place.isascii() or not place.isdigit() or not 1 <= int(place) <= len(marks):
                return None
            if marks[int(place) - 1]:
                return None
            marks[int(place) - 1] = 1 if Method(poll.method) in TICKED else rank
    if Method(poll.method) is Method.SEATS and any(len(group) > 1 for group in groups):
        return None
    return require(poll, marks)


def _ranked(text: str) -> list[list[str]]:
    """Part ranks: by signs, spaces or commas; « = » holds together those that are level."""
    joined = re.sub(r"\s*=\s*", "=", text)
    return [group.split("=") for group in re.split(r"[\s,;>]+", joined) if group]


def write_whole(poll: Poll, counts: Counts) -> str:
    """Write whole ballots as they are read."""
    return "\n".join(
        f"{many} : {_written(poll, bytes.fromhex(key))}" for key, many in sorted(counts.items())
    )


def _written(poll: Poll, marks: bytes) -> str:
    if Method(poll.method) in TICKED:
        return " ".join(str(place) for place, mark in enumerate(marks, start=1) if mark)
    ranks = sorted({mark for mark in marks if mark})
    return " > ".join(
        " = ".join(str(place) for place, mark in enumerate(marks, start=1) if mark == rank)
        for rank in ranks
    )
