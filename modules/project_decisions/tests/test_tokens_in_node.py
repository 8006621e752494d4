"""The scripts of the pages make tokens and ballots that the server takes, opens and counts."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import freeco_project_decisions
from freeco.clock import held_at
from freeco.db import db
from freeco.members.models import Member
from freeco_project_decisions.polls.models import Method, Poll
from freeco_project_decisions.tokens import casting, issuing, reading
from freeco_project_decisions.tokens.setups import base64_of, of_base64
from freeco_project_decisions.tokens.testing import CASTING, begin, close, open_all
from freeco_project_decisions.tokens.verifying import verify_board

SCRIPTS = Path(freeco_project_decisions.__file__).parent / "static"
LIBRARY = Path(__file__).parents[3] / "core/freeco/web/static/npm/blindrsa/blindrsa.js"
NPM = pytest.mark.skipif(not LIBRARY.exists(), reason="npm copied nothing: make front")
NODE = Path(__file__).parent / "token_in_node.mjs"


@NPM
def test_a_token_and_ballots_of_the_browser_are_counted(
    ask: Callable[..., Poll], people: list[Member]
) -> None:
    votes, secrets = begin(ask(Method.SCHULZE, "Toit", "Puits", opened=False), people)
    command = ["node", str(NODE), str(SCRIPTS), str(LIBRARY)]
    with subprocess.Popen(
        command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as browser:

        def tell(**what: object) -> None:
            assert browser.stdin is not None
            browser.stdin.write(json.dumps(what) + "\n")
            browser.stdin.flush()

        def hear() -> dict[str, Any]:
            assert browser.stdout is not None
            answer: dict[str, Any] = json.loads(browser.stdout.readline())
            return answer

        tell(setup=json.loads(votes.setup))
        asked = hear()
        blinded = [of_base64(each) for each in asked["blinded"]]
        signed = issuing.ask(votes.poll, people[0], blinded)
        db.session.commit()
        tell(signatures=[base64_of(each) for each in signed if each is not None])
        kept = hear()
        tell(marks=[[1, 2], [2, 1]] * 4)
        ballots = [hear() for _each in range(8)]
    assert (asked["whole"], kept) == (False, {"whole": True, "other": None})
    with held_at(CASTING):
        for each in ballots:
            # One that was not lowered would be refused, as about half are drawn.
            assert casting.cast(votes, each["text"]).tracker == each["tracker"]
        db.session.commit()
    close(votes)
    open_all(votes, secrets)
    counted = verify_board(reading.export(votes)).counted
    assert counted is not None
    assert counted.marks == (bytes([2, 1]),)
