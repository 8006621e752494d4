"""``freeco vote verify``: anybody checks a secret vote from its file alone."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from freeco_project_decisions.secret.verify_command import verify_archive
from freeco_project_decisions.testing import Held, hold, publish_pieces


@pytest.fixture(scope="module")
def held() -> Held:
    """Hold one election for all."""
    return hold(2)


def run(content: bytes, folder: Path) -> Result:
    """Check a file as somebody would who has nothing but it."""
    file = folder / "vote.bel"
    file.write_bytes(content)
    return CliRunner().invoke(verify_archive, [str(file)])


def test_a_sound_vote_is_told_with_its_result(held: Held, tmp_path: Path) -> None:
    result = run(publish_pieces(held.pieces()), tmp_path)
    assert result.exit_code == 0, result.output
    assert "2 bulletins publiés" in result.output.replace("\u00a0", " ")
    assert f"Pour : {held.expected[0][1]}" in result.output.replace("\u00a0", " ")


def test_a_vote_without_result_is_no_success(held: Held, tmp_path: Path) -> None:
    assert run(publish_pieces(held.pieces()[:-1]), tmp_path).exit_code == 3


def test_a_false_vote_is_refused(held: Held, tmp_path: Path) -> None:
    content = bytearray(publish_pieces(held.pieces()))
    content[-600] ^= 1
    result = run(bytes(content), tmp_path)
    assert result.exit_code == 1
    assert "refusé" in result.output
