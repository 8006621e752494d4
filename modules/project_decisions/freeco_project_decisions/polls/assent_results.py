"""How yes and no, or consent, is drawn: who came, with the quorum, and what they said."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from freeco.i18n import _, said
from freeco_project_decisions.polls import wording
from freeco_project_decisions.polls.models import Poll
from freeco_project_decisions.polls.pictures import WHOLE, Bar, Figure, Table, at, segments

Seen = tuple[Sequence[Figure], Sequence[Table]]


def consent_shown(poll: Poll, found: Mapping[str, Any]) -> Seen:
    """Return who came, and who agreed, objected or stood aside."""
    said_so = [
        ("yes", found["agreed"]),
        ("no", found["objections"]),
        ("blank", found["aside"]),
    ]
    bar = Bar("", segments(said_so, found["ballots"]), _counts(wording.CONSENTING, said_so))
    legend = list(zip(("yes", "no", "blank"), wording.CONSENTING, strict=True))
    figures = [who_came(poll, found["ballots"], found["enrolled"])]
    if found["ballots"]:
        figures.append(Figure(_("Ce qui a été dit"), [bar], legend))
    rows = [
        [str(word), str(many)]
        for word, (_k, many) in zip(legend_words(legend), said_so, strict=True)
    ]
    return figures, [Table(_("Les réponses"), (_("Réponse"), _("Votants")), rows)]


def legend_words(legend: Sequence[tuple[str, object]]) -> list[str]:
    """Return what a legend's classes mean."""
    return [str(words) for _kind, words in legend]


def _counts(words: Sequence[object], counts: Sequence[tuple[str, int]]) -> str:
    return ", ".join(
        said("%(word)s : %(many)s", word=word, many=many)
        for word, (_kind, many) in zip(words, counts, strict=True)
    )


_VOTED = (_("Qui a voté"), _("ont voté"), _("n’ont pas voté"))
_PRESENT = (_("Qui est venu"), _("présents, représentés ou votants d’ailleurs"), _("absents"))


def who_came(poll: Poll, came: int, enrolled: int, *, silent: bool = False) -> Figure:
    """Draw how many voted, or came where some said nothing, with the quorum's mark."""
    words = _PRESENT if silent else _VOTED
    parts = [("came", came), ("away", enrolled - came)]
    least = wording.needed(poll, enrolled) if poll.quorum_part else None
    return Figure(
        words[0],
        [
            Bar(
                "",
                segments(parts, enrolled),
                said("%(came)s sur %(enrolled)s", came=came, enrolled=enrolled),
                at(least, enrolled) if least is not None else None,
            )
        ],
        list(zip(("came", "away"), words[1:], strict=True)),
        said("le quorum : %(least)s votants", least=least) if least is not None else "",
    )


def assent_shown(poll: Poll, found: Mapping[str, Any]) -> Seen:
    """Return who came, and yes, no and blank in each college, with the majority's mark."""
    names = [college.name for college in poll.colleges]
    colleges = found["colleges"]
    labels = names if len(names) == len(colleges) else [""] * len(colleges)
    share = Fraction(poll.share_part, poll.share_whole)
    bars = []
    for label, college in zip(labels, colleges, strict=True):
        said_so = [("yes", college["yes"]), ("no", college["no"]), ("blank", college["blank"])]
        counted = said_so[:2] if poll.base == "cast" else said_so
        parts = segments(counted, college["base"])
        bars.append(Bar(label, parts, _counts(wording.ANSWERS, said_so), round(WHOLE * share)))
    legend = list(zip(("yes", "no", "blank"), wording.ANSWERS, strict=True))
    said_all = sum(each[key] for each in colleges for key in ("yes", "no", "blank"))
    silent = said_all < found["attending"]
    figures = [who_came(poll, found["attending"], found["enrolled"], silent=silent)]
    if found["attending"]:
        majority = wording.MAJORITIES[wording.majority_of(poll)][0]
        kept = legend[:2] if poll.base == "cast" else legend
        mark = said("la majorité : %(share)s", share=majority)
        figures.append(Figure(_("Ce qui a été répondu"), bars, kept, mark))
    heads = (_("Collège"), *wording.ANSWERS, _("Peuvent voter"))
    rows = [
        [label or said("Tous")] + [str(college[key]) for key in ("yes", "no", "blank", "enrolled")]
        for label, college in zip(labels, colleges, strict=True)
    ]
    return figures, [Table(_("Les réponses"), heads, rows)]
