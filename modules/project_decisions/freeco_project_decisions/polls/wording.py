"""Polls in words: how each method decides, what the rules are, what one voted."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from freeco.i18n import _, counted, listed, moment, money, percent, said
from freeco.module import Text
from freeco_project_decisions.polls.marks import OF_ONE, RANKED, TICKED
from freeco_project_decisions.polls.models import (
    Method,
    Option,
    Poll,
    PollState,
    Room,
    Secrecy,
    Tie,
)

METHODS: Mapping[str, Text] = {
    Method.CONSENT: _("Consentement"),
    Method.ASSENT: _("Oui, non ou blanc"),
    Method.HANDS: _("Vote à main levée"),
    Method.JUDGMENT: _("Jugement majoritaire"),
    Method.APPROVAL: _("Cocher ce qui convient"),
    Method.SCHULZE: _("Classement (Schulze)"),
    Method.SEATS: _("Élire un groupe (scrutin proportionnel)"),
    Method.SHARES: _("Budget en parts égales"),
    Method.GREEDY: _("Budget au nombre de voix"),
    Method.DRAW: _("Tirage au sort de volontaires"),
}
EXPLAINED: Mapping[str, Text] = {
    Method.CONSENT: _(
        "Une proposition passe si personne ne s’y oppose avec une raison ; une objection se "
        "discute et peut être levée."
    ),
    Method.ASSENT: _(
        "Chacun répond oui, non ou blanc ; la majorité annoncée décide, avec ou sans quorum."
    ),
    Method.HANDS: _("Comme une main levée en réunion : oui, non ou blanc, pour aller vite."),
    Method.JUDGMENT: _(
        "Chacun donne une mention à chaque choix, de « Très bien » à « À rejeter » ; le choix que "
        "la moitié des votants juge le mieux l’emporte."
    ),
    Method.APPROVAL: _(
        "Chacun coche tout ce qui lui convient ; ce qui convient au plus grand nombre l’emporte."
    ),
    Method.SCHULZE: _(
        "Chacun classe les choix ; celui qui l’emporterait en face à face contre chacun des autres "
        "est retenu."
    ),
    Method.SEATS: _(
        "Chacun classe les candidats ; les places vont à des personnes qui représentent chacune "
        "une part égale des votants."
    ),
    Method.SHARES: _(
        "Chacun dispose de la même part du budget et coche ce qu’il veut ; un projet est financé "
        "par les parts de ceux qui le veulent."
    ),
    Method.GREEDY: _(
        "Les projets qui ont le plus de voix sont financés d’abord, tant qu’il reste de l’argent."
    ),
    Method.DRAW: _(
        "Ceux qui veulent bien se proposent ; un tirage que chacun peut refaire désigne qui."
    ),
}
KINDS: Sequence[tuple[Text, Sequence[Method]]] = (
    (_("Accepter ou non une proposition"), (Method.CONSENT, Method.ASSENT, Method.HANDS)),
    (_("Choisir entre plusieurs choses"), (Method.JUDGMENT, Method.APPROVAL, Method.SCHULZE)),
    (_("Désigner des personnes"), (Method.SEATS, Method.DRAW)),
    (_("Répartir un budget"), (Method.SHARES, Method.GREEDY)),
)
"""The methods in the order one asks oneself; the first of each is the one to begin with."""

GRADE_WORDS: Sequence[Text] = (
    _("À rejeter"),
    _("Insuffisant"),
    _("Passable"),
    _("Assez bien"),
    _("Bien"),
    _("Très bien"),
)
"""From 0; the worst first."""
CONSENTING: Sequence[Text] = (_("Je consens"), _("J’ai une objection"), _("Je reste à l’écart"))
CONSENT_HINTS: Sequence[Text] = (
    _("Ce n’est pas forcément mon premier choix ; je peux vivre avec."),
    _("La proposition nuirait au groupe ou à son but : je dis pourquoi."),
    _("Je ne prends pas part à cette décision et je ne la bloque pas."),
)
ANSWERS: Sequence[Text] = (_("Oui"), _("Non"), _("Blanc"))

STATES: Mapping[str, tuple[Text, str]] = {
    PollState.DRAFT: (_("brouillon"), "wait"),
    PollState.OPEN: (_("ouvert"), "good"),
    PollState.CLOSED: (_("dépouillement en attente"), "wait"),
    PollState.DECIDED: (_("dépouillé"), ""),
    PollState.CANCELLED: (_("annulé"), "bad"),
}
MAJORITIES: Mapping[str, tuple[Text, int, int, bool]] = {
    "half": (_("plus de la moitié"), 1, 2, True),
    "two_thirds": (_("au moins deux tiers"), 2, 3, False),
    "three_quarters": (_("au moins trois quarts"), 3, 4, False),
    "all": (_("l’unanimité"), 1, 1, False),
}
BASES: Mapping[str, Text] = {
    "cast": _("des oui et des non"),
    "present": _("de tous ceux qui votent, les blancs compris"),
    "enrolled": _("de tous ceux qui peuvent voter"),
}
QUORUMS: Mapping[str, tuple[Text, int, int]] = {
    "none": (_("aucun quorum"), 0, 1),
    "quarter": (_("un quart des votants"), 1, 4),
    "third": (_("un tiers des votants"), 1, 3),
    "half": (_("la moitié des votants"), 1, 2),
    "two_thirds": (_("deux tiers des votants"), 2, 3),
}
TIES: Mapping[str, Text] = {
    Tie.AGAIN: _("rien n’est retenu, et on en reparle"),
    Tie.ANNOUNCED: _("l’ordre dans lequel les choix sont annoncés"),
    Tie.DRAWN: _("un tirage au sort que chacun peut refaire"),
}

ROOMS: Mapping[str, Text] = {
    Room.PAGES: _(
        "Chacun vote sur sa page, ou sur un papier à son nom que le secrétaire saisit ; le premier "
        "des deux compte. Le président de séance termine le vote."
    ),
    Room.HANDS: _(
        "Dans la salle on vote à main levée, compté par deux personnes ; ailleurs, chacun vote sur "
        "sa page. Chaque voix compte une fois, et la première des deux façons compte. Le président "
        "de séance termine le vote."
    ),
    Room.URN: _(
        "Dans la salle on vote sur un papier sans nom, dépouillé par deux personnes ; ailleurs, "
        "chacun vote sur sa page. Chaque voix compte une fois, et la première des deux façons "
        "compte. Le président de séance termine le vote."
    ),
}
LOTS: Mapping[str, Text] = {
    "drawn": _("le tirage au sort"),
    "announced": _("l’ordre annoncé"),
}


def majority_of(poll: Poll) -> str:
    """Return the name of a poll's majority in ``MAJORITIES``."""
    share = (poll.share_part, poll.share_whole, poll.more_than)
    return next((name for name, (_w, *rule) in MAJORITIES.items() if tuple(rule) == share), "half")


def quorum_of(poll: Poll) -> str:
    """Return the name of a poll's quorum in ``QUORUMS``."""
    part = (poll.quorum_part, poll.quorum_whole)
    return next((name for name, (_w, *rule) in QUORUMS.items() if tuple(rule) == part), "none")


def needed(poll: Poll, electors: int) -> int:
    """Return how many must vote for the quorum to be met."""
    return -(-poll.quorum_part * electors // poll.quorum_whole)


def rules(poll: Poll) -> list[str]:
    """Say the rules of a poll, one sentence each."""
    method = Method(poll.method)
    said_rules = [str(EXPLAINED[method])]
    if method in (Method.ASSENT, Method.HANDS):
        share = said(
            "Pour être adoptée, la proposition doit réunir %(share)s %(base)s.",
            share=MAJORITIES[majority_of(poll)][0],
            base=BASES[poll.base],
        )
        said_rules.append(share)
    if poll.budget is not None:
        said_rules.append(said("Le budget est de %(amount)s.", amount=money(poll.budget)))
    elif method not in OF_ONE:
        said_rules.append(
            counted("Il y a %(num)s place.", "Il y a %(num)s places.", poll.places)
            if method in (Method.SEATS, Method.DRAW)
            else counted("Un seul choix sera retenu.", "%(num)s choix seront retenus.", poll.places)
        )
    if poll.quorum_part:
        quorum = QUORUMS[quorum_of(poll)][0]
        said_rules.append(said("Quorum : %(quorum)s. Sans lui, rien n’est décidé.", quorum=quorum))
    if poll.extension_days:
        said_rules.append(
            counted(
                "Si le quorum manque, le vote est prolongé une fois de %(num)s jour.",
                "Si le quorum manque, le vote est prolongé une fois de %(num)s jours.",
                poll.extension_days,
            )
        )
    if method not in OF_ONE and method is not Method.DRAW:
        said_rules.append(said("En cas d’égalité : %(rule)s.", rule=TIES[poll.tie]))
    return said_rules + _voices(poll)


BESIDE_SECRET = _(
    "À côté des bulletins scellés, qui l’a demandé avant l’ouverture vote sur papier, dans l’urne "
    "de l’assemblée ; les deux comptages s’ajoutent."
)


def _voices(poll: Poll) -> list[str]:
    """Say where one votes, for whom, and who has a voice."""
    beside = poll.secrecy == Secrecy.SEALED and poll.room == Room.URN
    found = [str(BESIDE_SECRET if beside else ROOMS[poll.room])] if poll.room else []
    found.append(proxies(poll))
    found += [
        said("Le collège « %(name)s » pèse %(share)s.", name=each.name, share=percent(each.weight))
        for each in poll.colleges
    ]
    if poll.rests_months:
        found.append(
            counted(
                "Une fois décidée, la question ne revient pas au vote avant %(num)s mois.",
                "Une fois décidée, la question ne revient pas au vote avant %(num)s mois.",
                poll.rests_months,
            )
        )
    if poll.by_organisation:
        found.append(said("Ce sont les organisations qui votent, une voix chacune."))
    return found


def proxies(poll: Poll) -> str:
    """Say whether one may hand one's vote to somebody."""
    if not poll.most_proxies:
        return said("Pas de procuration.")
    return counted(
        "On peut donner procuration ; chacun en porte %(num)s au plus.",
        "On peut donner procuration ; chacun en porte %(num)s au plus.",
        poll.most_proxies,
    )


def ends(poll: Poll) -> str:
    """Say when a poll ends, or when it will open."""
    if poll.state == PollState.DRAFT:
        return said("s’ouvre le %(moment)s", moment=moment(poll.opens_at))
    return said("jusqu’au %(moment)s", moment=moment(poll.closes_at))


def ballot(poll: Poll, marks: bytes) -> str:
    """Say what somebody voted, on one line."""
    method = Method(poll.method)
    if method is Method.CONSENT:
        return str(CONSENTING[marks[0]])
    if method in OF_ONE:
        return str(ANSWERS[marks[0]])
    if method is Method.DRAW:
        return said("Volontaire")
    texts = [option.text for option in poll.options]
    if method in TICKED:
        return listed([text for text, mark in zip(texts, marks, strict=True) if mark]) or str(
            ANSWERS[2]
        )
    if method in RANKED:
        ranked = sorted((mark, text) for text, mark in zip(texts, marks, strict=True) if mark)
        return ", ".join(f"{mark}. {text}" for mark, text in ranked) or str(ANSWERS[2])
    graded = zip(texts, marks, strict=True)
    return ", ".join(
        said("%(option)s : %(grade)s", option=text, grade=GRADE_WORDS[mark])
        for text, mark in graded
    )


def names(options: Sequence[Option], places: Sequence[int]) -> str:
    """Join the options at some places, as one says them."""
    return listed([said("« %(text)s »", text=options[place].text) for place in places])


def part(number: str | int) -> str:
    """Write an exact share as people read it: ``3/5`` is 60 %."""
    return percent(round(Fraction(number) * 10_000))


def elector(number: int, name: str) -> str:
    """Return an elector's name; who is erased is a number."""
    return name or said("Votant n° %(number)s", number=number)


WAYS: Mapping[str, Text] = {
    "page": _("%(many)s sur la page"),
    "proxy": _("%(many)s par procuration"),
    "paper": _("%(many)s sur papier à son nom"),
    "sealed": _("%(many)s à distance, sous scellés"),
    "hands": _("%(many)s à main levée dans la salle"),
    "urn": _("%(many)s dans l’urne de la salle"),
}


def came_from(derivation: Mapping[str, object]) -> str:
    """Say how many ballots came from where; nothing for a poll that no assembly held."""
    found = derivation.get("came_from")
    if not isinstance(found, Mapping):
        return ""
    parts = [str(words) % {"many": found[way]} for way, words in WAYS.items() if found.get(way)]
    return said("Les bulletins : %(parts)s.", parts=listed(parts)) if parts else ""
