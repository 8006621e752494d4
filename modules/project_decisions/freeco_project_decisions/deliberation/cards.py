"""What deliberation puts on the home page, in the agenda and in the gazette."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import select

from freeco.clock import now
from freeco.db import db
from freeco.i18n import _, counted, deadline, said
from freeco.members import membership
from freeco.members.models import Community, Member
from freeco.module import AgendaItem, Card, Story
from freeco_project_decisions.deliberation import following, proposing, reading
from freeco_project_decisions.deliberation.models import (
    Discussion,
    Proposal,
    ProposalObjection,
    Rhythm,
    Stage,
)
from freeco_project_decisions.deliberation.search import url_of
from freeco_project_decisions.permissions import PREPARE

PRESSING = timedelta(days=2)
MOST = 2


def cards(community: Community, member: Member) -> list[Card]:
    """Return what waits for a member: answers they owe or were given, and texts to amend."""
    amending = reading.proposals(community, Stage.AMENDING)
    settled = reading.proposals(community, Stage.SETTLED)
    mine = [each for each in (*amending, *settled) if proposing.is_author(each, member)]
    found = [card for each in mine for card in _owed(each)]
    found += [_answered(each) for each in _objections_of(member)]
    found += [_to_amend(each) for each in amending if each not in mine][:MOST]
    if membership.holds(member, PREPARE.name):
        found += [_to_vote(each) for each in settled if not reading.waiting(each)]
    return found


def _owed(proposal: Proposal) -> Iterator[Card]:
    open_ones = [each for each in reading.waiting(proposal) if each.state == "open"]
    bare = [
        each for each in reading.objections(proposal) if not each.answer and each.lifted_at is None
    ]
    if open_ones:
        yield _card(
            proposal,
            counted(
                "%(num)s amendement attend votre réponse",
                "%(num)s amendements attendent votre réponse",
                len(open_ones),
            ),
            _("Répondre"),
            urgent=proposal.amend_until is not None and proposal.amend_until <= now() + PRESSING,
        )
    if bare:
        yield _card(
            proposal,
            counted(
                "%(num)s objection attend votre réponse",
                "%(num)s objections attendent votre réponse",
                len(bare),
            ),
            _("Répondre"),
            urgent=True,
        )


def _card(proposal: Proposal, title: object, action: object, *, urgent: bool = False) -> Card:
    return Card(
        title=str(title),
        text=proposal.title,
        url=url_of(proposal),
        action=str(action),
        colour="teal",
        urgent=urgent,
    )


def _objections_of(member: Member) -> list[ProposalObjection]:
    return list(
        db.session.scalars(
            select(ProposalObjection)
            .join(ProposalObjection.proposal)
            .where(
                ProposalObjection.author_id == member.id,
                ProposalObjection.answer != "",
                ProposalObjection.lifted_at.is_(None),
                Proposal.stage.in_((Stage.AMENDING, Stage.SETTLED)),
            )
            .order_by(ProposalObjection.id)
        )
    )


def _answered(objection: ProposalObjection) -> Card:
    return Card(
        title=_("Votre objection a reçu une réponse"),
        text=objection.proposal.title,
        url=url_of(objection.proposal) + f"#o{objection.id}",
        action=_("Lire et dire si elle tient"),
        colour="teal",
    )


def _to_amend(proposal: Proposal) -> Card:
    until = deadline(proposal.amend_until) if proposal.amend_until is not None else ""
    return Card(
        title=proposal.title,
        text=said("Proposition à lire et à amender jusqu’au %(moment)s.", moment=until),
        url=url_of(proposal),
        action=_("Lire la proposition"),
        colour="teal",
    )


def _to_vote(proposal: Proposal) -> Card:
    return Card(
        title=_("Un texte est prêt pour le vote"),
        text=proposal.title,
        url=url_of(proposal),
        action=_("Relire et mettre au vote"),
        colour="teal",
        hat="coordinator",
    )


def agenda(
    community: Community, member: Member, since: datetime, until: datetime
) -> list[AgendaItem]:
    """Return the announced ends and votes of what a member writes, or asked to follow closely.

    What stands in an agenda is reminded the day before: the others read these dates on the pages
    and in the weekly letter.
    """
    rhythms = following.rhythms_of(member)
    found = [
        item
        for each in reading.proposals(community, Stage.AMENDING, Stage.SETTLED)
        if proposing.is_author(each, member) or rhythms.get(each.discussion_id or 0) == Rhythm.EACH
        for item in _dates(each)
    ]
    for each in db.session.scalars(reading.discussions(community, "open")):
        close = each.author_id == member.id or rhythms.get(each.id) == Rhythm.EACH
        if each.until is not None and close:
            title = said("Fin de la discussion : %(title)s", title=each.title)
            found.append(_dated(each, title, each.until, "ends", each.extended_at))
    return [each for each in found if since <= each.starts_at < until]


def _dates(proposal: Proposal) -> Iterator[AgendaItem]:
    changed = proposal.extended_at
    if proposal.stage == Stage.AMENDING and proposal.amend_until is not None:
        title = said("Fin des amendements : %(title)s", title=proposal.title)
        yield _dated(proposal, title, proposal.amend_until, "amend", changed)
    if proposal.vote_on is not None:
        title = said("Vote annoncé : %(title)s", title=proposal.title)
        yield _dated(proposal, title, proposal.vote_on, "vote", changed)


def _dated(
    found: Discussion | Proposal, title: str, at: datetime, what: str, changed: datetime | None
) -> AgendaItem:
    kind = "discussion" if isinstance(found, Discussion) else "proposal"
    return AgendaItem(
        title=title,
        starts_at=at,
        ends_at=at,
        place="",
        url=url_of(found),
        key=f"project_decisions.{kind}:{found.id}:{what}",
        changes=1 if changed is not None else 0,
        changed_at=changed,
    )


def stories(community: Community, since: datetime, until: datetime) -> list[Story]:
    """Tell which proposals appeared in a time."""
    found = db.session.scalars(
        select(Proposal)
        .where(
            Proposal.community_id == community.id,
            Proposal.published_at >= since,
            Proposal.published_at < until,
            Proposal.stage != Stage.WITHDRAWN,
        )
        .order_by(Proposal.published_at, Proposal.id)
    )
    return [
        Story(
            said("Une proposition à discuter : %(title)s", title=each.title),
            each.text,
            each.published_at,
        )
        for each in found
    ]
