"""What polls know about some words."""

from sqlalchemy import select

from freeco.cells import says
from freeco.db import db
from freeco.members.models import Community
from freeco.module import Found, Ref, RefLabel
from freeco_project_decisions.polls import cards, reading, results, wording
from freeco_project_decisions.polls.models import Decision, Poll, PollState

SHOWN = (PollState.OPEN, PollState.CLOSED, PollState.CANCELLED)


def find(community: Community, words: str) -> list[Found]:
    """Return the decisions and the polls that say these words, accents apart; no draft."""
    decided = [
        Found(each.poll.title, results.sentence_of(each), cards.url_of(each.poll))
        for each in reading.register(community, words)
    ]
    running = [
        Found(poll.title, wording.METHODS[poll.method], cards.url_of(poll))
        for poll in reading.by_state(community, *SHOWN)
        if says(words, poll.title, poll.text, *(option.text for option in poll.options))
    ]
    return running + decided


def label(ref: Ref) -> RefLabel | None:
    """Name a poll, or a decision, that a link points to; drafts have no name yet."""
    if ref.module != "project_decisions":
        return None
    if ref.kind == "decision":
        decision = db.session.get(Decision, ref.id)
        poll = decision.poll if decision is not None else None
    elif ref.kind == "poll":
        poll = db.session.scalar(select(Poll).where(Poll.id == ref.id))
    else:
        return None
    if poll is None or (poll.state == PollState.DRAFT and not poll.ready):
        return None
    return RefLabel(poll.title, cards.url_of(poll))
