"""``freeco vote verify``: anybody checks a secret vote from its file alone."""

import re
from hashlib import sha256
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


def fingerprints(told: Result) -> dict[str, str]:
    """Return what is to be compared with the public record, by the kind of its statement."""
    return dict(re.findall(r"\((poll\.\w+)\)\s*: ([0-9a-f]{64})", told.output))


def test_another_election_of_the_same_words_has_other_fingerprints(
    held: Held, tmp_path: Path
) -> None:
    content, other = publish_pieces(held.pieces()), hold(2, seed=8)
    shown, theirs = (
        fingerprints(run(each, tmp_path)) for each in (content, publish_pieces(other.pieces()))
    )
    assert list(shown) == ["poll.sealed", "poll.ballots", "poll.closed", "poll.counted"]
    assert shown["poll.counted"] == sha256(content).hexdigest()
    assert not set(shown.values()) & set(theirs.values())


def test_one_ballot_more_is_seen_in_what_the_record_has_of_the_last(
    held: Held, tmp_path: Path
) -> None:
    whole, less = held.pieces(), held.pieces()[:2]
    shown = [fingerprints(run(publish_pieces(each), tmp_path)) for each in (whole, less)]
    assert shown[0]["poll.sealed"] == shown[1]["poll.sealed"]
    assert shown[0]["poll.ballots"] != shown[1]["poll.ballots"]
