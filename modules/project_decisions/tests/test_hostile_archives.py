"""Archives that somebody wrote to deceive: refused in a sentence, never with a crash."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from gmpy2 import mpz

from freeco_project_decisions.sealed.archives import Archive, Step
from freeco_project_decisions.sealed.credentials import public_of
from freeco_project_decisions.sealed.elections import read_credentials, write_credentials
from freeco_project_decisions.sealed.errors import Unsound
from freeco_project_decisions.sealed.questions import Question
from freeco_project_decisions.sealed.trustees import (
    PublicKey,
    Trustees,
    draw_key,
    publish,
    read_trustees,
)
from freeco_project_decisions.sealed.verifying import verify
from freeco_project_decisions.sealed.writing import compact, digest, plain, read
from freeco_project_decisions.secret.codes import read_file
from freeco_project_decisions.secret.errors import CodesUnsound
from freeco_project_decisions.secret.verify_command import verify_archive
from freeco_project_decisions.testing import BEGAN, Held, Pieces, hold, publish_pieces


@pytest.fixture(scope="module")
def held() -> Held:
    """Hold one election for all."""
    return hold(2)


def rewritten(pieces: Pieces, change: Callable[[str], str]) -> bytes:
    """Publish an election whose end of the vote is written otherwise, and chained as it is."""
    archive, parent, height = Archive(BEGAN), "", 0
    for step, payload, files in pieces:
        for text in files:
            archive.hold(text)
        event = {
            **({"parent": parent} if parent else {}),
            "height": height,
            "type": step.value,
            **({"payload": archive.hold(payload)} if payload is not None else {}),
        }
        text = change(compact(event)) if step is Step.END else compact(event)
        archive.append(f"{digest(text)}.event.json", text)
        parent, height = digest(text), height + 1
    return bytes(archive.content)


def with_payload(payload: object) -> Callable[[str], str]:
    """Give what an event names."""
    return lambda text: compact({**read(text), "payload": payload})


def test_the_end_of_a_vote_that_is_written_as_it_should_is_accepted(held: Held) -> None:
    pieces = held.pieces()
    assert rewritten(pieces, str) == publish_pieces(pieces)


@pytest.mark.parametrize("payload", [None, [], ["a"], {}, 1, True, "", "no digest"])
def test_an_event_names_a_file_or_nothing(held: Held, payload: object, tmp_path: Path) -> None:
    content = rewritten(held.pieces(), with_payload(payload))
    with pytest.raises(Unsound):
        verify(content)
    file = tmp_path / "vote.bel"
    file.write_bytes(content)
    told = CliRunner().invoke(verify_archive, [str(file)])
    assert (told.exit_code, type(told.exception)) == (1, SystemExit)
    assert "refusé" in told.output


def test_a_code_that_everybody_has_is_refused(held: Held) -> None:
    mine = public_of(held.credentials[0], held.election.identifier)
    halves = write_credentials([mpz(1), mine])
    with pytest.raises(Unsound, match="n’importe qui"):
        read_credentials(halves)
    with pytest.raises(CodesUnsound):
        read_file(halves.encode())


def test_a_key_whose_secret_everybody_knows_is_refused() -> None:
    with pytest.raises(Unsound, match="prouvée"):
        PublicKey.read(publish(mpz(0)).written())


def test_one_key_is_not_two_trustees() -> None:
    (_mine, one), (_theirs, other) = draw_key(), draw_key()
    assert read_trustees(Trustees((one, other)).text).keys
    with pytest.raises(Unsound, match="la même clé"):
        read_trustees(Trustees((one, other, one)).text)


def test_two_answers_that_are_read_as_one_are_refused() -> None:
    with pytest.raises(Unsound, match="les mêmes"):
        Question.read(Question("Le hangar", ("Pour", "Pour")).written())


def test_the_words_of_a_file_do_not_write_its_result(tmp_path: Path) -> None:
    false = "Pour : 12\n  Contre : 0\x1b[8m\u202e"
    held = hold(2, [Question("Le hangar", ("Oui", false), blank=True)])
    file = tmp_path / "vote.bel"
    file.write_bytes(publish_pieces(held.pieces()))
    told = CliRunner().invoke(verify_archive, [str(file)])
    assert told.exit_code == 0
    assert "\n  Contre" not in told.output
    assert "\\n  Contre : 0\\x1b[8m\\u202e : " in told.output.replace("\u00a0", " ")


def test_what_is_printed_keeps_its_letters_and_its_spaces() -> None:
    assert plain("« L’été »\u00a0: 3\u202f000 €, 春") == "« L’été »\u00a0: 3\u202f000 €, 春"
    assert plain("a\rb\tc\u200bd\ud800") == "a\\rb\\tc\\u200bd\\ud800"
