"""Two installations witness each other; one comes back from an old backup, and is caught.

Each has its own folder, database and server; they speak over HTTP as two cooperatives would.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.request import urlopen

import pytest
from flask import Flask

from freeco.config import Settings
from freeco.db import db
from freeco.kernel import kernel
from freeco.members.models import Community
from freeco.record import alarms, keys, witness, witnessing
from freeco.record.checkpoint import Checkpoint
from freeco.record.note import Note
from freeco.record.policy import Policy
from freeco.record.sequencer import sequence_due
from freeco.record.stating import log_of
from freeco.testing import live_files, make_community, make_member, migrated_app
from freeco.testing.record import seal_some
from freeco.worker import tick

from .browser.site import free_port, letters, served


@dataclass
class Site:
    """An installation, seen from its machine and from outside."""

    home: Path
    port: int
    slug: str

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> Path:
        return self.home / "freeco.sqlite"

    @cached_property
    def app(self) -> Flask:
        values = {"FREECO_HOME": str(self.home), "FREECO_BASE_URL": self.address}
        return migrated_app(Settings.from_environment(values))

    @contextmanager
    def opened(self) -> Iterator[Flask]:
        """Open it as a command on its machine does."""
        with self.app.app_context():
            yield self.app
            db.session.rollback()
            db.session.remove()
            db.engine.dispose()

    def community(self) -> Community:
        return db.session.query(Community).filter_by(slug=self.slug).one()

    def found(self) -> tuple[str, str]:
        """Found its community, with a record; return the keys of its log and as a witness."""
        community = make_community(self.slug, self.slug.capitalize())
        make_member(community, "Sylvie", self.slug.capitalize(), permissions=("core.steward",))
        log = seal_some(community, 3)
        return str(keys.verifiers(log)[0]), str(keys.witness_key().verifier)

    def trust(self, other: "Site", log_key: str, witness_key: str) -> None:
        """Watch the other's log, and ask it to watch ours."""
        witness.watch(log_key)
        db.session.commit()
        line = f"witness voisin {witness_key} {other.address}/temoin\nquorum voisin\n"
        kernel().settings.record_policy.write_text(line)

    def put_back(self, copy: Path) -> None:
        """Put the database back as it was, as after an accident."""
        for ending in ("-wal", "-shm"):
            Path(f"{self.database}{ending}").unlink(missing_ok=True)
        live_files.copy(copy, self.database)

    def read(self, path: str) -> str:
        with urlopen(f"{self.address}{path}", timeout=10) as answer:  # noqa: S310 - our own
            return str(answer.read().decode())

    def head(self) -> Note:
        return Note.read(self.read(f"/{self.slug}/registre/checkpoint"))

    @property
    def policy(self) -> Policy:
        return Policy.read((self.home / "record/policy.txt").read_bytes())

    def wait_for_witness(self) -> Note:
        """Wait until the worker of a site that is served has had its head co-signed."""
        for _try in range(100):
            note = self.head()
            if self.policy.quorum_met(note):
                return note
            time.sleep(0.2)
        pytest.fail(f"{self.slug} was not co-signed within twenty seconds")


@pytest.fixture
def sites(tmp_path: Path) -> tuple[Site, Site]:
    """Give two sites whose stewards know each other's keys; the first has an old backup."""
    first, second = (
        Site(tmp_path / slug, free_port(), slug) for slug in ("lavergne", "saint-roch")
    )
    with first.opened():
        own = first.found()
    with second.opened():
        other = second.found()
        second.trust(first, *own)
    with first.opened():
        first.trust(second, *other)
    live_files.copy(first.database, tmp_path / "old")
    with first.opened():
        log = seal_some(first.community(), 3)
        # Of a power of two a proof leaves out the older root: only the log would know then.
        while log.size & (log.size - 1) == 0:
            seal_some(first.community(), 1)
    return first, second


def say_something_else(site: Site, size: int) -> None:
    """Grow to a size, with facts that are not those of the other history."""
    missing = size - log_of(site.community()).size
    seal_some(site.community(), missing)
    sequence_due()
    witnessing.ask(at_once=True)
    db.session.rollback()


def test_two_sites_witness_each_other_and_one_that_forgets_is_caught(
    sites: tuple[Site, Site], tmp_path: Path
) -> None:
    first, second = sites
    with served(second.home, second.port):
        with served(first.home, first.port):
            note = first.wait_for_witness()
            # The second was there before the first, found nobody, and would wait a minute.
            with second.opened():
                assert all(each.cosigned for each in witnessing.ask(at_once=True))
            assert second.policy.quorum_met(second.head())
        seen = Checkpoint.read(note.text).size
        live_files.copy(first.database, tmp_path / "whole")

        first.put_back(tmp_path / "old")
        with first.opened() as app:
            say_something_else(first, seen - 1)
            log = log_of(first.community())
            assert [each.kind for each in alarms.open_alarms(log)] == [alarms.SHRUNKEN]
            say_something_else(first, seen)
            say_something_else(first, seen + 4)
            kinds = [each.kind for each in alarms.open_alarms(log)]
            assert kinds == [alarms.REWRITTEN, alarms.SPLIT, alarms.SHRUNKEN]
            assert all(note.text in each.evidence for each in alarms.open_alarms(log))
            assert not first.policy.quorum_met(first_head(app, first))
            page = app.test_client().get("/lavergne/registre").text
            assert "plus court" in page
            tick(app)
        told = [words for to, words in letters(first.home) if "lavergne" in to]
        assert len(told) == 3
        assert all("un témoin ne reconnaît plus le registre" in words for words in told)
        assert "Ce registre se contredit" in second.read("/temoin")

        first.put_back(tmp_path / "whole")
        with first.opened():
            time.sleep(1)  # a co-signature tells the second, not what comes after
            seal_some(first.community(), 1)
            assert [each.cosigned for each in witnessing.ask(at_once=True)] == [True]
            assert alarms.open_alarms(log_of(first.community())) == []
        page = second.read("/temoin")
        assert "Ce registre se contredit" not in page
        assert "il s’était contredit" in page


def first_head(app: Flask, site: Site) -> Note:
    return Note.read(app.test_client().get(f"/{site.slug}/registre/checkpoint").data)
