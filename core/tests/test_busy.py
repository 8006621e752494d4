"""A turn to write that does not come is said calmly, and what was typed is not lost."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

import freeco.db
from freeco.db import db, is_busy
from freeco.members.models import Person
from freeco.testing.forms import form_of
from freeco.testing.people import sign_in_as
from freeco.testing.visitor import Visitor

IMPATIENT_MILLISECONDS = 50
OURS = {"Sec-Fetch-Site": "same-origin", "Referer": "http://localhost/moi"}


@contextmanager
def somebody_writes(app: Flask, person_id: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let another process hold what is to be written, and this one have little patience."""
    db.session.commit()
    if db.engine.dialect.name == "sqlite":
        monkeypatch.setattr(freeco.db, "BUSY_TIMEOUT_MILLISECONDS", IMPATIENT_MILLISECONDS)
        db.engine.dispose()
        other = sqlite3.connect(str(db.engine.url.database), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")
            other.close()
            db.session.rollback()
            db.engine.dispose()
        return

    def hurry(connection: object, _record: object, _proxy: object) -> None:
        connection.execute(  # type: ignore[attr-defined]
            f"SET lock_timeout = {IMPATIENT_MILLISECONDS}"
        )

    with db.engine.connect() as other_one:
        other_one.execute(text("SELECT 1 FROM person WHERE id = :id FOR UPDATE"), {"id": person_id})
        event.listen(db.engine, "checkout", hurry)
        try:
            yield
        finally:
            event.remove(db.engine, "checkout", hurry)
            other_one.rollback()
    db.session.rollback()
    db.engine.dispose()


def test_a_form_that_found_no_turn_is_shown_again_to_be_sent_again(
    app: Flask, client: Visitor, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in_as(client, person)
    values = form_of(client.get("/moi"), "/moi").values | {"first_name": ["Maëlle"]}
    with somebody_writes(app, person.id, monkeypatch):
        page = client.post("/moi", data=values, token=False, headers=OURS)
    assert page.status_code == 503
    assert page.headers["Retry-After"] == "5"
    assert "Beaucoup de monde en même temps : rien n’a été enregistré" in page.text.replace(
        "\u00a0", " "
    )
    assert "Maëlle" in page.text
    again = form_of(page, "/moi").values
    assert client.post("/moi", data=again, token=False, headers=OURS).status_code == 302
    db.session.rollback()
    db.session.refresh(person)
    assert person.first_name == "Maëlle"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [("text/html", "text/html"), ("application/json", "application/problem+json")],
)
def test_who_sent_no_form_of_ours_is_answered_in_their_own_language(
    app: Flask,
    client: Visitor,
    person: Person,
    monkeypatch: pytest.MonkeyPatch,
    accept: str,
    kind: str,
) -> None:
    sign_in_as(client, person)
    values = form_of(client.get("/moi"), "/moi").values | {"first_name": ["Maëlle"]}
    headers = {"Accept": accept, "Sec-Fetch-Site": "none"}
    with somebody_writes(app, person.id, monkeypatch):
        answer = client.post("/moi", data=values, token=False, headers=headers)
    assert answer.status_code == 503, answer.get_data(as_text=True)[:300]
    assert answer.headers["Retry-After"] == "5"
    assert answer.content_type.partition(";")[0] == kind
    assert "recommencez dans un instant" in answer.get_data(as_text=True) or (
        answer.json is not None and answer.json["status"] == 503
    )


def test_a_database_that_is_away_is_not_called_busy() -> None:
    assert not is_busy(OperationalError("SELECT 1", None, Exception("is away")))


def test_locks_of_postgresql_are_not_waited_for_without_end(app: Flask) -> None:
    if db.engine.dialect.name == "postgresql":
        assert db.session.scalar(text("SHOW lock_timeout")) == "30s"
