"""What the tests across distributions share: databases that several processes use."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from freeco.db import db
from freeco.testing import create_database, migrated_app, settings_for

RACERS = Path(__file__).parent / "racers"


@pytest.fixture
def shared_url(engine_name: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """Give the URL of an empty database of its own, SQLite then PostgreSQL."""
    if engine_name == "postgresql":
        return create_database(request.getfixturevalue("postgresql_server"), "freeco_race")
    return f"sqlite:///{tmp_path / 'freeco.sqlite'}"


@pytest.fixture
def shared_app(shared_url: str, tmp_path: Path) -> Iterator[Flask]:
    """Give an application on that database, with its context pushed."""
    app = migrated_app(settings_for(shared_url, tmp_path))
    with app.app_context():
        yield app
        db.session.rollback()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def environment(shared_url: str, tmp_path: Path) -> str:
    """Give the environment of the other processes, as JSON."""
    return json.dumps({"FREECO_HOME": str(tmp_path), "FREECO_DATABASE_URL": shared_url})
