"""What the pages of a proposal show: each paragraph with its amendments, and what they change."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from freeco.charter.articles import Word
from freeco.i18n import _, said
from freeco.members.models import Member
from freeco.module import Text
from freeco.web.forms import Form
from freeco_project_decisions.deliberation import (
    objecting,
    paragraphs,
    proposing,
    reading,
    texts,
    wording,
)
from freeco_project_decisions.deliberation.models import (
    Amendment,
    Paragraph,
    ParagraphVersion,
    Proposal,
    ProposalObjection,
    Stage,
)
from freeco_project_decisions.polls import reading as polls_reading
from freeco_project_decisions.polls import results
from freeco_project_decisions.polls.models import Decision, Poll, PollState


@dataclass(frozen=True)
class Compared:
    """An amendment with what it changes, word by word, in the text it was written on or now."""

    amendment: Amendment
    words: Sequence[Word]
    before: str = ""
    """The title of the paragraph, when the amendment gives it another."""
    outdated: bool = False
    """Whether the paragraph changed since the amendment was written."""


@dataclass(frozen=True)
class Part:
    """A paragraph with its amendments; no paragraph for those that add one at the beginning."""

    paragraph: Paragraph | None
    amendments: Sequence[Compared] = field(default_factory=tuple)


@dataclass(frozen=True)
class Shown:
    """A proposal as its reader meets it."""

    parts: Sequence[Part]
    gone: Sequence[Part]
    """Struck paragraphs, with their amendments."""
    objections: Sequence[ProposalObjection]
    amended: bool
    waiting: int
    mine: bool
    """Whether the reader answers for it."""
    writes: bool
    """Whether the reader still writes in it."""
    amends: bool
    objects: bool
    names: Sequence[str]
    decision: Decision | None = None
    sentence: str = ""
    votes: Sequence[tuple[Poll, str]] = ()
    """Where each article has its vote: those that are open or over, with what was decided."""


def shown(proposal: Proposal, reader: Member) -> Shown:
    """Return what a proposal's page shows to a reader."""
    found = [compare(each) for each in reading.amendments(proposal)]
    standing, struck = reading.standing(proposal), reading.struck(proposal)
    mine = proposing.answers_for(proposal, reader)
    decision = polls_reading.decision_of(proposal.poll) if proposal.poll is not None else None
    first = [each for each in found if each.amendment.paragraph_id is None]
    return Shown(
        parts=[
            *([Part(None, first)] if first else []),
            *(Part(each, _of(each, found)) for each in standing),
        ],
        gone=[Part(each, _of(each, found)) for each in struck],
        objections=reading.objections(proposal),
        amended=bool(found),
        waiting=sum(each.amendment.state in ("open", "voting") for each in found),
        mine=mine,
        writes=mine and proposal.stage in proposing.WRITING,
        amends=proposing.takes_amendments(proposal),
        objects=proposal.stage in objecting.OPEN,
        names=[each.member.name for each in proposal.authors if each.member is not None],
        decision=decision,
        sentence=str(results.sentence_of(decision)) if decision is not None else "",
        votes=_votes(proposal),
    )


def _votes(proposal: Proposal) -> list[tuple[Poll, str]]:
    polls = reading.polls_of(proposal)
    if len(polls) < 2:
        return []
    decided = {each.id: polls_reading.decision_of(each) for each in polls}
    return [
        (each, str(results.sentence_of(decision)) if (decision := decided[each.id]) else "")
        for each in polls
        if each.state != PollState.DRAFT
    ]


def _of(paragraph: Paragraph, found: Sequence[Compared]) -> list[Compared]:
    return [each for each in found if each.amendment.paragraph_id == paragraph.id]


def compare(amendment: Amendment) -> Compared:
    """Show what an amendment changes: now while it waits, then in the text it was written on."""
    at = amendment.paragraph
    if amendment.kind == "add" or at is None:
        return Compared(amendment, [("added", amendment.text)])
    title, text, outdated = at.title, at.text, False
    if amendment.state == "open":
        outdated = at.version != amendment.on_version
    else:
        read = paragraphs.version_of(at, amendment.on_version)
        if read is not None:
            title, text = read.title, read.text
    if amendment.kind == "strike":
        return Compared(amendment, [("removed", text)], outdated=outdated)
    before = title if title != amendment.title else ""
    return Compared(amendment, wording.difference(text, amendment.text), before, outdated)


@dataclass(frozen=True)
class Version:
    """A version of a paragraph, with what changed since the one before."""

    version: ParagraphVersion
    words: Sequence[Word]
    struck: bool


def compared(paragraph: Paragraph) -> list[Version]:
    """Return the versions of a paragraph, the last first, each against the one before."""
    found, before = [], ""
    for each in reading.history(paragraph):
        words = wording.difference(before, each.text)
        struck = paragraph.removed_at is not None and each.version == paragraph.version
        found.append(Version(each, words, struck))
        before = each.text
    return found[::-1]


@dataclass(frozen=True)
class Clash:
    """Two people wrote in one paragraph: what the other changed, and what the reader does."""

    theirs: Sequence[Word]
    """From what both had read to what stands now."""
    yours: Sequence[Word]
    """From what stands now to what the reader typed."""
    name: str


def clash(paragraph: Paragraph, read: int, form: Form) -> Clash:
    """Compare three texts: the one that was read, the one that stands, the one that was typed."""
    before = paragraphs.version_of(paragraph, read)
    last = paragraphs.version_of(paragraph, paragraph.version)
    name = last.author.name if last is not None and last.author is not None else ""
    return Clash(
        wording.difference(before.text if before is not None else "", paragraph.text),
        wording.difference(paragraph.text, str(form.values.get("text", ""))),
        name,
    )


def last(proposal: Proposal) -> Paragraph | None:
    """Return the last paragraph that stands."""
    found = reading.standing(proposal)
    return found[-1] if found else None


def places(proposal: Proposal) -> list[tuple[int, Text]]:
    """Return where a paragraph may be added."""
    return [
        (0, _("Au début")),
        *(
            (each.id, said("Après : %(paragraph)s", paragraph=texts.headed(each)))
            for each in reading.standing(proposal)
        ),
    ]


def step(proposal: Proposal) -> int:
    """Return the number of the stage a proposal is at, from 1; 0 for one that was withdrawn."""
    return wording.PLACES.get(Stage(proposal.stage), 0)
