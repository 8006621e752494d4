"""The script of the voting page seals what the server and Belenios's tool accept."""

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

import freeco_project_decisions
from freeco_project_decisions.sealed.ballots import read_ballot
from freeco_project_decisions.sealed.credentials import public_of
from freeco_project_decisions.sealed.verifying import require_result, verify
from freeco_project_decisions.testing import Answers, Held, belenios_accepts, hold, publish_pieces

SCRIPT = Path(freeco_project_decisions.__file__).parent / "static" / "sealing.js"
NODE = Path(__file__).parent / "seal_in_node.mjs"


def seal_in_node(held: Held, answers: list[Answers]) -> list[dict[str, str]]:
    """Seal answers as the browser does, one ballot for each credential."""
    lines = [
        json.dumps({"election": held.election.text, "credential": credential, "answers": chosen})
        for credential, chosen in zip(held.credentials, answers, strict=True)
    ]
    run = subprocess.run(
        ["node", NODE, SCRIPT], input="\n".join(lines), capture_output=True, text=True, check=True
    )
    return [json.loads(line) for line in run.stdout.splitlines()]


def test_ballots_of_the_browser_are_counted_with_those_of_the_server(tmp_path: Path) -> None:
    held = hold(6)
    credentials = {public_of(each, held.election.identifier) for each in held.credentials}
    sealed = seal_in_node(held, held.answers)
    ballots = [read_ballot(held.election, credentials, each["ballot"]) for each in sealed]
    assert [ballot.tracker for ballot in ballots] == [each["tracker"] for each in sealed]
    content = publish_pieces(replace(held, ballots=ballots).pieces())
    assert [list(row) for row in require_result(verify(content))] == held.expected
    assert belenios_accepts(content, held.election.identifier, tmp_path)


def test_an_answer_that_is_not_allowed_is_not_sealed_by_the_browser() -> None:
    held = hold(1)
    with pytest.raises(subprocess.CalledProcessError, match="non-zero"):
        seal_in_node(held, [[[1, 1, 0], *held.answers[0][1:]]])
