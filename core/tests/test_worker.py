"""The worker asks the database what is due: late or twice is harmless."""

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from freeco.clock import held_at, now
from freeco.config import Settings
from freeco.db import db
from freeco.first_run import drafts
from freeco.first_run.models import FoundingDraft
from freeco.kernel import Kernel
from freeco.kernel_models import SweepRun
from freeco.mail.models import OutgoingMail
from freeco.members.models import Attempt, Community
from freeco.module import Job, Module
from freeco.testing.modules import module_object, plugins_with
from freeco.testing.people import open_module
from freeco.worker import run_sweeps, tick

NOON = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


def kernel_with(job: Job) -> Kernel:
    module = Module("garden", "Jardin", "", opens_at=1, jobs=(job,))
    return Kernel(Settings.from_environment({}), plugins_with(module_object(module)))


def watered(community: Community) -> int:
    return (
        db.session.query(SweepRun).filter_by(job="garden.water", community_id=community.id).count()
    )


def test_a_sweep_runs_once_in_its_slot(community: Community) -> None:
    done: list[int] = []
    kernel = kernel_with(Job("water", lambda each: done.append(each.id), 60))
    open_module(community, "garden")
    with held_at(NOON):
        run_sweeps(kernel)
        run_sweeps(kernel)
    assert done == [community.id]
    with held_at(NOON + timedelta(hours=1)):
        run_sweeps(kernel)
    assert len(done) == 2


def test_a_sweep_leaves_closed_communities_alone(community: Community) -> None:
    done: list[int] = []
    run_sweeps(kernel_with(Job("water", lambda each: done.append(each.id), 60)))
    assert done == []


def test_a_sweep_that_fails_is_tried_again_in_the_same_slot(
    community: Community, caplog: pytest.LogCaptureFixture
) -> None:
    tries: list[int] = []

    def water(each: Community) -> None:
        tries.append(each.id)
        if len(tries) == 1:
            raise RuntimeError("no water")

    open_module(community, "garden")
    kernel = kernel_with(Job("water", water, 60))
    with held_at(NOON), caplog.at_level(logging.ERROR):
        run_sweeps(kernel)
        assert watered(community) == 0
        run_sweeps(kernel)
    assert watered(community) == 1
    assert "garden.water" in caplog.text


def test_old_attempts_are_forgotten(community: Community) -> None:
    db.session.add(Attempt(subject="old", window_start=now() - timedelta(days=60), count=1))
    db.session.add(Attempt(subject="new", window_start=now(), count=1))
    db.session.commit()
    run_sweeps(kernel_with(Job("water", lambda each: None, 60)))
    assert [each.subject for each in db.session.query(Attempt)] == ["new"]


def test_what_was_typed_to_found_and_left_too_long_is_forgotten(community: Community) -> None:
    drafts.links()
    (draft,) = drafts.open_drafts()
    draft.answers = {"charter": {"email": "anne@freeco.fr"}}
    db.session.commit()
    for days, left in ((13, 1), (15, 0)):
        with held_at(now() + timedelta(days=days)):
            run_sweeps(kernel_with(Job("water", lambda each: None, 60)))
        assert db.session.query(FoundingDraft).count() == left


def test_a_tick_sends_the_mail_that_waits(app: Flask, community: Community) -> None:
    db.session.add(OutgoingMail(recipient="marie@example.org", subject="Bonjour", body="Salut."))
    db.session.commit()
    tick(app)
    kernel: Kernel = app.extensions["freeco"]
    folder = Path(kernel.settings.mail_url.removeprefix("file:"))
    assert any("Bonjour" in file.read_text() for file in folder.glob("*.eml"))
