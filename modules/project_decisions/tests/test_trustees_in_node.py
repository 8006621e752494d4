"""The scripts of trustees and of codes do what the server's code does: each reads the other."""

import json
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gmpy2 import mpz

import freeco_project_decisions
from freeco_project_decisions.sealed.ballots import cast
from freeco_project_decisions.sealed.boxes import lock_box, open_box, read_box
from freeco_project_decisions.sealed.commitments import Signed
from freeco_project_decisions.sealed.credentials import draw_credential, public_of, read_credential
from freeco_project_decisions.sealed.elections import Election, draw_identifier
from freeco_project_decisions.sealed.errors import Unsound
from freeco_project_decisions.sealed.kept_keys import (
    KeptKey,
    Opens,
    WrongPassphrase,
    lock_key,
    unlock_key,
)
from freeco_project_decisions.sealed.proofs import Form
from freeco_project_decisions.sealed.tallying import read_opening
from freeco_project_decisions.sealed.trustees import (
    Group,
    Member,
    PublicKey,
    Trustees,
    accept_part,
    publish,
    secret_from,
)
from freeco_project_decisions.sealed.verifying import require_result, verify
from freeco_project_decisions.sealed.writing import compact
from freeco_project_decisions.testing import ACCOUNTS, SHED, Answers, Held, hold, publish_pieces

STATIC = Path(freeco_project_decisions.__file__).parent / "static"
SCRIPTS = [STATIC / name for name in ("sealing.js", "codes.js", "trustee.js", "sums.js")]
NODE = Path(__file__).parent / "trustee_in_node.mjs"
WORDS = "un panier d’été"
LATE = "un panier d’e\u0301te\u0301"
"""The same words as another keyboard writes them."""


class Browser:
    """The scripts, running in Node."""

    def __init__(self) -> None:
        self.node = subprocess.Popen(
            ["node", NODE, *SCRIPTS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def asked(self, act: str, **given: object) -> dict[str, Any]:
        """Do one thing; return what was done, or the word of a refusal."""
        assert self.node.stdin is not None
        assert self.node.stdout is not None
        self.node.stdin.write(json.dumps({"act": act, **given}) + "\n")
        self.node.stdin.flush()
        answer: dict[str, Any] = json.loads(self.node.stdout.readline())
        return answer

    def does(self, act: str, **given: object) -> Any:
        """Do one thing that is not refused."""
        answer = self.asked(act, **given)
        assert "done" in answer, answer
        return answer["done"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    browser = Browser()
    yield browser
    browser.node.terminate()
    browser.node.communicate()


class Trio:
    """Two trustees in the browser and one with the command line, of whom two are enough."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.identifier = draw_identifier()
        self.third = KeptKey(self.identifier, Opens.SUM, 3, 2, Member.draw(2))
        files = [
            browser.does(
                "draw",
                election=self.identifier,
                opens="sum",
                place=place,
                threshold=2,
                passphrase=WORDS,
            )
            for place in (1, 2)
        ]
        self.files = [*files, lock_key(self.third, WORDS)]
        self.certificates = [self.step("commit", place)["certificate"] for place in (1, 2)]
        self.certificates.append(self.third.member.certificate().written())
        sent = [self.step("parts", place) for place in (1, 2)]
        self.coefexps = [*(each["coefexps"] for each in sent)]
        self.coefexps.append(self.third.member.coefficients().written())
        self.parts = [*(each["parts"] for each in sent)]
        self.parts.append([self._from_third(1), self._from_third(2), None])

    def _from_third(self, place: int) -> dict[str, str]:
        encryption = mpz(json.loads(self.certificates[place - 1]["message"])["encryption"])
        part = str(self.third.member.part_of(place)).encode()
        box = lock_box(encryption, part, f"part|{self.identifier}|3|{place}")
        written: dict[str, str] = json.loads(box.text)
        return written

    def step(self, name: str, place: int) -> Any:
        """Do a step in the browser."""
        return self.browser.does("step", **self.asked(name, place))

    def asked(self, name: str, place: int) -> dict[str, object]:
        """Give the trustee's file, and the task as the page has it."""
        task = {
            "step": name,
            "certificates": getattr(self, "certificates", []),
            "coefexps": getattr(self, "coefexps", []),
            "parts": [boxes[place - 1] for boxes in getattr(self, "parts", [])],
        }
        return {"file": self.files[place - 1], "passphrase": LATE, "task": task}

    def secret_of(self, place: int) -> mpz:
        """Make a trustee's secret as the command line does, from the same file."""
        member = unlock_key(self.files[place - 1], WORDS).member
        parts = [member.part_of(place)]
        for sender, boxes in enumerate(self.parts, start=1):
            if sender == place:
                continue
            box = read_box(compact(boxes[place - 1]))
            part = open_box(box, member.decryption, f"part|{self.identifier}|{sender}|{place}")
            committed = Signed.read(self.coefexps[sender - 1])
            parts.append(accept_part(mpz(part.decode()), committed, place))
        return secret_from(parts)

    def group(self) -> Group:
        """Make the group as the site does, checking all of it."""
        keys = [PublicKey.read(self.step("check", place)["key"]) for place in (1, 2)]
        group = Group(
            2,
            tuple(map(Signed.read, self.certificates)),
            tuple(map(Signed.read, self.coefexps)),
            (*keys, publish(self.secret_of(3))),
        )
        group.check()
        return group


@pytest.fixture(scope="module")
def trio(browser: Browser) -> Trio:
    return Trio(browser)


@pytest.fixture(scope="module")
def held(trio: Trio) -> Held:
    """Give three ballots sealed to the trio's key."""
    trustees = Trustees((trio.group(),))
    election = Election(trio.identifier, "Hangar", "", (ACCOUNTS, SHED), trustees.public_key)
    codes = [draw_credential() for _each in range(3)]
    answers: list[Answers] = [
        [[1, 0, 0], [0, 0, 1, 0]],
        [[0, 1, 0], [0, 0, 0, 1]],
        [[0, 1, 0], [0, 0, 0, 1]],
    ]
    ballots = [cast(election, code, each) for code, each in zip(codes, answers, strict=True)]
    secrets = {place: trio.secret_of(place) for place in (1, 2, 3)}
    return Held(election, trustees, secrets, codes, answers, ballots)


def until_the_sum(held: Held) -> str:
    """Publish an archive that awaits its trustees, as the page receives it."""
    return b64encode(publish_pieces(held.pieces(owners=(1, 2))[:-3])).decode()


def test_what_the_browser_opens_is_the_result(browser: Browser, trio: Trio, held: Held) -> None:
    opened = browser.does("open", **trio.asked("open", 2), archive=until_the_sum(held))
    assert (opened["ballots"], opened["codes"], opened["ours"]) == (3, 3, True)
    shown = verify(publish_pieces(held.pieces(owners=(1, 2))[:-3]))
    assert (opened["setup"], opened["end"]) == (shown.setup_digest, shown.closed_digest)
    key, sums = held.trustees.keys[1], held.tally().sums
    for name, form in (("opening", Form.BELENIOS), ("bound", Form.BOUND)):
        read_opening(compact(opened[name]), held.election, sums, key, form)
    content = publish_pieces(held.pieces(owners=(2, 3)))
    assert [list(row) for row in require_result(verify(content))] == held.expected


def test_the_browser_opens_no_sum_but_that_of_all_ballots(
    browser: Browser, trio: Trio, held: Held
) -> None:
    pieces = held.pieces(owners=(1, 2))[:-3]
    pieces = [piece for piece in pieces if piece[1] != held.ballots[0].text]
    archive = b64encode(publish_pieces(pieces)).decode()
    answer = browser.asked("open", **trio.asked("open", 1), archive=archive)
    assert answer == {"refused": "other-sum"}


def test_the_browser_sees_that_a_vote_is_not_closed_with_its_key(
    browser: Browser, trio: Trio
) -> None:
    other = publish_pieces(hold(3).pieces()[:-4])
    opened = browser.does("open", **trio.asked("open", 1), archive=b64encode(other).decode())
    assert opened["ours"] is False


def test_the_browser_counts_no_ballot_that_was_changed(
    browser: Browser, trio: Trio, held: Held
) -> None:
    first, second = held.ballots[0].text, held.ballots[1].text
    start = second.index('"answers"')
    mixed = first[: first.index('"answers"')] + second[start:]
    pieces = held.pieces(owners=(1, 2))[:-3]
    swapped = [
        (step, mixed if payload == first else payload, files) for step, payload, files in pieces
    ]
    archive = b64encode(publish_pieces(swapped)).decode()
    answer = browser.asked("open", **trio.asked("open", 1), archive=archive)
    assert answer == {"refused": "ballot"}


def test_a_part_that_is_not_what_was_committed_to_is_refused(browser: Browser, trio: Trio) -> None:
    asked = trio.asked("check", 1)
    member = unlock_key(trio.files[0], WORDS).member
    encryption = publish(member.decryption).element
    false = lock_box(encryption, b"12345", f"part|{trio.identifier}|3|1")
    task = asked["task"]
    assert isinstance(task, dict)
    task["parts"][2] = json.loads(false.text)
    assert browser.asked("step", **asked) == {"refused": "part"}


def test_a_trustee_sees_that_another_key_stands_in_their_place(
    browser: Browser, trio: Trio
) -> None:
    asked = trio.asked("parts", 1)
    task = asked["task"]
    assert isinstance(task, dict)
    task["certificates"] = list(reversed(trio.certificates))
    assert browser.asked("step", **asked) == {"refused": "other-key"}


def test_a_wrong_passphrase_opens_no_file_here_nor_there(browser: Browser, trio: Trio) -> None:
    asked = {**trio.asked("commit", 3), "passphrase": "un panier d’hiver"}
    assert browser.asked("step", **asked) == {"refused": "passphrase"}
    with pytest.raises(WrongPassphrase):
        unlock_key(trio.files[0], "un panier d’hiver")


@pytest.mark.parametrize("file", ["", "{}", '{"freeco":"trustee"}', "[1]", '"trustee"'])
def test_a_file_of_something_else_is_no_trustee_s(browser: Browser, file: str) -> None:
    asked = {"file": file, "passphrase": WORDS, "task": {"step": "commit"}}
    assert browser.asked("step", **asked) == {"refused": "file"}
    with pytest.raises(Unsound):
        unlock_key(file, WORDS)


def test_a_trustee_alone_proves_their_key(browser: Browser) -> None:
    alone = {"election": "x" * 14, "opens": "ballots", "place": 1, "threshold": 1}
    file = browser.does("draw", **alone, passphrase=WORDS)
    assert unlock_key(file, WORDS).opens is Opens.BALLOTS
    answer = browser.does("step", file=file, passphrase=WORDS, task={"step": "key"})
    (secret,) = unlock_key(file, WORDS).member.polynomial
    assert PublicKey.read(answer["key"]).element == publish(secret).element


def test_a_code_made_in_the_browser_is_what_the_server_makes_of_it(browser: Browser) -> None:
    identifier = draw_identifier()
    made = browser.does("code", election=identifier)
    assert read_credential(made["code"]) == made["code"]
    assert mpz(made["publicHalf"]) == public_of(made["code"], identifier)


def test_a_code_is_read_as_people_type_it_and_a_slip_is_seen(browser: Browser) -> None:
    code = draw_credential()
    assert browser.does("read", typed=f" {code} ") == code
    assert browser.does("read", typed=code.replace("-", "\u00a0 ")) == code
    slip = code[:-1] + ("2" if code[-1] == "1" else "1")
    assert browser.does("read", typed=slip) is None
    assert browser.does("read", typed=code[:-1]) is None


def test_ballots_by_token_are_opened_by_the_browser_in_the_form_that_binds(
    browser: Browser, trio: Trio, held: Held
) -> None:
    election, key = held.election, held.trustees.keys[0]
    sums = (tuple(each.answers[0][0] for each in held.ballots),)
    asked = trio.asked("open", 1)
    task = asked["task"]
    assert isinstance(task, dict)
    written = compact([[each.written() for each in row] for row in sums])
    task |= {"election": election.text, "sums": written, "form": "bound"}
    opened = browser.does("openEach", **asked)["opening"]
    read_opening(opened, election, sums, key, Form.BOUND)
    with pytest.raises(Unsound):
        read_opening(opened, election, sums, key, Form.BELENIOS)
    # A form that is forgotten is refused, not taken for another.
    for form in (None, "", "decrypt"):
        task["form"] = form
        assert browser.asked("openEach", **asked) == {"refused": "broken"}
