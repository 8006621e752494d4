"""What polls put on the home page, in the agenda and in the gazette."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask import url_for
from sqlalchemy import select

from freeco.clock import now
from freeco.db import db
from freeco.i18n import _, counted, deadline, said
from freeco.members import membership
from freeco.members.models import Community, Member
from freeco.module import AgendaItem, Card, Story
from freeco_project_decisions.permissions import PREPARE
from freeco_project_decisions.polls import reading, results, showing
from freeco_project_decisions.polls.models import Decision, Method, Poll, PollState

MOST = 2
PRESSING, NEWS = timedelta(days=2), timedelta(days=3)


def url_of(poll: Poll) -> str:
    """Return the page of a poll."""
    return url_for("project_decisions.poll", community=poll.community.slug, poll_id=poll.id)


def cards(community: Community, member: Member) -> list[Card]:
    """Return the votes that wait for a member, what was just decided, and drafts to open."""
    waiting = reading.unanswered(member)
    found = [_waiting(poll) for poll in waiting[:MOST]]
    if len(waiting) > MOST:
        found.append(_others(community, len(waiting) - MOST))
    found += [card for poll in _running(community) for card in _proxies(poll, member)]
    found += [_decided(each) for each in reading.latest(community, MOST, now() - NEWS)]
    if membership.holds(member, PREPARE.name):
        found += _drafts(community)
        found += [_asked(poll) for poll in reading.coming(community) if _by_a_service(poll)]
    return found


def _by_a_service(poll: Poll) -> bool:
    """Whether nobody wrote it here: another module asks."""
    return poll.author_id is None and bool(poll.asked_by)


def _asked(poll: Poll) -> Card:
    return Card(
        title=said("À relire : %(title)s", title=poll.title),
        text=said(
            "Un service pose cette question. Elle s’ouvrira le %(moment)s ; d’ici là, vous pouvez "
            "la changer ou la retenir.",
            moment=deadline(poll.opens_at),
        ),
        url=url_of(poll),
        action=_("Relire la question"),
        colour="teal",
        hat="coordinator",
    )


def _waiting(poll: Poll) -> Card:
    return Card(
        title=poll.title,
        text=said("Vote ouvert jusqu’au %(moment)s.", moment=deadline(poll.closes_at)),
        url=url_of(poll),
        action=_("Lire et voter"),
        colour="teal",
        urgent=_presses(poll),
    )


def _others(community: Community, many: int) -> Card:
    return Card(
        title=counted("%(num)s autre vote est ouvert", "%(num)s autres votes sont ouverts", many),
        text=_("Ils attendent aussi votre réponse."),
        url=url_for("project_decisions.home", community=community.slug),
        action=_("Voir les votes"),
        colour="teal",
    )


def _running(community: Community) -> Sequence[Poll]:
    return [each for each in reading.by_state(community, PollState.OPEN) if each.most_proxies]


def _proxies(poll: Poll, member: Member) -> list[Card]:
    return [
        Card(
            title=said("Votez pour %(name)s", name=showing.name_of(held.giver)),
            text=said("Vous portez sa procuration : %(title)s", title=poll.title),
            url=url_for(
                "project_decisions.vote_for_page",
                community=poll.community.slug,
                poll_id=poll.id,
                elector_id=held.giver.id,
            ),
            action=_("Voter"),
            colour="teal",
            urgent=_presses(poll),
        )
        for held in showing.seat_of(poll, member).held
        if held.ballot is None
    ]


def _decided(decision: Decision) -> Card:
    return Card(
        title=said(
            "Décision n° %(number)s : %(title)s", number=decision.number, title=decision.poll.title
        ),
        text=results.sentence_of(decision),
        url=url_of(decision.poll),
        action=_("Voir le résultat"),
        colour="teal",
    )


def _drafts(community: Community) -> list[Card]:
    drafts = [each for each in reading.by_state(community, PollState.DRAFT) if not each.ready]
    if not drafts:
        return []
    return [
        Card(
            title=counted("%(num)s vote à ouvrir", "%(num)s votes à ouvrir", len(drafts)),
            text=_("Le brouillon est écrit : relisez tout, puis ouvrez."),
            url=url_for("project_decisions.home", community=community.slug, _anchor="preparer"),
            action=_("Relire et ouvrir"),
            colour="teal",
            hat="coordinator",
        )
    ]


def _presses(poll: Poll) -> bool:
    """Whether it ends soon; of an assembly's vote, the assembly's own card says it."""
    return not poll.room and poll.closes_at <= now() + PRESSING


def agenda(community: Community, since: datetime, until: datetime) -> list[AgendaItem]:
    """Return the ends of open polls, and the openings that are announced."""
    ending = [
        _dated(poll, said("Fin du vote : %(title)s", title=poll.title), poll.closes_at, "ends")
        for poll in reading.by_state(community, PollState.OPEN)
    ]
    opening = [
        _dated(
            poll, said("Ouverture du vote : %(title)s", title=poll.title), poll.opens_at, "opens"
        )
        for poll in reading.coming(community)
    ]
    return [each for each in (*ending, *opening) if since <= each.starts_at < until]


def _dated(poll: Poll, title: str, at: datetime, what: str) -> AgendaItem:
    return AgendaItem(
        title=title,
        starts_at=at,
        ends_at=at,
        place="",
        url=url_of(poll),
        key=f"project_decisions.poll:{poll.id}:{what}",
    )


def stories(community: Community, since: datetime, until: datetime) -> list[Story]:
    """Tell what was decided in a time; whom a lot designated stays on the page, with the names."""
    found = db.session.scalars(
        select(Decision)
        .join(Decision.poll)
        .where(
            Decision.community_id == community.id,
            Decision.decided_at >= since,
            Decision.decided_at < until,
            Poll.method.not_in((Method.DRAW, Method.SEATS)),
        )
        .order_by(Decision.number)
    )
    return [
        Story(
            said("Décision n° %(number)s : %(title)s", number=each.number, title=each.poll.title),
            results.sentence_of(each),
            each.decided_at,
        )
        for each in found
    ]
