"""Deliberation in words: stages, rhythms, what an amendment does."""

from collections.abc import Mapping, Sequence

from freeco.charter.articles import Word, differing_words
from freeco.i18n import _, counted, deadline, said
from freeco.module import Text
from freeco_project_decisions.deliberation.models import (
    Amendment,
    Discussion,
    Proposal,
    Rhythm,
    Stage,
)
from freeco_project_decisions.polls.models import Method
from freeco_project_decisions.polls.wording import EXPLAINED
from freeco_project_decisions.polls.wording import METHODS as POLL_METHODS

STAGES: Mapping[str, tuple[Text, str]] = {
    Stage.DRAFT: (_("brouillon"), "wait"),
    Stage.AMENDING: (_("amendements ouverts"), "good"),
    Stage.SETTLED: (_("texte fixé"), "wait"),
    Stage.VOTING: (_("au vote"), "good"),
    Stage.DECIDED: (_("décidée"), ""),
    Stage.WITHDRAWN: (_("retirée"), "bad"),
}
STEPS: Sequence[Text] = (
    _("Rédaction"),
    _("Amendements"),
    _("Texte fixé"),
    _("Vote"),
    _("Décision"),
)
PLACES: Mapping[str, int] = {
    Stage.DRAFT: 1,
    Stage.AMENDING: 2,
    Stage.SETTLED: 3,
    Stage.VOTING: 4,
    Stage.DECIDED: 5,
}
AMENDMENTS: Mapping[str, tuple[Text, str]] = {
    "open": (_("attend une réponse"), "wait"),
    "accepted": (_("accepté"), "good"),
    "refused": (_("refusé"), "bad"),
    "withdrawn": (_("retiré"), ""),
    "voting": (_("au vote"), "good"),
}
RHYTHMS: Mapping[str, Text] = {
    Rhythm.EACH: _("Chaque message par e-mail"),
    Rhythm.WEEKLY: _("Dans la lettre de la semaine"),
    Rhythm.MUTED: _("Rien : je viens lire quand je veux"),
}
METHODS: Sequence[tuple[str, Text, Text]] = tuple(
    (method, POLL_METHODS[method], EXPLAINED[method])
    for method in (Method.CONSENT, Method.ASSENT, Method.HANDS)
)
"""The ways to accept or not one text."""


def difference(old: str, new: str) -> list[Word]:
    """Tell two texts apart word by word; words changed side by side are read as one change."""
    found: list[Word] = []
    gone, come = "", ""
    words = differing_words(old, new)
    for place, (kind, text) in enumerate(words):
        between = kind == "same" and not text.strip() and 0 < place < len(words) - 1
        if kind != "added" and (kind == "removed" or between):
            gone += text
        if kind != "removed" and (kind == "added" or between):
            come += text
        if kind == "same" and not between:
            found += _changed(gone, come)
            gone, come = "", ""
            found.append(("same", text))
    return found + _changed(gone, come)


def _changed(gone: str, come: str) -> list[Word]:
    removed: list[Word] = [("removed", gone)] if gone else []
    added: list[Word] = [("added", come)] if come else []
    return removed + added


def amended(amendment: Amendment) -> str:
    """Say what an amendment does: « changer le paragraphe 3 »."""
    at = amendment.paragraph
    if amendment.kind == "add":
        if at is None:
            return said("ajouter un paragraphe au début")
        return said("ajouter un paragraphe après le %(number)s", number=at.number)
    number = at.number if at is not None else 0
    if amendment.kind == "strike":
        return said("supprimer le paragraphe %(number)s", number=number)
    return said("changer le paragraphe %(number)s", number=number)


def goes_on(days: int, extended: bool, what: str) -> str:
    """Say the rule by which a stage goes on, or that it did."""
    if extended:
        return said("La date a été repoussée une fois, comme annoncé.")
    if what == "amendment":
        return counted(
            "Si un amendement arrive dans les dernières 24 heures, l’étape dure %(num)s jour de "
            "plus, une seule fois.",
            "Si un amendement arrive dans les dernières 24 heures, l’étape dure %(num)s jours de "
            "plus, une seule fois.",
            days,
        )
    return counted(
        "Si un message arrive dans les dernières 24 heures, la discussion dure %(num)s jour de "
        "plus, une seule fois.",
        "Si un message arrive dans les dernières 24 heures, la discussion dure %(num)s jours de "
        "plus, une seule fois.",
        days,
    )


def dates(proposal: Proposal, *, rule: bool = True) -> list[str]:
    """Say the announced dates of a proposal, one sentence each, with the rule of extension."""
    found = []
    if proposal.stage == Stage.AMENDING and proposal.amend_until is not None:
        found.append(
            said("Amendements jusqu’au %(moment)s.", moment=deadline(proposal.amend_until))
        )
        if proposal.extension_days and rule:
            extended = proposal.extended_at is not None
            found.append(goes_on(proposal.extension_days, extended, "amendment"))
    if proposal.stage in (Stage.AMENDING, Stage.SETTLED) and proposal.vote_on is not None:
        found.append(said("Vote à partir du %(moment)s.", moment=deadline(proposal.vote_on)))
    return found


def ends(discussion: Discussion) -> list[str]:
    """Say until when a discussion goes on; nothing for one without an announced end."""
    if discussion.until is None or discussion.state != "open":
        return []
    found = [said("On en discute jusqu’au %(moment)s.", moment=deadline(discussion.until))]
    if discussion.extension_days:
        extended = discussion.extended_at is not None
        found.append(goes_on(discussion.extension_days, extended, "message"))
    return found
