"""The record's public pages: everybody reads what was stated, nobody reads who it was."""

import re
from collections.abc import Iterator
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import insert

from freeco.clock import now
from freeco.db import db
from freeco.first_run.rehearsal import rehearse
from freeco.kernel import kernel
from freeco.members.models import STEWARD, Admission, Community, Member, Person
from freeco.plugins import Plugins
from freeco.record import parameters, reading, sequencer
from freeco.record.checkpoint import cosign
from freeco.record.models import RecordAlarm, RecordCosignature, RecordEntry, RecordOpening
from freeco.record.note import COSIGNATURE, Note, SignerKey
from freeco.record.receipt import Receipt
from freeco.record.statement import Statement, new_reference
from freeco.record.stating import log_of, state
from freeco.record.verify_command import verify
from freeco.testing import Visitor, make_community, make_member, sign_in_as

HOME = "/lavergne/registre"


def seal(community: Community) -> None:
    """Give each statement its place, as the worker does at each tick."""
    sequencer.sequence(log_of(community))
    db.session.commit()


def stated(community: Community, day: date, module: str = "garden") -> RecordEntry:
    entry = state(community, "module.resumed", f"{module}:{day}", about={"module": module}, day=day)
    assert entry is not None
    db.session.commit()
    return entry


def acceptance_of(member: Member) -> RecordEntry:
    return db.session.scalars(reading.history(member)).one()


def test_everybody_reads_what_was_stated_and_no_name(
    client: Visitor, community: Community, member: Member
) -> None:
    seal(community)
    page = client.get(HOME)
    assert page.status_code == 200
    assert "Quelqu’un a accepté la charte" in page.text
    for name in ("Marie", "Dupont", "marie@example.org"):
        assert name not in page.text


def test_a_member_reads_their_own_line_as_theirs_and_another_s_as_anybody_s(
    client: Visitor, community: Community, member: Member, person: Person
) -> None:
    other = make_member(community, "Jean", "Martin")
    page = sign_in_as(client, person).get(HOME).text
    assert page.count("Vous avez accepté la charte") == 2  # the line, and its receipt's name
    assert page.count("Quelqu’un a accepté la charte") == 1
    assert f"/recu/{acceptance_of(member).reference}" in page
    assert f"/recu/{acceptance_of(other).reference}" not in page


def test_a_statement_waits_for_its_place_then_has_it(
    client: Visitor, community: Community, member: Member
) -> None:
    assert "en attente de sa place" in client.get(HOME).text
    seal(community)
    page = client.get(HOME).text
    assert "en attente de sa place" not in page
    assert "n° 1<" in page


def test_the_seal_shown_is_the_one_that_was_signed(
    client: Visitor, community: Community, member: Member
) -> None:
    seal(community)
    size, head = client.get(f"{HOME}/checkpoint").text.split("\n")[1:3]
    for address in (HOME, f"{HOME}/verifier"):
        page = client.get(address).text
        assert head in unescape(page)
        assert f'<dd dir="auto">{size}</dd>' in page
        assert "Aucun témoin ne l’a contresigné" in page


def test_one_statement_shows_what_is_hashed_its_seal_and_a_proof_that_holds(
    client: Visitor, community: Community, member: Member
) -> None:
    seal(community)
    entry = acceptance_of(member)
    address = f"{HOME}/i/{entry.reference}"
    page = client.get(address)
    assert entry.entry.decode() in unescape(page.text)
    assert entry.leaf.hex() in page.text
    assert client.get(f"{address}.json").data == entry.entry

    proof = client.get(f"{address}.tlog-proof")
    receipt = Receipt.read(proof.text)
    assert receipt.check().size == log_of(community).size
    assert receipt.openings == {}
    assert "inscription-charter-accepted-" in proof.headers["Content-Disposition"]
    assert "Marie" not in page.text + proof.text


def test_before_its_place_a_statement_has_a_page_and_no_proof(
    client: Visitor, community: Community, member: Member
) -> None:
    address = f"{HOME}/i/{acceptance_of(member).reference}"
    assert "dans la minute" in client.get(address).text
    assert ".tlog-proof" not in client.get(address).text
    assert client.get(f"{address}.tlog-proof").status_code == 409


def test_the_hash_on_a_paper_is_compared(
    client: Visitor, community: Community, member: Member
) -> None:
    entry = acceptance_of(member)
    address = f"{HOME}/i/{entry.reference}?empreinte="
    good, bad = "est bien celle de cette inscription", "n’est pas celle de cette inscription"
    page = client.get(address + entry.leaf.hex().upper()).text
    assert good in page
    assert bad not in page
    for wrong in ("00" * 32, entry.leaf.hex()[:-1], "<script>"):
        page = client.get(address + wrong).text
        assert bad in page
        assert good not in page
        assert "<script>" not in page


def test_a_reference_that_names_nothing_is_absent(
    client: Visitor, community: Community, member: Member
) -> None:
    for reference in ("0" * 32, "x", "0" * 31, "A" * 32, "0" * 33, "%00", "１" * 32):
        for end in ("", ".json", ".tlog-proof"):
            assert client.get(f"{HOME}/i/{reference}{end}").status_code == 404


def test_another_community_s_statement_is_absent_here(
    client: Visitor, community: Community, member: Member
) -> None:
    elsewhere = make_community("ailleurs", "Ailleurs")
    other = acceptance_of(make_member(elsewhere, "Ada", "Roux"))
    for end in ("", ".json", ".tlog-proof"):
        assert client.get(f"{HOME}/i/{other.reference}{end}").status_code == 404
    assert client.get(f"/ailleurs/registre/i/{other.reference}").status_code == 200
    assert other.reference not in client.get(HOME).text


def test_a_closed_circle_s_record_exists_for_its_members_only(
    client: Visitor, member: Member, person: Person
) -> None:
    circle = make_community("secret", "Cercle", Admission.INVITATION)
    inside = make_member(circle, "Ada", "Roux")
    reference = acceptance_of(inside).reference
    addresses = ("", "/verifier", f"/i/{reference}", f"/i/{reference}.json")
    for reader in (None, person):
        if reader is not None:
            sign_in_as(client, reader)
        for address in addresses:
            assert client.get(f"/secret/registre{address}").status_code == 404
    assert inside.person is not None
    sign_in_as(client, inside.person)
    for address in addresses:
        assert client.get(f"/secret/registre{address}").status_code == 200


def test_one_looks_for_a_kind_and_for_days(client: Visitor, community: Community) -> None:
    first = stated(community, date(2026, 3, 1)).reference
    second = stated(community, date(2026, 3, 31)).reference
    member = acceptance_of(make_member(community)).reference

    def found(**asked: str) -> list[str]:
        page = client.get(HOME, query_string=asked)
        assert page.status_code == 200
        return re.findall(r"/registre/i/([0-9a-f]{32})", page.text)

    assert found() == [member, second, first]
    assert found(genre="module.resumed") == [second, first]
    assert found(genre="charter.accepted") == [member]
    assert found(du="2026-03-01", au="2026-03-31") == [second, first]
    assert found(du="2026-03-02", au="31/03/2026") == [second]
    assert found(au="2026-03-01") == [first]
    assert found(genre="charter.accepted", au="2026-03-01") == []
    assert "Rien n’a été inscrit de ce genre" in client.get(f"{HOME}?au=2020-01-01").text


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        ({"du": "31/02/2026"}, "du"),
        ({"au": "hier"}, "au"),
        ({"du": "0000-00-00"}, "du"),
        ({"du": "99999-01-01"}, "du"),
        ({"du": "<script>"}, "du"),
        ({"du": "2026-03-02", "au": "2026-03-01"}, "au"),
        ({"genre": "no.such"}, "genre"),
        ({"genre": "\x00"}, "genre"),
    ],
)
def test_nonsense_is_said_beside_its_field_and_what_was_typed_stays(
    client: Visitor, community: Community, member: Member, asked: dict[str, str], wrong: str
) -> None:
    page = client.get(HOME, query_string=asked)
    assert page.status_code == 422
    assert f'id="f-{wrong}-error"' in page.text
    assert f'href="#f-{wrong}"' in page.text
    for name, typed in asked.items():
        if name != "genre":
            assert re.search(rf'id="f-{name}"[^>]* value="{typed}"', unescape(page.text)), name
    assert "<script>" not in page.text


def many(community: Community, number: int) -> None:
    """State a great many facts at once."""
    rows = []
    for each in range(number):
        statement = Statement(
            "module.resumed", date(2026, 1, 1), new_reference(), {"module": f"m{each}"}
        )
        rows.append(
            {
                "log_id": log_of(community).id,
                "reference": statement.reference,
                "key": f"many:{each}",
                "kind": statement.kind,
                "day": statement.day,
                "entry": statement.entry,
                "leaf": statement.leaf,
                "stated_at": now(),
            }
        )
    db.session.execute(insert(RecordEntry), rows)
    db.session.commit()


def test_a_long_record_is_shown_page_by_page_and_the_search_is_kept(
    client: Visitor, community: Community
) -> None:
    many(community, 1200)
    seal(community)
    page = client.get(f"{HOME}?genre=module.resumed").text
    assert len(re.findall(r"/registre/i/[0-9a-f]{32}", page)) == 50
    assert "1200 inscriptions trouvées" in page
    assert "genre=module.resumed&amp;page=2" in page.replace("du=&amp;au=&amp;", "")
    last = client.get(f"{HOME}?page=99999").text
    assert "Le registre est ouvert" in client.get(HOME).text
    assert 'rel="next"' not in last
    assert len(page) < 60_000


def test_a_kind_whose_module_is_gone_is_still_read(client: Visitor, community: Community) -> None:
    entry = stated(community, date(2026, 3, 1))
    statement = Statement("lot.moved", entry.day, new_reference())
    db.session.execute(
        insert(RecordEntry),
        {
            "log_id": entry.log_id,
            "reference": statement.reference,
            "key": "lot:1",
            "kind": statement.kind,
            "day": statement.day,
            "entry": statement.entry,
            "leaf": statement.leaf,
            "stated_at": now(),
        },
    )
    db.session.commit()
    for address in (HOME, f"{HOME}?genre=lot.moved", f"{HOME}/i/{statement.reference}"):
        page = client.get(address)
        assert page.status_code == 200, address
        assert "lot.moved" in page.text


def test_before_anything_is_stated_the_pages_say_so(client: Visitor) -> None:
    make_community("ailleurs", "Ailleurs")
    page = client.get("/ailleurs/registre")
    assert "Rien n’est encore inscrit" in page.text
    assert client.get("/ailleurs/registre?du=2026-01-01").status_code == 200
    assert "pas encore de sceau" in client.get("/ailleurs/registre/verifier").text


def test_an_alarm_comes_first(client: Visitor, community: Community, member: Member) -> None:
    seal(community)
    assert "deux histoires" not in client.get(HOME).text
    db.session.add(
        RecordAlarm(
            origin=log_of(community).origin,
            kind="shrunken",
            found_by="temoin.example/<b>",
            digest="00" * 32,
            evidence="",
        )
    )
    db.session.commit()
    page = client.get(HOME).text
    assert page.index("a montré deux histoires") < page.index("Chaque acte qui compte")
    assert "temoin.example/&lt;b&gt; l’a vu plus court" in page


def test_a_rehearsal_says_that_it_leaves_no_trace(
    client: Visitor, community: Community, person: Person
) -> None:
    make_member(community, person=person, permissions=(STEWARD,))
    copy = rehearse(Plugins(), community, "fr")
    db.session.commit()
    sign_in_as(client, person)
    for address in ("", "/verifier", "/moi"):
        page = client.get(f"/{copy.slug}/registre{address}")
        assert page.status_code == 200
        assert "Ceci est une répétition" in page.text
    assert client.get(f"/{copy.slug}/registre/checkpoint").status_code == 404
    assert reading.log_if_any(copy) is None


def test_the_record_is_among_the_public_pages(client: Visitor, community: Community) -> None:
    assert 'href="/lavergne/registre"' in client.get("/lavergne/").text
    assert "/lavergne/registre</loc>" in client.get("/sitemap.xml").text


def test_what_was_erased_changes_nothing_for_the_public(
    client: Visitor, community: Community, member: Member
) -> None:
    seal(community)
    entry = acceptance_of(member)
    before = client.get(f"{HOME}/i/{entry.reference}.tlog-proof").data
    db.session.query(RecordOpening).delete()
    db.session.commit()
    assert client.get(f"{HOME}/i/{entry.reference}").status_code == 200
    assert client.get(f"{HOME}/i/{entry.reference}.tlog-proof").data == before


def test_a_changed_value_leads_to_all_that_has_changed_it(
    client: Visitor, community: Community, member: Member
) -> None:
    changed = parameters.changed(community, "threshold.direct_sales", "24", "12", member=member)
    db.session.commit()
    assert changed is not None
    page = client.get(f"{HOME}?genre=parameter.changed").text
    link = re.search(r'href="(/lavergne/registre/reglages/[^"]+)">son histoire', page)
    assert link is not None
    assert client.get(link[1]).status_code == 200


@pytest.fixture
def witness(app: Flask) -> Iterator[SignerKey]:
    """Give a witness that the policy of the site names."""
    key = SignerKey.generate("temoin.example", COSIGNATURE)
    policy = kernel().settings.record_policy
    policy.parent.mkdir(parents=True, exist_ok=True)
    policy.write_text(f"witness Figeac {key.verifier}\nquorum none\n")
    yield key
    policy.unlink()


def test_it_is_said_who_has_cosigned_and_where_each_witness_stands(
    client: Visitor, community: Community, member: Member, witness: SignerKey
) -> None:
    seal(community)
    for address in (HOME, f"{HOME}/verifier"):
        page = client.get(address).text
        assert "Figeac" in page
        assert "n’a encore rien contresigné" in page
    head = reading.latest_checkpoint(log_of(community))
    assert head is not None
    db.session.add(
        RecordCosignature(
            checkpoint=head,
            witness=str(witness.verifier),
            line=str(cosign(Note.read(head.note).text, witness, now())),
            given_at=now(),
        )
    )
    db.session.commit()
    page = client.get(HOME).text
    assert "1 témoin l’a contresigné : temoin.example." in page
    assert f"a contresigné jusqu’à la ligne {head.size}" in page
    assert "temoin.example" in client.get(f"{HOME}/checkpoint").text


def test_the_command_on_the_page_verifies_the_file_of_the_page(
    client: Visitor, community: Community, member: Member, tmp_path: Path
) -> None:
    seal(community)
    address = f"{HOME}/i/{acceptance_of(member).reference}"
    found = re.search(r"freeco record (verify) (\S+) (--key) ([^<\s]+)<", client.get(address).text)
    assert found is not None
    file = tmp_path / found[2]
    file.write_bytes(client.get(f"{address}.tlog-proof").data)
    told = CliRunner().invoke(verify, [str(file), found[3], unescape(found[4])])
    assert told.exit_code == 0, told.output
