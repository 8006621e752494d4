"""How a choice among options is told and drawn: judgment, ticks, duels, seats."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from freeco.i18n import _, counted, number, said
from freeco_project_decisions.polls import wording
from freeco_project_decisions.polls.marks import GRADES
from freeco_project_decisions.polls.models import Method, Poll
from freeco_project_decisions.polls.pictures import WHOLE, Bar, Figure, Table, at, segments

Seen = tuple[Sequence[Figure], Sequence[Table]]
Outcome = Mapping[str, Any]


def sentence(poll: Poll, outcome: Outcome) -> str:
    """Say which options are chosen, and why; nothing is tied."""
    chosen, found = outcome["chosen"], outcome["derivation"]
    if not chosen:
        return said("Rien n’est retenu.")
    names = wording.names(poll.options, chosen)
    if len(chosen) > 1 or poll.method == Method.SEATS:
        return counted(
            "Est retenu : %(names)s.", "Sont retenus : %(names)s.", len(chosen), names=names
        )
    first = chosen[0]
    if poll.method == Method.JUDGMENT:
        grade = wording.GRADE_WORDS[found["majority_grades"][first]]
        return said(
            "Le choix retenu est %(names)s : la moitié des votants au moins le juge « %(grade)s » "
            "ou mieux.",
            names=names,
            grade=grade,
        )
    if poll.method == Method.APPROVAL:
        return counted(
            "Le choix retenu est %(names)s : il convient à %(num)s votant sur %(ballots)s.",
            "Le choix retenu est %(names)s : il convient à %(num)s votants sur %(ballots)s.",
            found["ticks"][first],
            names=names,
            ballots=found["ballots"],
        )
    if found["condorcet_winner"] == first:
        return said(
            "Le choix retenu est %(names)s : il l’emporte contre chacun des autres.", names=names
        )
    return said(
        "Le choix retenu est %(names)s : aucun choix ne l’emporte contre tous, et c’est lui que "
        "les duels les plus nets placent en tête.",
        names=names,
    )


def shown(poll: Poll, outcome: Outcome) -> Seen:
    """Return the pictures and the tables of a choice."""
    if poll.method == Method.JUDGMENT:
        return _judged(poll, outcome)
    if poll.method == Method.APPROVAL:
        return _ticked(poll, outcome)
    if poll.method == Method.SCHULZE:
        return _duels(poll, outcome)
    return _seats(poll, outcome)


def _order(outcome: Outcome) -> list[int]:
    return [option for tied in outcome["ranking"] for option in tied]


def _places(outcome: Outcome, order: Sequence[int]) -> frozenset[int]:
    return frozenset(row for row, option in enumerate(order) if option in outcome["chosen"])


def _judged(poll: Poll, outcome: Outcome) -> Seen:
    found, order = outcome["derivation"], _order(outcome)
    best_first = range(GRADES - 1, -1, -1)
    bars, rows = [], []
    for option in order:
        merit = found["merits"][option]
        grade = wording.GRADE_WORDS[found["majority_grades"][option]]
        parts = [(f"grade-{each}", merit[each]) for each in best_first]
        text = poll.options[option].text
        chosen = option in outcome["chosen"]
        note = said("mention majoritaire : %(grade)s", grade=grade)
        bars.append(Bar(text, segments(parts, found["ballots"]), note, WHOLE // 2, chosen))
        rows.append([text, *(str(merit[each]) for each in best_first), str(grade)])
    legend = [(f"grade-{each}", wording.GRADE_WORDS[each]) for each in best_first]
    words = [wording.GRADE_WORDS[each] for each in best_first]
    heads = (_("Choix"), *words, _("Mention majoritaire"))
    figure = Figure(_("Comment chaque choix est jugé"), bars, legend, _("la moitié des votants"))
    return [figure], [Table(_("Nombre de mentions"), heads, rows, _places(outcome, order))]


def _ticked(poll: Poll, outcome: Outcome) -> Seen:
    found, order = outcome["derivation"], _order(outcome)
    ballots = found["ballots"]
    bars, rows = [], []
    for option in order:
        ticks, text = found["ticks"][option], poll.options[option].text
        parts = segments([("yes", ticks), ("away", ballots - ticks)], ballots)
        note = said("%(many)s sur %(all)s", many=ticks, all=ballots)
        bars.append(Bar(text, parts, note, None, option in outcome["chosen"]))
        rows.append([text, str(ticks)])
    table = Table(_("Voix"), (_("Choix"), _("Voix")), rows, _places(outcome, order))
    return [Figure(_("À combien de votants convient chaque choix"), bars)], [table]


def _duels(poll: Poll, outcome: Outcome) -> Seen:
    found, order = outcome["derivation"], _order(outcome)
    duels, first = found["duels"], order[0]
    texts = [option.text for option in poll.options]
    bars = []
    for other in order[1:]:
        mine, theirs = duels[first][other], duels[other][first]
        parts = [("yes", mine), ("away", found["ballots"] - mine - theirs), ("no", theirs)]
        note = said("%(mine)s contre %(theirs)s", mine=mine, theirs=theirs)
        label = said("contre « %(option)s »", option=texts[other])
        bars.append(Bar(label, segments(parts, found["ballots"]), note, WHOLE // 2))
    rows = [
        [texts[one], *("–" if one == other else str(duels[one][other]) for other in order)]
        for one in order
    ]
    legend = [
        ("yes", said("préfèrent « %(option)s »", option=texts[first])),
        ("away", _("les placent au même rang")),
        ("no", _("préfèrent l’autre")),
    ]
    title = said("Les duels de « %(option)s »", option=texts[first])
    heads = (_("Préféré à…"), *(texts[each] for each in order))
    caption = _(
        "Tous les duels : combien de votants préfèrent le choix de la ligne à celui de la colonne"
    )
    return (
        [Figure(title, bars, legend)] if bars else [],
        [Table(caption, heads, rows, _places(outcome, order), across=True)],
    )


def _stage(stage: Mapping[str, Any], texts: Sequence[str]) -> str:
    if stage["stage"] == "first":
        return said("premières préférences")
    if stage["stage"] == "last":
        return said("dernières places")
    option = texts[stage["about"]]
    if stage["stage"] == "surplus":
        return said("report du surplus de %(option)s", option=option)
    return said("élimination de %(option)s", option=option)


def _seats(poll: Poll, outcome: Outcome) -> Seen:
    found, texts = outcome["derivation"], [option.text for option in poll.options]
    stages, order = found["stages"], range(len(texts))
    quota = Decimal(found["quota"])
    firsts = [Decimal(each) for each in stages[0]["votes"]]
    top = max([*firsts, quota])
    bars = [
        Bar(
            texts[option],
            segments([("yes", int(firsts[option]))], int(top)),
            _votes(str(firsts[option])),
            at(int(quota), int(top)),
            option in outcome["chosen"],
        )
        for option in sorted(order, key=lambda each: -firsts[each])
    ]
    mark = said(
        "le quotient : %(quota)s voix suffisent pour une place", quota=_votes(found["quota"])
    )
    titles = [_stage(each, texts) for each in stages]
    rows = [
        [texts[option], *(_votes(each["votes"][option]) for each in stages)] for option in order
    ]
    rows.append([said("Sans suite"), *(_votes(each["lost"]) for each in stages)])
    heads = (_("Candidat"), *titles)
    caption = _("Le dépouillement, étape par étape")
    table = Table(caption, heads, rows, _places(outcome, order), across=True)
    return [Figure(_("Premières préférences"), bars, (), mark)], [table]


def _votes(value: str) -> str:
    return number(float(value))
