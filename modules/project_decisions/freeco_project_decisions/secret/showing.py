"""What the pages of a secret poll show: what is asked, and what stands on the board."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from freeco.clock import now
from freeco.db import db
from freeco.i18n import _, said
from freeco.members.models import Community, Member
from freeco.module import Text
from freeco_project_decisions.polls import paper, room_counts
from freeco_project_decisions.polls.electorate import elector_of
from freeco_project_decisions.polls.errors import NotAnElector
from freeco_project_decisions.polls.models import Poll, PollState
from freeco_project_decisions.polls.pictures import Table
from freeco_project_decisions.sealed.questions import Question
from freeco_project_decisions.sealed.writing import read
from freeco_project_decisions.secret import board, codes, trustees
from freeco_project_decisions.secret.board import Batch, Place
from freeco_project_decisions.secret.models import SealedPoll, Trustee
from freeco_project_decisions.secret.preparing import sealed_of

BLANK = "blank"


@dataclass(frozen=True)
class Asked:
    """A question as it stands on the ballot."""

    text: str
    answers: Sequence[tuple[int | str, str]]
    """The place of each answer in the question, and its words, in the order they are shown."""
    many: bool
    """Several may be ticked."""
    graded: bool
    """The answers are grades, shown the best first."""
    hint: str = ""


def asked(election: str) -> list[Asked]:
    """Return what an election asks, from its published text."""
    return [_asked(Question.read(each)) for each in read(election)["questions"]]


def _asked(question: Question) -> Asked:
    answers: list[tuple[int | str, str]] = list(enumerate(question.answers))
    if question.blank:
        return Asked(question.text, [*answers, (BLANK, said("Blanc"))], many=False, graded=False)
    if question.least == question.most == 1:
        return Asked(question.text, answers[::-1], many=False, graded=True)
    hint = said("Autant que vous voulez. Rien de coché compte comme un vote blanc.")
    return Asked(question.text, answers, many=True, graded=False, hint=hint)


def sealed_or_none(poll: Poll) -> SealedPoll | None:
    """Return what a secret poll has more; none for another, as one whose ballots are tokens."""
    return db.session.get(SealedPoll, poll.id)


def find_sealed(community: Community, identifier: str) -> SealedPoll | None:
    """Return the secret poll of this community that an election's identifier names."""
    return db.session.scalar(
        select(SealedPoll)
        .join(Poll)
        .where(SealedPoll.identifier == identifier, Poll.community_id == community.id)
    )


def is_voting(poll: Poll) -> bool:
    """Whether ballots are taken now."""
    return poll.state == PollState.OPEN and poll.closes_at > now()


@dataclass(frozen=True)
class Found:
    """What is said of a ballot that was looked up."""

    kind: str
    sentence: Text


FOUND: Mapping[Place, Found] = {
    Place.PUBLISHED: Found(
        "good",
        _(
            "Ce bulletin est dans l’urne, à la lettre : il est dans le fichier que tous peuvent "
            "recompter."
        ),
    ),
    Place.WAITING: Found(
        "good",
        _(
            "Ce bulletin est arrivé. Il paraîtra ici avec d’autres, au plus tard à la fin du "
            "vote, pour que l’heure ne dise rien."
        ),
    ),
    Place.ABSENT: Found(
        "bad",
        _(
            "Aucun bulletin n’a ce suivi. Comparez-le avec celui que vous avez gardé ; s’il est "
            "juste, votez à nouveau, et montrez votre reçu à qui prépare les votes."
        ),
    ),
}


@dataclass(frozen=True)
class Shelves:
    """Published trackers: all of them when they are few, else those that begin alike."""

    batches: Sequence[Batch]
    many: int
    beginnings: Sequence[str] = ()
    chosen: str = ""


MOST_SHOWN = 400


def shelves(batches: Sequence[Batch], beginning: str) -> Shelves:
    """Lay out what stands on the board.

    Above some hundreds they are shown by their first character, which is that of so many that
    asking for it tells nothing.
    """
    many = sum(len(batch.trackers) for batch in batches)
    if many <= MOST_SHOWN:
        return Shelves(batches, many)
    beginnings = sorted({each[0] for batch in batches for each in batch.trackers})
    chosen = beginning[:1] if beginning[:1] in beginnings else beginnings[0]
    some = [
        Batch(batch.number, [each for each in batch.trackers if each[0] == chosen])
        for batch in batches
    ]
    return Shelves([batch for batch in some if batch.trackers], many, beginnings, chosen)


@dataclass(frozen=True)
class OnPoll:
    """What the page of a poll says of its secrecy."""

    sealed: SealedPoll
    voted: int
    codes: int
    trustees: Sequence[Trustee]
    threshold: int
    elector: bool
    registered: bool
    on_paper: bool
    """The reader votes on paper, in the room of an assembly."""
    papers: int
    """How many do."""
    papers_awaited: bool
    """Two tellers have not agreed on the papers yet."""
    key: Trustee | None
    """The reader, when they are a trustee."""


def on_poll(poll: Poll, member: Member | None) -> OnPoll:
    """Return what a secret poll's page says to a reader."""
    group = trustees.group_of(poll)
    elector = member is not None and _is_elector(poll, member)
    registered = elector and member is not None and codes.is_registered(poll, member)
    return OnPoll(
        sealed=sealed_of(poll),
        voted=board.many_voted(poll),
        codes=codes.many_codes(poll),
        trustees=group.trustees,
        threshold=group.threshold,
        elector=elector,
        registered=registered,
        on_paper=elector and member is not None and paper.in_room(elector_of(poll, member)),
        papers=paper.voters(poll).total(),
        papers_awaited=paper.awaited(poll),
        key=next((each for each in group.trustees if member and each.member_id == member.id), None),
    )


def both_counts(poll: Poll, derivation: Mapping[str, Any]) -> Table | None:
    """Return what was sealed, what was counted on paper, and their sum; none without papers."""
    if "papers" not in derivation:
        return None
    counts = [derivation[part] for part in ("sealed", "papers", "together")]
    return Table(
        _("À distance, sur papier, et ensemble"),
        (_("Réponse"), _("À distance"), _("Sur papier"), _("Ensemble")),
        [
            [str(line.label), *(str(each[line.key]) for each in counts)]
            for line in room_counts.lines(poll)
        ],
    )


def _is_elector(poll: Poll, member: Member) -> bool:
    try:
        elector_of(poll, member)
    except NotAnElector:
        return False
    return True
