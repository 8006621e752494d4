"""One history for core and for each module; nothing of the others is touched."""

import sqlite3
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from freeco.app import create_app
from freeco.db import db
from freeco.kernel import kernel
from freeco.members.models import Community
from freeco.migrations import runner
from freeco.migrations.runner import History
from freeco.plugins import Plugins
from freeco.testing import settings_for

REBUILD = '''"""Give a table a new column type, as SQLite only can by rebuilding it."""

import sqlalchemy as sa
from alembic import op

revision = "core_9999"
down_revision = "DOWN"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("community", recreate="always") as batch:
        batch.alter_column("presentation", type_=sa.Text())


def downgrade() -> None:
    pass
'''


def test_core_s_migrations_make_core_s_models(app: Flask) -> None:
    assert runner.differences(db.engine, kernel().plugins, "core") == []


def test_an_upgraded_database_has_nothing_left_to_do(app: Flask) -> None:
    assert runner.upgrade(db.engine, kernel().plugins) == []


@pytest.mark.parametrize(
    ("table", "owner"),
    [
        ("garden_row", "garden"),
        ("garden_shed_tool", "garden_shed"),
        ("gardener", "core"),
        ("member", "core"),
    ],
)
def test_a_table_belongs_to_the_longest_module_name_that_begins_it(table: str, owner: str) -> None:
    assert runner.owner(table, ["garden", "garden_shed"]) == owner


def test_tables_of_a_module_that_is_away_are_left_alone(app: Flask) -> None:
    db.session.execute(text("CREATE TABLE orchard_tree (id INTEGER PRIMARY KEY)"))
    db.session.commit()
    try:
        assert runner.orphan_tables(db.engine, kernel().plugins) == ["orchard_tree"]
        assert runner.differences(db.engine, kernel().plugins, "core") == []
    finally:
        db.session.execute(text("DROP TABLE orchard_tree"))
        db.session.commit()


def test_rebuilding_a_table_on_sqlite_keeps_what_points_at_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The trap: SQLite drops the old table, and ON DELETE would empty its children."""
    app = create_app(settings_for(f"sqlite:///{tmp_path / 'freeco.sqlite'}", tmp_path), Plugins())
    versions = tmp_path / "versions"
    versions.mkdir()
    published = sorted((runner.HERE / "versions").glob("core_*.py"))
    for each in published:
        (versions / each.name).write_text(each.read_text())
    monkeypatch.setattr(runner, "histories", lambda plugins: [History("core", versions)])
    with app.app_context():
        runner.upgrade(db.engine, Plugins())
        db.session.execute(
            text(
                "CREATE TABLE child (id INTEGER PRIMARY KEY, community_id INTEGER"
                " REFERENCES community (id) ON DELETE CASCADE)"
            )
        )
        db.session.add(Community(slug="lavergne", name="Lavergne"))
        db.session.flush()
        db.session.execute(text("INSERT INTO child (community_id) VALUES (1)"))
        db.session.commit()
        (versions / "core_9999.py").write_text(REBUILD.replace("DOWN", published[-1].stem))
        moved = runner.upgrade(db.engine, Plugins())
        assert [each.history.name for each in moved] == ["core"]
        assert db.session.scalar(text("SELECT count(*) FROM child")) == 1
        assert db.session.scalar(text("PRAGMA foreign_keys")) == 1
        db.session.remove()
        db.engine.dispose()


def test_sqlite_keeps_its_promises_on_every_connection(tmp_path: Path) -> None:
    app = create_app(settings_for(f"sqlite:///{tmp_path / 'freeco.sqlite'}", tmp_path), Plugins())
    with app.app_context():
        assert db.session.scalar(text("PRAGMA foreign_keys")) == 1
        assert db.session.scalar(text("PRAGMA journal_mode")) == "wal"
        assert db.session.scalar(text("PRAGMA synchronous")) == 2
        db.session.remove()
        db.engine.dispose()


def test_a_write_takes_sqlite_s_one_lock_from_its_beginning(tmp_path: Path) -> None:
    """Two that read first and write later would both read the last place as free."""
    file = tmp_path / "freeco.sqlite"
    app = create_app(settings_for(f"sqlite:///{file}", tmp_path), Plugins())
    with app.app_context():
        db.session.execute(text("SELECT 1"))
        other = sqlite3.connect(file, timeout=0)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()
        db.session.remove()
        db.engine.dispose()
