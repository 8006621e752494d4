"""``freeco vote``: what anybody, a trustee or a code authority does away from the site."""

import json
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select

from freeco.clock import held_at
from freeco.db import db
from freeco.members.models import Member
from freeco.record.keys import verifiers
from freeco.record.models import RecordEntry
from freeco.record.stating import log_of
from freeco_project_decisions.polls.models import Poll
from freeco_project_decisions.sealed.credentials import public_of
from freeco_project_decisions.sealed.elections import write_credentials
from freeco_project_decisions.secret import (
    casting,
    closing,
    codes,
    counting,
    opening,
    preparing,
    rounds,
    trustees,
)
from freeco_project_decisions.secret.commands import vote
from freeco_project_decisions.secret.models import Trustee, Way
from freeco_project_decisions.secret.playing import Keepers, Voters

Ask = Callable[..., Poll]
WORDS = "un panier d’été"


def run(*arguments: object, typed: str = "") -> Result:
    """Run ``freeco vote`` as somebody would."""
    return CliRunner().invoke(vote, [str(each) for each in arguments], input=typed)


def stated(kind: str) -> list[dict]:  # type: ignore[type-arg]
    """Return what the public record holds of a kind."""
    entries = select(RecordEntry).where(RecordEntry.kind == kind).order_by(RecordEntry.id)
    return [json.loads(entry.entry)["about"] for entry in db.session.scalars(entries)]


def work(folder: Path, trustee: Trustee, *more: object) -> Result:
    """Do a trustee's step with the command, from the page's file to the page's answer."""
    task, key = folder / "tache.json", folder / f"cle-{trustee.place}.json"
    reply = folder / "reponse.json"
    task.write_text(json.dumps(rounds.task_of(trustee)))
    typed = f"{WORDS}\n" if key.exists() else f"{WORDS}\n{WORDS}\n"
    done = run("trustee", task, "--key", key, "-o", reply, *more, typed=typed)
    if done.exit_code == 0:
        rounds.post(trustee, json.loads(reply.read_text()))
    return done


def test_a_whole_vote_with_commands_and_files(
    app: Flask, ask: Ask, people: list[Member], tmp_path: Path
) -> None:
    poll = ask(opened=False)
    sealed = preparing.make_secret(poll, Way.ENVELOPES)
    group = trustees.group_of(poll)
    for member in people[1:4]:
        trustees.name_member(group, member)
    while awaited := rounds.waited_for(group):
        for trustee in awaited:
            assert work(tmp_path, trustee).exit_code == 0
    key = tmp_path / "cle-1.json"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    preparing.announce(poll)
    made = run("codes", sealed.identifier, 8, "--output", tmp_path / "codes")
    assert made.exit_code == 0
    drawn = (tmp_path / "codes" / "codes-secrets.txt").read_text().split()
    codes.take_file(poll, (tmp_path / "codes" / "codes-publics.json").read_bytes())
    opening.open_sealed(poll)
    db.session.commit()
    voters = Voters(poll, Keepers(), drawn)
    taken = casting.cast(poll, voters.sealed(0, [[0, 1, 0]]).text.encode())
    left_out = casting.cast(poll, voters.sealed(1, [[0, 1, 0]]).text.encode())
    db.session.rollback()
    taken = casting.cast(poll, voters.sealed(0, [[0, 1, 0]]).text.encode())
    db.session.commit()
    with held_at(poll.closes_at + timedelta(minutes=1)):
        closing.close_due(poll.community)
        db.session.commit()
        assert run("export", poll.id, "--output", tmp_path / "sortie").exit_code == 0
        archive = tmp_path / "sortie" / f"{sealed.identifier}.bel"
        without = work(tmp_path, group.trustees[0])
        assert "--archive" in without.output
        (ended,) = stated("poll.closed")
        opened = ("--archive", archive, "--last", ended["digest"], "--few-ballots")
        for trustee in group.trustees[:2]:
            assert work(tmp_path, trustee, *opened).exit_code == 0
        db.session.commit()
        counting.count_due(poll.community)
    assert all(word in run("list").output for word in ("Un hangar", "dépouillé", "scellés"))
    assert run("verify", archive).exit_code == 3
    assert run("export", poll.id, "--output", tmp_path / "sortie").exit_code == 0
    assert "Oui\u00a0: 1" in run("verify", archive).output
    assert "freeco vote verify" in (tmp_path / "sortie" / "LISEZ-MOI.txt").read_text()
    (record,) = verifiers(log_of(poll.community))
    receipt = tmp_path / "recu.txt"
    for acknowledged, code, word in ((taken, 0, "y est"), (left_out, 4, "le prouve")):
        receipt.write_text(acknowledged.receipt)
        checked = run("verify", archive, "--receipt", receipt, "--key", record)
        assert (checked.exit_code, word in checked.output) == (code, True)
    receipt.write_text(taken.receipt.replace(taken.tracker, "A" * 43))
    assert run("verify", archive, "--receipt", receipt, "--key", record).exit_code == 1


def test_codes_are_printed_one_a_sheet_and_never_written_over(tmp_path: Path) -> None:
    arguments = ("codes", "1" * 14, 3, "--output", tmp_path, "--sheets", "--title", "L’assemblée")
    assert run(*arguments).exit_code == 0
    sheets = tmp_path / "codes-a-plier.pdf"
    assert sheets.read_bytes().count(b"/Type /Page\n") == 3 or b"/Count 3" in sheets.read_bytes()
    again = run(*arguments)
    assert (again.exit_code, "existe déjà" in again.output) == (1, True)


def test_the_public_file_says_nothing_of_the_order_of_the_codes(tmp_path: Path) -> None:
    run("codes", "1" * 14, 5, "--output", tmp_path)
    drawn = (tmp_path / "codes-secrets.txt").read_text().split()
    halves = (tmp_path / "codes-publics.json").read_text()
    assert halves == write_credentials([public_of(each, "1" * 14) for each in drawn])


def test_a_wrong_passphrase_opens_nothing(ask: Ask, people: list[Member], tmp_path: Path) -> None:
    poll = ask(opened=False)
    preparing.make_secret(poll, Way.SITE)
    group = trustees.group_of(poll)
    for member in people[1:4]:
        trustees.name_member(group, member)
    assert work(tmp_path, group.trustees[0]).exit_code == 0
    task = tmp_path / "tache.json"
    again = run(
        "trustee", task, "--key", tmp_path / "cle-1.json", "-o", tmp_path / "r", typed="autre\n"
    )
    assert (again.exit_code, "n’ouvre pas" in again.output) == (1, True)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"step":"key"}'])
def test_a_file_that_is_no_task_is_refused_in_one_sentence(tmp_path: Path, content: str) -> None:
    task = tmp_path / "tache.json"
    task.write_text(content)
    done = run(
        "trustee", task, "--key", tmp_path / "k", "-o", tmp_path / "r", typed=f"{WORDS}\n" * 2
    )
    assert (done.exit_code, "Traceback" in done.output) == (1, False)


def test_only_a_secret_poll_is_exported(app: Flask, ask: Ask, tmp_path: Path) -> None:
    refused = run("export", ask().id, "--output", tmp_path)
    assert (refused.exit_code, "scellés" in refused.output) == (1, True)
