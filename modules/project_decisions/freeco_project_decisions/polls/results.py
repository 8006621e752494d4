"""What came of a poll, in one sentence that a newcomer understands, and how to see it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from freeco.db import db
from freeco.i18n import counted, listed, money, said
from freeco.money import Money
from freeco_project_decisions.counting.lots import ticket
from freeco_project_decisions.polls import budget_results, choice_results, wording
from freeco_project_decisions.polls.assent_results import assent_shown, consent_shown, who_came
from freeco_project_decisions.polls.marks import BUDGETS
from freeco_project_decisions.polls.models import Decision, Elector, Method, Poll, Secrecy
from freeco_project_decisions.polls.pictures import Figure, Table
from freeco_project_decisions.polls.seeds import is_witnessed

Derivation = Mapping[str, Any]


@dataclass(frozen=True)
class Ticket:
    """What a lot gave somebody, and how to find it again."""

    name: str
    drawn_as: str
    """What stands after the seed: ``printf '%s' 'seed,0' | sha256sum``."""
    ticket: str
    first: bool = False


@dataclass(frozen=True)
class Lot:
    """A lot that was drawn, for anybody to draw again."""

    seed: str
    tickets: Sequence[Ticket]
    served: bool
    """Whether there was a tie for it to settle."""
    seal: str = ""
    """What the seed is the SHA-256 of, to the letter; empty where it comes from elsewhere."""
    witnessed: bool = False
    """Whether a witness signed it, so that nobody could choose it alone."""
    opened: bool = False
    """Whether the seed is what the trustees of a vote by tokens opened."""


@dataclass(frozen=True)
class Shown:
    """A result as its page shows it."""

    sentence: str
    figures: Sequence[Figure] = ()
    tables: Sequence[Table] = ()
    ties: Sequence[str] = ()
    lot: Lot | None = None
    derivation: Derivation = field(default_factory=dict)


def read(decision: Decision) -> Derivation:
    """Return an outcome as it is kept."""
    content: dict[str, Any] = json.loads(decision.outcome)
    return content


def sentence_of(decision: Decision) -> str:
    """Say what came of a poll."""
    poll, outcome = decision.poll, read(decision)
    method, found = Method(poll.method), outcome["derivation"]
    if found.get("ballots") == 0 and method not in (Method.CONSENT,):
        return said("Personne n’a voté : rien n’est décidé.")
    if found.get("quorum_met") is False or _nobody_counts(found):
        return _no_quorum(poll, found)
    if method is Method.DRAW:
        return _drawn_sentence(poll, outcome["chosen"])
    if method is Method.CONSENT:
        return _consent_sentence(decision.adopted, found)
    if method in (Method.ASSENT, Method.HANDS):
        return _assent_sentence(poll, outcome, found)
    if outcome["tied"]:
        return said(
            "Égalité entre %(options)s : rien n’est retenu, et on en reparle.",
            options=wording.names(poll.options, outcome["tied"]),
        )
    if method in BUDGETS:
        return _budget_sentence(poll, outcome, found)
    return choice_results.sentence(poll, outcome)


def _nobody_counts(found: Derivation) -> bool:
    """Whether all that was said is blank, where blanks do not weigh."""
    return "colleges" in found and not any(college["base"] for college in found["colleges"])


def _no_quorum(poll: Poll, found: Derivation) -> str:
    came = found["attending"] if "attending" in found else found["ballots"]
    if not came:
        return said("Personne n’a voté : rien n’est décidé.")
    least = max(wording.needed(poll, found["enrolled"]), 1)
    if came >= least:
        return said("Il n’y a que des votes blancs : rien n’est décidé.")
    return counted(
        "Rien n’est décidé : %(num)s votant sur %(enrolled)s, il en fallait %(least)s.",
        "Rien n’est décidé : %(num)s votants sur %(enrolled)s, il en fallait %(least)s.",
        came,
        enrolled=found["enrolled"],
        least=least,
    )


def _consent_sentence(adopted: bool, found: Derivation) -> str:
    if adopted:
        return said("La proposition est adoptée : aucune objection n’est maintenue.")
    return counted(
        "La proposition n’est pas adoptée : %(num)s objection est maintenue.",
        "La proposition n’est pas adoptée : %(num)s objections sont maintenues.",
        found["objections"],
    )


def _assent_sentence(poll: Poll, outcome: Derivation, found: Derivation) -> str:
    if outcome["tied"]:
        return said("Autant de oui que de non : rien n’est décidé, et on en reparle.")
    if found["ties"]:
        return said("Autant de oui que de non : la proposition n’est pas adoptée.")
    told = {
        "part": wording.part(found["for"]),
        "base": wording.BASES[poll.base],
        "share": wording.MAJORITIES[wording.majority_of(poll)][0],
    }
    if outcome["chosen"] == [0]:
        return said(
            "La proposition est adoptée : les oui font %(part)s %(base)s ; il fallait %(share)s.",
            **told,
        )
    return said(
        "La proposition n’est pas adoptée : les oui font %(part)s %(base)s ; il fallait %(share)s.",
        **told,
    )


def _budget_sentence(poll: Poll, outcome: Derivation, found: Derivation) -> str:
    if not outcome["chosen"]:
        return said("Aucun projet n’est financé.")
    return counted(
        "%(num)s projet est financé, pour %(spent)s sur %(budget)s : %(names)s.",
        "%(num)s projets sont financés, pour %(spent)s sur %(budget)s : %(names)s.",
        len(outcome["chosen"]),
        spent=money(Money(found["spent"])),
        budget=money(Money(found["budget"])),
        names=wording.names(poll.options, sorted(outcome["chosen"])),
    )


def _drawn_sentence(poll: Poll, chosen: Sequence[int]) -> str:
    if not chosen:
        return said("Personne ne s’est proposé : personne n’est désigné.")
    names = _elector_names(poll)
    return said("Le sort désigne %(names)s.", names=listed([names[each] for each in chosen]))


def _elector_names(poll: Poll) -> dict[int, str]:
    found = db.session.scalars(
        select(Elector).where(Elector.poll_id == poll.id).options(joinedload(Elector.member))
    )
    return {
        each.id: wording.elector(each.id, each.member.name if each.member else "") for each in found
    }


def shown(decision: Decision) -> Shown:
    """Return a result with its pictures, its tables and what a lot settled."""
    poll, outcome = decision.poll, read(decision)
    method, found = Method(poll.method), outcome["derivation"]
    figures: Sequence[Figure] = ()
    tables: Sequence[Table] = ()
    if method is Method.CONSENT:
        figures, tables = consent_shown(poll, found)
    elif method in (Method.ASSENT, Method.HANDS):
        figures, tables = assent_shown(poll, found)
    elif found.get("quorum_met") is False:
        figures = [who_came(poll, found["ballots"], found["enrolled"])]
    elif method in BUDGETS and found.get("ballots"):
        figures, tables = budget_results.shown(poll, outcome)
    elif method is not Method.DRAW and found.get("ballots"):
        figures, tables = choice_results.shown(poll, outcome)
    return Shown(
        sentence_of(decision), figures, tables, _ties(poll, found), _lot(poll, outcome), found
    )


def _ties(poll: Poll, found: Derivation) -> list[str]:
    if poll.method in (Method.ASSENT, Method.HANDS):
        return []
    return [
        said(
            "Égalité entre %(tied)s : %(rule)s a retenu %(taken)s.",
            tied=wording.names(poll.options, each["tied"]),
            taken=wording.names(poll.options, each["taken"]),
            rule=wording.LOTS[each["rule"]],
        )
        for each in found.get("ties", ())
    ]


def _lot(poll: Poll, outcome: Derivation) -> Lot | None:
    """Return the lot of a poll that had one, its smallest ticket first."""
    found = outcome["derivation"]
    if not poll.seed or found.get("quorum_met") is False:
        return None
    if poll.method == Method.DRAW:
        named = {str(number): name for number, name in _elector_names(poll).items()}
        drawn = {str(each): named.get(str(each), "") for each in found["volunteers"]}
        taken = {str(each) for each in outcome["chosen"]}
    else:
        drawn = {str(place): option.text for place, option in enumerate(poll.options)}
        taken = {str(each) for tie in found.get("ties", ()) for each in tie["taken"]}
    tickets = sorted(
        (
            Ticket(name, drawn_as, ticket(poll.seed, drawn_as), drawn_as in taken)
            for drawn_as, name in drawn.items()
        ),
        key=lambda each: each.ticket,
    )
    served = poll.method == Method.DRAW or bool(found.get("ties"))
    seal = found.get("seal", "")
    opened = poll.secrecy == Secrecy.TOKENS
    return Lot(poll.seed, tickets, served, seal, is_witnessed(seal), opened) if tickets else None
