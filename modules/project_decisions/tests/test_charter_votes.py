"""Charter versions by vote: article by article, in force here alone, accepted anew."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select

from freeco.announcements import announce
from freeco.charter import services as charter
from freeco.charter.adopting import Amended, CharterMoved, NothingAmended, adopt, amended, sections
from freeco.charter.articles import changes
from freeco.charter.models import CharterAcceptance, VotedCharter
from freeco.clock import held_at
from freeco.db import db
from freeco.errors import Invalid
from freeco.events import deliver_events
from freeco.kernel import kernel
from freeco.members.models import Community, Member
from freeco.notifications.models import Notice
from freeco.record import parameters
from freeco.record.kinds import kinds
from freeco.record.models import RecordEntry
from freeco.testing.forms import fill_in
from freeco.testing.people import make_member
from freeco.testing.visitor import Visitor
from freeco_project_decisions.deliberation import hearing, paragraphs, proposing
from freeco_project_decisions.deliberation.models import Proposal, Stage
from freeco_project_decisions.effects import applying, binding, charter_drafts
from freeco_project_decisions.effects.models import Effect, EffectState
from freeco_project_decisions.polls import binds, closing, opening, preparing, voting
from freeco_project_decisions.polls.ballot_models import OpenBallot
from freeco_project_decisions.polls.electorate import elector_of
from freeco_project_decisions.polls.errors import CharterTooSoon
from freeco_project_decisions.polls.models import Decision, Poll

NOW = datetime(2026, 10, 5, 18, 0, tzinfo=UTC)
CLOSES = NOW + timedelta(days=7)
AFTER = CLOSES + timedelta(minutes=1)
Visit = Callable[[Member], Visitor]
PAGE = "/lavergne/project-decisions"


def open_drafts(community: Community, polls: list[Poll], people: list[Member]) -> list[Decision]:
    for poll in polls:
        opening.open_poll(poll)
        for member in people[:5]:
            voting.vote(poll, member, [0])
    db.session.commit()
    with held_at(AFTER):
        closing.close_due(community)
        db.session.commit()
        applying.apply_due(community)
    return list(db.session.scalars(select(Decision).order_by(Decision.id)))


def written(community: Community, *numbers: int) -> list[Amended]:
    known = {each.number: each for each in charter_drafts.points(community)}
    typed = {n: (known[n].title, f"{known[n].body}\n\nEt nous y veillons.") for n in numbers}
    return charter_drafts.amendments(community, typed)


def test_an_adopted_version_is_in_force_here_and_asked_of_everybody(
    community: Community, elsewhere: Community, people: list[Member]
) -> None:
    neighbour = make_member(elsewhere, "Zoé", "Roux")
    found = written(community, 3)
    polls = charter_drafts.put_to_vote(community, people[0], found, CLOSES, whole=True)
    (decision,) = open_drafts(community, polls, people)
    assert charter.current_version(community) == "1.1"
    assert charter.current_version(elsewhere) == "1"
    assert not charter.has_accepted_current(people[3])
    assert charter.has_accepted_current(neighbour)
    shown = charter.reading("fr", community)
    changed = changes(charter.acceptances(people[3])[-1].text, shown)
    assert [each.number for each in changed if each.kind == "changed"] == [3]
    charter.accept(people[3], charter.shown_text("fr", shown.sha256, community), people[3].person)  # type: ignore[arg-type]
    assert charter.has_accepted_current(people[3])
    late = make_member(community, "Inès", "Martin")
    assert charter.acceptances(late)[-1].text.version == "1.1"
    (last, _entry), *_rest = parameters.history(community, "charter.version")
    assert (last.after, last.decided) == ("1.1", f"project_decisions:decision:{decision.id}")


def test_the_record_states_what_was_adopted_and_members_are_told(
    community: Community, people: list[Member]
) -> None:
    polls = charter_drafts.put_to_vote(community, people[0], written(community, 3), CLOSES, True)
    open_drafts(community, polls, people)
    entry = db.session.scalars(
        select(RecordEntry).where(RecordEntry.kind == "charter.adopted")
    ).one()
    assert charter.reading("fr", community).sha256.encode() in entry.entry
    assert "1.1" in str(kinds()["charter.adopted"].sentence({"version": "1.1"}))
    announce(kernel().plugins)
    told = db.session.scalars(select(Notice).where(Notice.key == "core.charter:1.1")).all()
    assert len(told) == len(people)


def test_each_article_may_have_a_vote_of_its_own(
    community: Community, people: list[Member]
) -> None:
    found = written(community, 3, 5)
    polls = charter_drafts.put_to_vote(community, people[0], found, CLOSES, whole=False)
    assert len(polls) == 2
    opening.open_poll(polls[0])
    opening.open_poll(polls[1])
    for member in people[:5]:
        voting.vote(polls[0], member, [0])
        voting.vote(polls[1], member, [1])
    db.session.commit()
    with held_at(AFTER):
        closing.close_due(community)
        db.session.commit()
        applying.apply_due(community)
    text = charter.reading("fr", community).text
    assert text.count("Et nous y veillons.") == 1
    assert charter.current_version(community) == "1.1"


def test_two_articles_adopted_the_same_evening_both_stand(
    community: Community, people: list[Member]
) -> None:
    found = written(community, 3, 5)
    polls = charter_drafts.put_to_vote(community, people[0], found, CLOSES, whole=False)
    open_drafts(community, polls, people)
    assert charter.reading("fr", community).text.count("Et nous y veillons.") == 2
    assert charter.current_version(community) == "1.2"


def test_adopting_again_after_a_kill_makes_one_version(
    community: Community, people: list[Member]
) -> None:
    polls = charter_drafts.put_to_vote(community, people[0], written(community, 3), CLOSES, True)
    open_drafts(community, polls, people)
    decided = db.session.scalars(select(VotedCharter)).one().decided
    adopt(community, written(community, 4), decided)
    with held_at(AFTER):
        applying.apply_due(community)
    assert len(db.session.scalars(select(VotedCharter)).all()) == 1


def test_an_article_that_reads_otherwise_by_then_is_looked_at(
    community: Community, people: list[Member]
) -> None:
    first = charter_drafts.put_to_vote(community, people[0], written(community, 3), CLOSES, True)
    known = {each.number: each for each in charter_drafts.points(community)}
    other = charter_drafts.amendments(community, {3: (known[3].title, "Tout autre chose.")})
    second = charter_drafts.put_to_vote(community, people[0], other, CLOSES, True)
    open_drafts(community, [*first, *second], people)
    states = [each.state for each in db.session.scalars(select(Effect).order_by(Effect.id))]
    assert states == [EffectState.APPLIED, EffectState.HELD]
    assert "Tout autre chose." not in charter.reading("fr", community).text


def test_articles_are_added_and_retired(community: Community, people: list[Member]) -> None:
    known = charter_drafts.points(community)
    last = known[-1]
    found = charter_drafts.amendments(
        community, {last.number: ("", ""), 0: ("Le silence", "On se tait à midi.")}
    )
    polls = charter_drafts.put_to_vote(community, people[0], found, CLOSES, whole=True)
    open_drafts(community, polls, people)
    now = charter_drafts.points(community)
    assert (now[-1].title, now[-1].number) == ("Le silence", last.number + 1)
    assert last.title not in [each.title for each in now]


@pytest.mark.parametrize(
    "typed",
    [
        {3: ("", "Un texte sans titre.")},
        {0: ("Un titre sans texte", "")},
        {3: ("Titre", "Un texte\n## Article 40 – Caché\n\nqui en cache un autre.")},
    ],
)
def test_half_an_article_is_refused(
    community: Community, people: list[Member], typed: dict[int, tuple[str, str]]
) -> None:
    with pytest.raises(Invalid):
        charter_drafts.amendments(community, typed)


def test_nobody_puts_a_charter_in_force_over_an_evening(
    community: Community, people: list[Member]
) -> None:
    soon = NOW + timedelta(days=2)
    (poll,) = charter_drafts.put_to_vote(community, people[0], written(community, 3), soon, True)
    with held_at(NOW), pytest.raises(CharterTooSoon, match="trois jours"):
        opening.open_poll(poll)
    assert poll.state == "draft"


def test_a_charter_that_says_the_same_is_no_version(community: Community) -> None:
    with pytest.raises(NothingAmended):
        charter_drafts.amendments(community, {})
    text = charter.reading("fr").text
    section = sections(text)[2]
    with pytest.raises(NothingAmended):
        amended(text, [Amended(section, section)])
    with pytest.raises(CharterMoved):
        amended(text, [Amended("## Article 99 – Rien\n\nRien.", "## Article 99 – Tout\n\nTout.")])


def test_a_proposal_that_members_amended_becomes_the_version_they_vote(
    community: Community, people: list[Member]
) -> None:
    proposal = charter_drafts.propose(community, people[0])
    third, last = proposal.paragraphs[2], proposal.paragraphs[-1]
    paragraphs.write(third, people[0], paragraphs.Written(third.title, "Réécrit ensemble."), 1)
    paragraphs.strike(proposal.paragraphs[4], people[0], 1)
    paragraphs.add_paragraph(
        proposal, people[0], last, paragraphs.Written("La cantine", "On y mange ensemble.")
    )
    proposing.publish_proposal(proposal, people[0], NOW + timedelta(days=1))
    db.session.commit()
    with held_at(NOW + timedelta(days=2)):
        proposing.settle_due(community)
        poll = charter_drafts.proposal_to_vote(proposal, people[0], CLOSES)
        db.session.commit()
        assert proposal.stage == Stage.VOTING
        open_drafts(community, [poll], people)
    text = charter.reading("fr", community).text
    assert "Réécrit ensemble." in text
    assert "La cantine" in text
    assert len(charter_drafts.points(community)) == len(charter_drafts.points(None))  # type: ignore[arg-type]


def two_articles(community: Community, author: Member) -> Proposal:
    """Give a proposal that rewrites two articles, whose amendments are over on the second day."""
    proposal = charter_drafts.propose(community, author)
    for place, words in ((2, "Réécrit ensemble."), (3, "Refait à neuf.")):
        at = proposal.paragraphs[place]
        paragraphs.write(at, author, paragraphs.Written(at.title, words), 1)
    proposing.publish_proposal(proposal, author, NOW + timedelta(days=1))
    db.session.commit()
    with held_at(NOW + timedelta(days=2)):
        proposing.settle_due(community)
    db.session.commit()
    return proposal


def test_each_article_of_a_proposal_may_have_its_vote_and_those_adopted_are_the_charter(
    visiting: Visit, community: Community, people: list[Member]
) -> None:
    proposal = two_articles(community, people[0])
    with held_at(NOW + timedelta(days=2)):
        polls = charter_drafts.proposal_to_votes(proposal, people[0], CLOSES)
        assert charter_drafts.proposal_to_votes(proposal, people[0], CLOSES) == polls
        db.session.commit()
        assert db.session.scalars(select(Poll).order_by(Poll.id)).all() == polls
        assert [len(binds.read(each.binds).changes[0].amendments) for each in polls] == [1, 1]
        for poll, mark in zip(polls, (0, 1), strict=True):
            opening.open_poll(poll)
            for member in people[:5]:
                voting.vote(poll, member, [mark])
        db.session.commit()
        page = visiting(people[1]).get(f"{PAGE}/propositions/{proposal.id}").text
        assert all(f"/votes/{each.id}" in page for each in polls)
    with held_at(AFTER):
        closing.close_due(community)
        db.session.commit()
        deliver_events(kernel().plugins)
        applying.apply_due(community)
        db.session.commit()
    text = charter.reading("fr", community).text
    assert "Réécrit ensemble." in text
    assert "Refait à neuf." not in text
    db.session.expire_all()
    assert proposal.stage == Stage.DECIDED


def test_a_proposal_is_decided_once_none_of_its_votes_is_open(
    community: Community, people: list[Member]
) -> None:
    proposal = two_articles(community, people[0])
    with held_at(NOW + timedelta(days=2)):
        first, second = charter_drafts.proposal_to_votes(proposal, people[0], CLOSES)
        later = CLOSES + timedelta(days=7)
        second.closes_at = later
        for poll in (first, second):
            opening.open_poll(poll)
        preparing.cancel(first, "Mal posée.")
        db.session.commit()
        deliver_events(kernel().plugins)
        db.session.commit()
    db.session.expire_all()
    assert (proposal.stage, proposal.poll) == (Stage.VOTING, second)
    with held_at(later + timedelta(minutes=1)):
        closing.close_due(community)
        db.session.commit()
        deliver_events(kernel().plugins)
        db.session.commit()
    db.session.expire_all()
    assert proposal.stage == Stage.DECIDED


def test_a_proposal_whose_votes_were_all_given_up_may_be_voted_again(
    community: Community, people: list[Member]
) -> None:
    proposal = two_articles(community, people[0])
    with held_at(NOW + timedelta(days=2)):
        for poll in charter_drafts.proposal_to_votes(proposal, people[0], CLOSES):
            preparing.throw_away(poll)
            db.session.commit()
            db.session.expire_all()
            hearing.free_abandoned(community)
            db.session.commit()
        db.session.expire_all()
        assert (proposal.stage, proposal.poll) == (Stage.SETTLED, None)
        assert len(charter_drafts.proposal_to_votes(proposal, people[0], CLOSES)) == 2


def test_only_a_yes_or_no_adopts_a_charter(community: Community, people: list[Member]) -> None:
    (poll,) = charter_drafts.put_to_vote(
        community, people[0], written(community, 3), CLOSES, whole=True
    )
    poll.method = "approval"
    with pytest.raises(binding.MethodBindsNothing):
        binding.bind_charter(poll, written(community, 4))


def test_a_clerk_writes_articles_on_a_page_and_everybody_accepts_them_anew(
    visiting: Visit, clerk: Member, community: Community, people: list[Member]
) -> None:
    client = visiting(clerk)
    page = client.get(f"{PAGE}/charte/articles")
    wrong = fill_in(client, page, "/charte/articles", {"title_3": "", "closes_on": "2026-10-12"})
    assert wrong.status_code == 422
    assert "videz les deux" in wrong.text
    kept = fill_in(
        client,
        page,
        "/charte/articles",
        {"body_3": "Réécrit par la commission.", "closes_on": "2026-10-12"},
    )
    preview = client.get(kept.location)
    assert "<ins>" in preview.text
    assert "commission." in preview.text
    db.session.rollback()
    poll = db.session.scalars(select(Poll)).one()
    open_drafts(community, [poll], people)
    client = visiting(people[2])
    assert "Réécrit" in client.get("/lavergne/charte").text
    refused = client.post(f"{PAGE}/discussions/nouvelle", data={"title": "Autre chose"})
    assert refused.status_code == 403
    page = client.get("/lavergne/charte")
    assert fill_in(client, page, "/charte", {"accepted": "1"}).status_code == 302
    assert charter.has_accepted_current(people[2])
    result = client.get(f"{PAGE}/votes/{poll.id}/resultat")
    assert "L’histoire de ce réglage" in result.text
    history = client.get("/lavergne/registre/reglages/charter.version").text
    assert f"{PAGE}/votes/{poll.id}" in history


def test_a_proposal_begun_on_a_page_is_put_to_the_vote_on_another(
    visiting: Visit, clerk: Member, community: Community, people: list[Member]
) -> None:
    client = visiting(people[0])
    begun = fill_in(client, client.get(f"{PAGE}/charte"), "/charte/proposition")
    assert client.get(begun.location).status_code == 200
    db.session.rollback()
    proposal = db.session.scalars(select(Proposal)).one()
    first = proposal.paragraphs[0]
    paragraphs.write(first, people[0], paragraphs.Written(first.title, "Entre qui veut."), 1)
    proposing.publish_proposal(proposal, people[0], NOW + timedelta(days=1))
    db.session.commit()
    with held_at(NOW + timedelta(days=2)):
        proposing.settle_due(community)
        db.session.commit()
        client = visiting(clerk)
        led = client.get(f"{PAGE}/propositions/{proposal.id}/vote")
        assert led.location.endswith(f"/charte/propositions/{proposal.id}/vote")
        direct = client.post(f"{PAGE}/propositions/{proposal.id}/vote", data={"method": "assent"})
        assert direct.status_code == 403
        page = client.get(led.location)
        wrong = fill_in(client, page, "/vote", {"closes_on": "2026-10-06"})
        assert wrong.status_code == 422
        assert "Un vote pour chaque article" in page.text
        kept = fill_in(client, page, "/vote", {"closes_on": "2026-10-12", "way": "each"})
        assert "<ins>" in client.get(kept.location).text


def test_a_newer_charter_takes_nobody_s_vote_away(
    visiting: Visit, ask: Callable[..., Poll], community: Community, people: list[Member]
) -> None:
    polls = charter_drafts.put_to_vote(community, people[0], written(community, 3), CLOSES, True)
    other = ask(closes_at=CLOSES + timedelta(days=7))
    open_drafts(community, polls, people)
    assert not charter.has_accepted_current(people[6])
    with held_at(AFTER):
        client = visiting(people[6])
        page = client.get(f"{PAGE}/votes/{other.id}")
        assert fill_in(client, page, "/bulletin", {"answer": "0"}).status_code == 302
    cast = select(OpenBallot).where(OpenBallot.elector_id == elector_of(other, people[6]).id)
    assert db.session.scalar(cast) is not None


def test_who_never_accepted_a_charter_does_not_vote(
    visiting: Visit, ask: Callable[..., Poll], people: list[Member]
) -> None:
    poll = ask()
    db.session.execute(delete(CharterAcceptance).where(CharterAcceptance.member_id == people[6].id))
    client = visiting(people[6])
    page = client.get(f"{PAGE}/votes/{poll.id}")
    assert fill_in(client, page, "/bulletin", {"answer": "0"}).status_code == 403
