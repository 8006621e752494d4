from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from freeco.accords import services as accords
from freeco.accords.errors import (
    AccordOver,
    AlreadyAgreed,
    GoneMeanwhile,
    NotWithOneself,
    TooManyProposals,
)
from freeco.accords.models import Accord
from freeco.accords.speaking import voices_of
from freeco.clock import now
from freeco.db import db
from freeco.errors import Absent, NotAllowed, Refusal
from freeco.mail.models import OutgoingMail
from freeco.members import privacy
from freeco.members.contacts import contact
from freeco.members.membership import join, leave
from freeco.members.models import Community, Member, Person
from freeco.members.proxies import enter_person_without_email
from freeco.notifications.models import Notice
from freeco.organisations.services import give_role, register
from freeco.plugins import Plugins
from freeco.record.models import RecordEntry, RecordLog, RecordOpening
from freeco.record.reading import openings_for
from freeco.record.statement import Opening, Statement
from freeco.testing import make_community, make_member

TITLE = "Prêt du motoculteur"
TEXT = "Jean prête son motoculteur à Marie.\n\nElle le rend propre, le plein fait."


@pytest.fixture
def plugins(app: Flask) -> Plugins:
    """Give core by itself: what modules add is theirs to test."""
    return Plugins()


@pytest.fixture
def jean(community: Community) -> Member:
    jean = make_member(community, "Jean", "Martin")
    someone(jean).phone = "06 12 34 56 78"
    db.session.commit()
    return jean


@pytest.fixture
def anne(community: Community) -> Member:
    return make_member(community, "Anne", "Roux")


@pytest.fixture
def farm(plugins: Plugins, community: Community, jean: Member) -> Member:
    farm = register(plugins, community, kind="company", name="GAEC des Vergnes", founder=jean)
    db.session.commit()
    return farm


def someone(member: Member) -> Person:
    assert member.person is not None
    return member.person


def propose(proposer: Member, other: Member, title: str = TITLE, text: str = TEXT) -> Accord:
    accord = accords.propose(proposer, other, title, text, someone(proposer))
    db.session.commit()
    return accord


def made(proposer: Member, other: Member) -> Accord:
    accord = accords.agree(propose(proposer, other), someone(other))
    db.session.commit()
    return accord


def opened(entry: RecordEntry | None) -> dict[str, RecordOpening]:
    assert entry is not None
    query = select(RecordOpening).where(RecordOpening.entry_id == entry.id)
    return {each.name: each for each in db.session.scalars(query)}


def stated() -> int:
    made = RecordEntry.kind == "agreement.made"
    return db.session.scalar(select(func.count(RecordEntry.id)).where(made)) or 0


def told(member: Member) -> list[str]:
    query = select(Notice.subject).where(Notice.member_id == member.id).order_by(Notice.id)
    return list(db.session.scalars(query))


def test_a_proposal_binds_nobody(member: Member, jean: Member) -> None:
    accord = propose(member, jean)
    assert accord.is_waiting
    assert accord.entry is None
    assert contact(member, jean) is contact(jean, member) is None
    assert told(jean) == ["Marie Dupont vous propose un accord"]


def test_the_same_words_twice_are_one_proposal(member: Member, jean: Member) -> None:
    assert propose(member, jean) is propose(member, jean)
    assert propose(member, jean, text="Autre chose") is not propose(member, jean)
    assert told(jean) == ["Marie Dupont vous propose un accord"] * 2


def test_an_accord_is_made_when_both_have_agreed(member: Member, jean: Member) -> None:
    accord = made(member, jean)
    assert accord.agreed_at is not None
    assert accord.agreed_by is jean.person
    seen = contact(member, jean)
    assert seen is not None
    assert seen.phone == "06 12 34 56 78"
    assert told(member) == ["Jean Martin est d’accord"]


def test_the_record_says_that_two_members_agreed_and_nothing_else(
    member: Member, jean: Member
) -> None:
    entry = made(member, jean).entry
    assert entry is not None
    statement = Statement.read(entry.entry)
    assert statement.kind == "agreement.made"
    assert statement.about == {}
    assert set(statement.sealed) == {"first", "second", "terms"}
    for word in ("Marie", "Jean", "motoculteur"):
        assert word not in entry.entry.decode()


def test_each_party_opens_what_was_sealed(member: Member, jean: Member, anne: Member) -> None:
    accord = made(member, jean)
    entry = accord.entry
    assert entry is not None
    for party in (member, jean):
        held = {each.name: each for each in openings_for(party, entry)}
        assert held["terms"].fields == {"title": TITLE, "text": TEXT}
        assert held["first"].fields["name"] == "Marie Dupont"
        assert held["second"].fields["name"] == "Jean Martin"
        for name, each in held.items():
            Statement.read(entry.entry).check_opening(name, Opening(each.salt, each.fields))
    assert openings_for(anne, entry) == []


def test_a_second_click_agrees_once(member: Member, jean: Member) -> None:
    accord = made(member, jean)
    first = accord.agreed_at
    assert accords.agree(accord, someone(jean)).agreed_at == first
    assert stated() == 1
    assert told(member) == ["Jean Martin est d’accord"]


def test_nobody_agrees_in_another_s_place(member: Member, jean: Member, anne: Member) -> None:
    accord = propose(member, jean)
    for each in (member, anne):
        with pytest.raises(NotAllowed):
            accords.agree(accord, someone(each))
        with pytest.raises(NotAllowed):
            accords.decline(accord, someone(each))
    for each in (jean, anne):
        with pytest.raises(NotAllowed):
            accords.withdraw(accord, someone(each))
    with pytest.raises(NotAllowed):
        accords.propose(member, jean, TITLE, TEXT, someone(anne))


def test_what_was_declined_is_over(member: Member, jean: Member) -> None:
    accord = propose(member, jean)
    for _click in range(2):
        accords.decline(accord, someone(jean))
    db.session.commit()
    assert told(member) == ["Jean Martin ne souhaite pas de cet accord"]
    with pytest.raises(AccordOver):
        accords.agree(accord, someone(jean))
    with pytest.raises(AccordOver):
        accords.withdraw(accord, someone(member))
    assert contact(member, jean) is None


def test_a_proposal_is_withdrawn_before_it_is_answered(member: Member, jean: Member) -> None:
    accord = propose(member, jean)
    for _click in range(2):
        accords.withdraw(accord, someone(member))
    with pytest.raises(AccordOver):
        accords.agree(accord, someone(jean))
    with pytest.raises(AccordOver):
        accords.decline(accord, someone(jean))


def test_a_word_given_is_not_taken_back(member: Member, jean: Member) -> None:
    accord = made(member, jean)
    with pytest.raises(AlreadyAgreed):
        accords.decline(accord, someone(jean))
    with pytest.raises(AlreadyAgreed):
        accords.withdraw(accord, someone(member))


def test_an_accord_takes_two(member: Member) -> None:
    with pytest.raises(NotWithOneself):
        propose(member, member)


def test_an_accord_stays_within_one_community(member: Member, jean: Member) -> None:
    stranger = make_member(make_community("ailleurs", "Ailleurs"), "Zoé", "Petit")
    with pytest.raises(Absent):
        propose(member, stranger)
    accord = propose(member, jean)
    with pytest.raises(Absent):
        accords.find_accord(stranger.community, accord.id, [stranger])
    with pytest.raises(Absent):
        accords.find_accord(member.community, accord.id, [stranger])


def test_nobody_is_buried_under_proposals(member: Member, jean: Member) -> None:
    for number in range(accords.MOST_WAITING):
        accords.propose(member, jean, f"Numéro {number}", TEXT, someone(member))
    with pytest.raises(TooManyProposals):
        propose(member, jean, "Un de trop")


def test_who_binds_an_organisation_gives_its_word(
    member: Member, jean: Member, anne: Member, farm: Member
) -> None:
    give_role(farm, anne, "secretary", jean)
    accord = propose(member, farm)
    assert told(jean) == told(anne) == ["Marie Dupont vous propose un accord"]
    with pytest.raises(NotAllowed):
        accords.agree(accord, someone(anne))
    assert voices_of(anne, someone(anne)) == [anne]
    assert voices_of(jean, someone(jean)) == [jean, farm]
    accords.agree(accord, someone(jean))
    db.session.commit()
    found = opened(accord.entry)
    assert (found["second"].member, found["second"].fields["name"]) == (farm, farm.name)
    assert (found["second_by"].member, found["second_by"].fields["name"]) == (jean, "Jean Martin")
    assert accord.entry is not None
    assert openings_for(anne, accord.entry)  # who acts for the farm keeps its papers


def test_two_organisations_agree(
    plugins: Plugins, community: Community, member: Member, jean: Member, farm: Member
) -> None:
    amap = register(plugins, community, kind="amap", name="Amap du Célé", founder=member)
    accord = accords.propose(amap, farm, TITLE, TEXT, someone(member))
    accords.agree(accord, someone(jean))
    db.session.commit()
    assert set(opened(accord.entry)) == {"first", "first_by", "second", "second_by", "terms"}


def test_a_proxy_gives_the_word_of_whom_they_serve(
    plugins: Plugins, community: Community, member: Member, jean: Member
) -> None:
    lucie = enter_person_without_email(
        plugins, community, "Lucie", "Vidal", proxy=someone(jean), charter_paper_signed=True
    )
    accord = propose(member, lucie)
    accords.agree(accord, someone(jean))
    db.session.commit()
    assert accord.agreed_by is jean.person
    assert opened(accord.entry)["second_by"].member is jean


def test_nothing_is_proposed_to_who_has_left(
    plugins: Plugins, member: Member, jean: Member
) -> None:
    leave(plugins, jean)
    with pytest.raises(GoneMeanwhile):
        propose(member, jean)


def test_leaving_takes_back_what_waits_and_keeps_what_was_agreed(
    plugins: Plugins, community: Community, member: Member, jean: Member, anne: Member
) -> None:
    kept = made(member, jean)
    mine, theirs = propose(jean, anne), propose(anne, jean)
    between_others = propose(member, anne)
    leave(plugins, jean)
    db.session.commit()
    db.session.expire_all()
    assert mine.withdrawn_at is not None
    assert theirs.withdrawn_at is not None
    assert kept.agreed_at is not None
    assert kept.withdrawn_at is None
    assert between_others.is_waiting
    join(plugins, community, someone(jean), someone(jean))
    with pytest.raises(AccordOver):
        accords.agree(theirs, someone(jean))


def test_forgetting_a_party_leaves_the_other_s_proof(
    plugins: Plugins, member: Member, jean: Member, anne: Member
) -> None:
    accord, refused = made(member, jean), propose(member, anne)
    accords.decline(refused, someone(anne))
    entry = accord.entry
    assert entry is not None
    privacy.erase(plugins, someone(member))
    db.session.commit()
    db.session.expire_all()
    left = db.session.scalars(select(Accord)).all()
    assert left == [accord]
    held = {each.name: each for each in openings_for(jean, entry)}
    assert held["terms"].fields["text"] == TEXT
    assert held["second"].fields["name"] == "Jean Martin"
    assert told(jean) == []
    assert "first" not in held


def test_no_letter_names_who_is_forgotten(
    plugins: Plugins, member: Member, jean: Member, anne: Member
) -> None:
    """Not even one that is still to be sent."""
    propose(member, jean)
    propose(anne, jean)
    name, other = member.name, anne.name
    letters = select(OutgoingMail.subject).where(OutgoingMail.topic == "core.accord")
    assert name in "".join(db.session.scalars(letters))
    privacy.erase(plugins, someone(member))
    db.session.commit()
    (left,) = db.session.scalars(letters)
    assert other in left


def test_an_accord_goes_with_the_second_party(
    plugins: Plugins, member: Member, jean: Member
) -> None:
    made(member, jean)
    privacy.erase(plugins, someone(member))
    privacy.erase(plugins, someone(jean))
    db.session.commit()
    assert db.session.scalars(select(Accord)).all() == []
    assert stated() == 1


def test_everybody_takes_their_accords_along(
    plugins: Plugins, member: Member, jean: Member
) -> None:
    accord = made(member, jean)
    (membership,) = privacy.export(plugins, someone(jean))["memberships"]
    (mine,) = membership["accords"]
    assert (mine["title"], mine["with"], mine["proposed_by_me"]) == (TITLE, "Marie Dupont", False)
    assert accord.entry is not None
    assert mine["statement"] == accord.entry.reference


def test_a_rehearsed_accord_leaves_no_trace(community: Community) -> None:
    before = db.session.scalar(select(func.count(RecordLog.id)))
    rehearsal = Community(
        slug="repetition",
        name="Répétition",
        admission="invitation",
        rehearsal_of_id=community.id,
    )
    db.session.add(rehearsal)
    accord = made(make_member(rehearsal, "Léa", "Faux"), make_member(rehearsal, "Luc", "Faux"))
    assert accord.agreed_at is not None
    assert accord.entry is None
    assert db.session.scalar(select(func.count(RecordLog.id))) == before


def signature(member: Member | None, name: str) -> accords.Signature:
    return accords.Signature(member, name, now(), way="paper")


def test_what_was_signed_elsewhere_is_concluded_once(
    community: Community, member: Member, farm: Member
) -> None:
    def conclude() -> Accord | None:
        return accords.conclude(
            community,
            signature(member, member.name),
            signature(farm, farm.name),
            title="Légumes d’hiver",
            text="Un panier chaque jeudi.",
            about="direct_sales:subscription:12",
        )

    accord = conclude()
    assert accord is not None
    assert conclude() is accord
    db.session.commit()
    assert (accord.proposer, accord.other) == (member, farm)
    assert opened(accord.entry)["terms"].fields["about"] == "direct_sales:subscription:12"
    assert stated() == 1


@pytest.mark.parametrize("known", [True, False])
def test_a_party_without_account_keeps_the_paper(
    community: Community, member: Member, known: bool
) -> None:
    for _click in range(2):
        accord = accords.conclude(
            community,
            signature(member, member.name),
            signature(member if known else None, "Le Fournil de Lise"),
            title="Pain",
            text="Deux pains.",
            about="direct_sales:subscription:13",
        )
        assert accord is None
    made = RecordEntry.kind == "agreement.made"
    entry = db.session.scalars(select(RecordEntry).where(made)).one()
    assert set(opened(entry)) == {"first", "second", "terms"}


def at_once(app: Flask, *acts: Callable[[], object]) -> list[str]:
    """Do several things at the same instant, each in a session of its own."""
    together = Barrier(len(acts))
    db.session.commit()  # lets the write lock of SQLite go

    def do(act: Callable[[], object]) -> str:
        with app.app_context():
            together.wait(30)
            try:
                act()
                db.session.commit()
            except Refusal as refusal:
                db.session.rollback()
                return type(refusal).__name__
            return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(do, acts))


def find(accord_id: int) -> tuple[Accord, Person, Person]:
    accord = db.session.get_one(Accord, accord_id)
    return accord, someone(accord.proposer), someone(accord.other)


def agree_to(accord_id: int) -> None:
    accord, _proposer, other = find(accord_id)
    accords.agree(accord, other)


def take_back(accord_id: int) -> None:
    accord, proposer, _other = find(accord_id)
    accords.withdraw(accord, proposer)


def test_agreeing_and_withdrawing_at_once_end_one_way(
    app: Flask, member: Member, jean: Member
) -> None:
    accord_id = propose(member, jean).id
    done = at_once(
        app,
        lambda: agree_to(accord_id),
        lambda: take_back(accord_id),
        lambda: agree_to(accord_id),
    )
    db.session.expire_all()
    accord = db.session.get_one(Accord, accord_id)
    if accord.agreed_at is not None:
        assert (done, stated()) == (["done", "AlreadyAgreed", "done"], 1)
        assert accord.withdrawn_at is None
    else:
        assert (done, stated()) == (["AccordOver", "done", "AccordOver"], 0)


def test_two_propose_to_each_other_and_agree_at_once(
    app: Flask, member: Member, jean: Member
) -> None:
    ids = [propose(member, jean).id, propose(jean, member).id]
    assert at_once(app, *[lambda each=each: agree_to(each) for each in ids]) == ["done"] * 2
    assert stated() == 2


def test_leaving_while_the_other_agrees_ends_one_way(
    app: Flask, plugins: Plugins, member: Member, jean: Member
) -> None:
    accord_id, jean_id = propose(member, jean).id, jean.id
    done = at_once(
        app,
        lambda: agree_to(accord_id),
        lambda: leave(plugins, db.session.get_one(Member, jean_id)),
    )
    db.session.expire_all()
    accord = db.session.get_one(Accord, accord_id)
    assert (accord.agreed_at is None) == (accord.withdrawn_at is not None)
    assert done == (["done", "done"] if accord.agreed_at else ["NotAllowed", "done"])
