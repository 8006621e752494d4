"""What core states: each fact once, with what caused it, sealed for those whom it concerns."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select

from freeco import activation
from freeco.accounting import commands, facts, recording, years
from freeco.accounting.books import open_book
from freeco.accounting.models import Book
from freeco.accounting.reading import head
from freeco.charter import services as charter
from freeco.charter.models import CharterAcceptance
from freeco.clock import held_at, now
from freeco.db import db
from freeco.first_run.rehearsal import rehearse
from freeco.kernel import kernel
from freeco.kernel_models import Activation
from freeco.members import membership
from freeco.members.models import Community, Member, Person
from freeco.module import Module
from freeco.money import Money
from freeco.organisations import services as organisations
from freeco.plugins import Plugins
from freeco.record import ledgers, reading
from freeco.record.catching_up import catch_up
from freeco.record.kinds import kinds
from freeco.record.models import ParameterChange, RecordEntry, RecordLog, RecordOpening
from freeco.record.statement import Statement
from freeco.testing import make_community, make_member, make_person
from freeco.testing.modules import module_object, plugins_with
from freeco.testing.people import open_module
from freeco.worker import run_sweeps

FEBRUARY = datetime(2027, 2, 1, 9, tzinfo=UTC)


@pytest.fixture
def farm(plugins: Plugins, community: Community, member: Member) -> Member:
    """Give a farm that is a member, for which the member acts."""
    return organisations.register(plugins, community, "company", "GAEC du Pré", founder=member)


@pytest.fixture
def books(farm: Member) -> Iterator[list[Book]]:
    """Give the platform's book and the farm's, each with an entry of 2026, which is over."""
    with held_at(FEBRUARY):
        found = [open_book(None), open_book(farm.organisation)]
        for book in found:
            sell(book, "gift:1")
        db.session.commit()
        yield found


def sell(book: Book, key: str) -> None:
    fact = facts.Gift("core:person:9", Money(1000), "card", Money(40))
    recording.record(book, fact, date(2026, 3, 1), key)


def stated(kind: str, community: Community | None = None) -> list[RecordEntry]:
    """Return what was stated of a kind, in one log or in all."""
    query = select(RecordEntry).join(RecordLog).where(RecordEntry.kind == kind)
    if community is not None:
        query = query.where(RecordLog.community_id == community.id)
    return list(db.session.scalars(query.order_by(RecordEntry.id)))


def about(entry: RecordEntry) -> dict[str, Any]:
    return dict(Statement.read(entry.entry).about)


def opened(entry: RecordEntry) -> list[RecordOpening]:
    return list(db.session.scalars(select(RecordOpening).where(RecordOpening.entry == entry)))


def sentence(entry: RecordEntry) -> str:
    return str(kinds()[entry.kind].sentence(about(entry))).replace("\xa0", " ")


def test_accepting_the_charter_is_stated_and_names_nobody(member: Member) -> None:
    (entry,) = stated("charter.accepted")
    (acceptance,) = charter.acceptances(member)
    assert entry.key == f"charter_acceptance:{acceptance.id}"
    assert about(entry) == {"version": "1", "language": "fr", "text": acceptance.text.sha256}
    (opening,) = opened(entry)
    assert opening.member is member
    accepted_at = acceptance.accepted_at.isoformat()
    assert opening.fields == {"name": "Marie Dupont", "at": accepted_at}
    assert b"Dupont" not in entry.entry
    assert accepted_at[11:19].encode() not in entry.entry


def test_accepting_twice_is_stated_once(member: Member, person: Person) -> None:
    charter.accept(member, charter.shown_text("fr"), person)
    assert len(stated("charter.accepted")) == 1


def test_what_is_taken_back_was_never_stated(
    plugins: Plugins, community: Community, person: Person
) -> None:
    membership.join(plugins, community, person, person)
    assert len(stated("charter.accepted")) == 1
    db.session.rollback()
    assert not stated("charter.accepted")


def test_an_organisation_s_acceptance_opens_for_those_who_act_for_it(
    farm: Member, member: Member, community: Community
) -> None:
    entry = stated("charter.accepted")[-1]
    assert [each.member for each in opened(entry)] == [farm]
    assert reading.openings_for(member, entry)
    assert not reading.openings_for(make_member(community, "Jean"), entry)


def test_a_module_that_opens_is_stated_with_how_many_were_there(
    community: Community, person: Person
) -> None:
    garden = plugins_with(module_object(Module("garden", "Jardin", "", opens_at=2)))
    membership.join(garden, community, person, person)
    assert not stated("module.opened")
    other = make_person("Jean", "Martin", "jean@example.org")
    membership.join(garden, community, other, other)
    (entry,) = stated("module.opened")
    assert about(entry) == {"module": "garden", "members": 2, "threshold": 2}
    assert sentence(entry) == "Le service « garden » s’est ouvert, à 2 membres."


def test_pausing_and_resuming_are_stated_once_each_and_seal_the_reason(
    community: Community, member: Member
) -> None:
    open_module(community, "bulletin")
    for _click in range(2):
        activation.pause(community, "bulletin", member, "Vacances d’été")
    (paused,) = stated("module.paused")
    assert about(paused) == {"module": "bulletin"}
    assert [(each.fields, each.member) for each in opened(paused)] == [
        ({"reason": "Vacances d’été"}, member)
    ]
    for _click in range(2):
        activation.resume(community, "bulletin")
    assert [about(each) for each in stated("module.resumed")] == [{"module": "bulletin"}]
    with held_at(now() + timedelta(days=1)):
        activation.pause(community, "bulletin", member, "Vacances d’été")
    assert len(stated("module.paused")) == 2


def test_closing_a_year_is_stated_where_it_concerns_members(
    community: Community, farm: Member, books: list[Book]
) -> None:
    elsewhere = make_community("assiac", "Assiac")
    for _again in range(2):
        result = CliRunner().invoke(commands.books, ["close", "--year", "2026", "--book", "2"])
        assert result.exit_code == 0, result.output
    years.close_year(books[0], 2026)
    ledgers.year_closed(books[0], 2026)
    (platform,) = stated("books.closed", elsewhere)
    entries, digest = head(books[0])
    assert about(platform) == {"platform": True, "year": 2026, "entries": entries, "head": digest}
    assert sentence(platform) == "L’exercice 2026 de la plateforme a été clos."
    theirs, again = stated("books.closed", community)
    assert about(again) == about(platform)
    assert about(theirs) == {"platform": False}
    entries, digest = head(books[1])
    (opening,) = opened(theirs)
    assert opening.member is farm
    assert opening.fields == {
        "book": books[1].id, "year": 2026, "entries": entries, "head": digest
    }  # fmt: skip


def test_a_year_without_an_entry_has_no_head_to_state(farm: Member) -> None:
    with held_at(FEBRUARY):
        book = open_book(None)
        years.close_year(book, 2026)
        ledgers.year_closed(book, 2026)
    (entry,) = stated("books.closed")
    assert about(entry) == {"platform": True, "year": 2026}


def test_the_heads_of_the_books_are_anchored_when_they_have_changed(
    community: Community, farm: Member, member: Member, books: list[Book]
) -> None:
    for _day in range(2):
        ledgers.anchor(community)
    platform, theirs = stated("books.anchored")
    entries, digest = head(books[0])
    assert about(platform) == {"platform": True, "entries": entries, "head": digest}
    sell(books[1], "gift:2")
    ledgers.anchor(community)
    assert len(stated("books.anchored")) == 3
    later = stated("books.anchored")[-1]
    (opening,) = reading.openings_for(member, later)
    assert opening.member is farm
    assert opening.fields == dict(
        zip(("book", "entries", "head"), (books[1].id, *head(books[1])), strict=True)
    )
    assert theirs.reference != later.reference


def test_how_often_a_farm_sells_is_not_public(community: Community, books: list[Book]) -> None:
    for number in range(2, 5):
        sell(books[1], f"gift:{number}")
    ledgers.anchor(community)
    (theirs,) = [each for each in stated("books.anchored") if not about(each)["platform"]]
    assert about(theirs) == {"platform": False}
    assert sentence(theirs).startswith("L’empreinte du livre de comptes d’une organisation")


def test_a_farm_that_left_is_anchored_no_more(
    plugins: Plugins, community: Community, farm: Member, books: list[Book]
) -> None:
    membership.leave(plugins, farm)
    ledgers.anchor(community)
    assert [about(each)["platform"] for each in stated("books.anchored")] == [True]


def test_a_rehearsal_leaves_no_trace(plugins: Plugins, community: Community, farm: Member) -> None:
    copy = rehearse(plugins, community, "fr")
    invented = organisations.organisations_of(copy)[0]
    book = open_book(invented.organisation)
    assert book.rehearsal
    steward = membership.stewards(copy)[0]
    activation.pause(copy, "direct_sales", steward, "Pour voir")
    activation.resume(copy, "direct_sales")
    module = plugins.modules["bulletin"]
    activation.set_threshold(plugins, copy, module, 3, by=steward, reason="Pour voir")
    ledgers.anchor(copy)
    ledgers.year_closed(book, 2025)
    catch_up(copy)
    db.session.commit()
    assert list(db.session.scalars(select(RecordLog.community_id))) == [community.id]
    changes = select(func.count()).select_from(ParameterChange)
    assert db.session.scalar(changes.where(ParameterChange.community_id == copy.id)) == 0


def test_the_book_of_a_rehearsal_is_anchored_nowhere(
    plugins: Plugins, community: Community, member: Member
) -> None:
    invented = organisations.organisations_of(rehearse(plugins, community, "fr"))[0].organisation
    assert invented is not None
    organisations.join(plugins, community, invented, member, "producer")
    with held_at(FEBRUARY):
        book = open_book(invented, rehearsal=True)
        sell(book, "gift:1")
        years.close_year(book, 2026)
        ledgers.anchor(community)
        ledgers.year_closed(book, 2026)
        catch_up(community)
    assert not stated("books.anchored")
    assert not stated("books.closed")


def before_the_record(community: Community, name: str, at: datetime) -> Member:
    """Make a member who accepted the charter when there was no record yet."""
    member = Member(community=community, person=make_person(name, "Ancien"))
    db.session.add(member)
    db.session.flush()
    assert member.person is not None
    db.session.add(
        CharterAcceptance(
            member=member,
            text=charter.shown_text("fr"),
            recorded_by_id=member.person.id,
            accepted_at=at,
        )
    )
    db.session.commit()
    return member


def test_what_came_before_the_record_is_stated_once_with_its_own_day(
    plugins: Plugins, community: Community
) -> None:
    long_ago = datetime(2025, 3, 7, 23, 30, tzinfo=UTC)
    there = before_the_record(community, "Anne", long_ago)
    gone = before_the_record(community, "Paul", long_ago)
    gone.left_at = now()
    old = Activation(community=community, module="bulletin", threshold=2, member_count=2)
    old.opened_at = long_ago
    db.session.add(old)
    with held_at(FEBRUARY):
        platform = open_book(None)
        sell(platform, "gift:1")
        years.close_year(platform, 2026)
        for _day in range(2):
            catch_up(community)
    (accepted,) = stated("charter.accepted")
    assert accepted.day == date(2025, 3, 8)
    assert [each.member for each in opened(accepted)] == [there]
    assert [each.day for each in stated("module.opened")] == [date(2025, 3, 8)]
    assert [about(each)["year"] for each in stated("books.closed")] == [2026]


def test_what_was_stated_at_once_is_not_stated_again(member: Member, community: Community) -> None:
    catch_up(community)
    assert len(stated("charter.accepted")) == 1


def test_the_worker_looks_after_it_each_day(
    app: Flask, community: Community, books: list[Book]
) -> None:
    before_the_record(community, "Anne", now())
    run_sweeps(kernel())
    assert len(stated("charter.accepted")) == 3
    assert len(stated("books.anchored")) == 2
    assert stated("parameter.changed")
    assert run_sweeps(kernel()) == 0
