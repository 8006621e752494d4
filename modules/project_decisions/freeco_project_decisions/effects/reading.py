"""What votes change, as their pages show it: values side by side, and what became of them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from freeco.charter import services as charter
from freeco.charter.adopting import amended
from freeco.charter.articles import ArticleChange, changes
from freeco.charter.services import Reading
from freeco.db import db
from freeco.errors import Refusal
from freeco.i18n import _, said
from freeco.members.models import Community
from freeco.module import Text
from freeco.record.parameter_names import CHARTER
from freeco.record.parameter_words import label_of, words_of
from freeco.settable import find
from freeco_project_decisions.effects.models import Effect, EffectState
from freeco_project_decisions.polls import binds
from freeco_project_decisions.polls.binds import Binds, Bound
from freeco_project_decisions.polls.models import Decision, Poll, PollState

STATES: Mapping[str, tuple[Text, str]] = {
    EffectState.WAITING: (_("attend son jour"), "wait"),
    EffectState.APPLIED: (_("appliqué"), "good"),
    EffectState.HELD: (_("à regarder"), "bad"),
    EffectState.DROPPED: (_("ne s’applique pas"), ""),
}


@dataclass(frozen=True)
class Line:
    """A rule that a vote changes."""

    name: str
    label: str
    before: str
    after: str = ""
    """In words; empty while it depends on which option is chosen."""
    options: Sequence[tuple[str, str]] = ()
    """Each option with the value it gives."""
    articles: Sequence[ArticleChange] = ()
    effect: Effect | None = None


@dataclass(frozen=True)
class Changes:
    """All that a vote changes."""

    lines: Sequence[Line] = field(default_factory=tuple)
    on: date | None = None
    decision: Decision | None = None
    without_quorum: str = ""
    voters: str = ""
    """Why there is no quorum, and what allows voices that are not one each; as they were typed."""
    missing: Sequence[str] = ()
    """What a draft that binds everybody has still to say, in sentences."""
    binds: bool = False
    """Whether it binds everybody: it changes something, or opens a project."""

    def __bool__(self) -> bool:
        """Whether it changes anything."""
        return bool(self.lines)

    @property
    def held(self) -> str:
        """Why it could not be applied; empty when nothing waits for somebody."""
        return next(
            (
                each.effect.reason
                for each in self.lines
                if each.effect is not None and each.effect.state == EffectState.HELD
            ),
            "",
        )


def of_poll(poll: Poll) -> Changes:
    """Return what a poll changes: as prepared, or as opened, with what became of it."""
    found = binds.read(poll.binds)
    if poll.state != PollState.DRAFT and poll.frozen_text:
        found = binds.of_content(json.loads(poll.frozen_text).get("binds"))
    lines, decision = _lines(poll, found) if found else ((), None)
    draft = poll.state == PollState.DRAFT
    return Changes(
        lines,
        found.on,
        decision,
        without_quorum="" if poll.quorum_part else found.without_quorum,
        voters=found.voters if binds.shares_voices(poll) else "",
        missing=[str(each) for each in binds.unstated(poll)] if draft else (),
        binds=binds.binds_everybody(poll),
    )


def _lines(poll: Poll, found: Binds) -> tuple[Sequence[Line], Decision | None]:
    effects = {
        each.name: each
        for each in db.session.scalars(select(Effect).where(Effect.poll_id == poll.id))
    }
    decision = db.session.scalar(select(Decision).where(Decision.poll_id == poll.id))
    return [_line(poll, each, effects.get(each.name)) for each in found.changes], decision


def _line(poll: Poll, bound: Bound, effect: Effect | None) -> Line:
    label = label_of(bound.name)
    before = words_of(bound.name, bound.before) if bound.before else said("rien encore")
    if bound.name == CHARTER:
        after = said("une nouvelle version, celle qui suit")
        return Line(bound.name, label, before, after, (), _articles(poll, bound), effect)
    words = [words_of(bound.name, code) for code in bound.values]
    if effect is not None:
        return Line(bound.name, label, before, words_of(bound.name, effect.after), effect=effect)
    if len(words) == 1:
        return Line(bound.name, label, before, words[0])
    texts = [option.text for option in poll.options]
    return Line(bound.name, label, before, options=list(zip(texts, words, strict=False)))


def _articles(poll: Poll, bound: Bound) -> Sequence[ArticleChange]:
    """Return the articles that a vote changes, word by word, from the text that it started from."""
    old = "\n\n".join(each.before for each in bound.amendments if each.before)
    new = "\n\n".join(each.after for each in bound.amendments if each.after)
    language = charter.reading("", poll.community).language
    texts = (Reading("", language, "", old), Reading("", language, "", new))
    return [each for each in changes(*texts) if each.kind != "kept"]


def whole_charter(poll: Poll) -> str:
    """Return the whole charter as it would read; empty when it moved meanwhile."""
    for bound in binds.read(poll.binds).changes:
        if bound.name == CHARTER:
            try:
                return amended(charter.reading("", poll.community).text, bound.amendments)
            except Refusal:
                return ""
    return ""


def register(community: Community) -> Sequence[Effect]:
    """Return what decisions changed or will, those to look at first, then the latest."""
    found = db.session.scalars(
        select(Effect)
        .join(Effect.decision)
        .where(Decision.community_id == community.id)
        .options(joinedload(Effect.decision).joinedload(Decision.poll))
        .order_by(Effect.applies_at.desc(), Effect.id.desc())
    ).all()
    return sorted(found, key=lambda each: each.state != EffectState.HELD)


def words(effect: Effect) -> tuple[str, str, str]:
    """Say which rule an effect changes, from what, to what."""
    if effect.name == CHARTER:
        return label_of(effect.name), words_of(effect.name, effect.before), ""
    return (
        label_of(effect.name),
        words_of(effect.name, effect.before) if effect.before else said("rien encore"),
        words_of(effect.name, effect.after),
    )


def in_force(community: Community, changes: Changes) -> dict[str, str]:
    """Say the value in force today of each rule; nothing for one that is gone."""
    today: dict[str, str] = {}
    for each in changes.lines:
        try:
            rule = find(community, each.name)
        except Refusal:
            continue
        today[each.name] = rule.words(rule.code)
    if any(each.name == CHARTER for each in changes.lines):
        today[CHARTER] = words_of(CHARTER, charter.current_version(community))
    return today
