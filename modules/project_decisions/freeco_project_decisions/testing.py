"""Whole sealed elections for tests: made by the real code, then changed as somebody might."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from gmpy2 import mpz

from freeco_project_decisions.sealed.archives import Archive, Step
from freeco_project_decisions.sealed.ballots import Ballot, cast
from freeco_project_decisions.sealed.credentials import draw_credential, public_of
from freeco_project_decisions.sealed.elections import (
    Election,
    draw_identifier,
    write_credentials,
)
from freeco_project_decisions.sealed.proofs import Form
from freeco_project_decisions.sealed.questions import Question
from freeco_project_decisions.sealed.tallying import (
    Tally,
    add_up,
    open_part,
    result_of,
    write_result,
)
from freeco_project_decisions.sealed.trustees import (
    Group,
    Member,
    Trustees,
    accept_part,
    draw_key,
    publish,
    secret_from,
)
from freeco_project_decisions.sealed.writing import compact

ACCOUNTS = Question("Approuvez-vous les comptes ?", ("Pour", "Contre"), blank=True)
SHED = Question("Le hangar", ("À rejeter", "Passable", "Bien", "Très bien"))
WORKS = Question("Quels travaux ?", ("Toit", "Puits", "Haie"), least=0, most=3)
BEGAN = 1_795_304_729

Answers = Sequence[Sequence[int]]
Pieces = list[tuple[Step, str | None, tuple[str, ...]]]
"""The events of an archive: each with the text of its payload and the files that come before."""


@dataclass(frozen=True)
class Held:
    """An election that was held, with the secrets that only a test knows together."""

    election: Election
    trustees: Trustees
    secrets: dict[int, mpz]
    credentials: list[str]
    answers: list[Answers]
    ballots: list[Ballot]

    @property
    def expected(self) -> list[list[int]]:
        """What a count in clear gives, without any cryptography."""
        return [
            [sum(answers[place][each] for answers in self.answers) for each in range(q.width)]
            for place, q in enumerate(self.election.questions)
        ]

    def tally(self) -> Tally:
        """Add the ballots up."""
        return add_up(self.election, self.ballots)

    def pieces(self, owners: Sequence[int] = (1, 2, 4)) -> Pieces:
        """Give the events of the archive, with the parts of these trustees."""
        election, trustees = self.election.text, self.trustees.text
        publics = write_credentials(
            [public_of(c, self.election.identifier) for c in self.credentials]
        )
        tally = self.tally()
        openings = {
            owner: open_part(self.secrets[owner], self.election, tally.sums, Form.BELENIOS)
            for owner in owners
        }
        return [
            (Step.SETUP, setup(election, trustees, publics), (election, trustees, publics)),
            *((Step.BALLOT, ballot.text, ()) for ballot in self.ballots),
            (Step.END, None, ()),
            (Step.TALLY, tally.sized_text, (tally.text,)),
            *(
                (Step.OPENING, owned(owner, opening.text), (opening.text,))
                for owner, opening in openings.items()
            ),
            (Step.RESULT, write_result(result_of(tally, self.trustees, openings)), ()),
        ]


def setup(election: str, trustees: str, credentials: str) -> str:
    """Write the payload of the first event."""
    archive = Archive(BEGAN)
    return compact(
        {
            "election": archive.hold(election),
            "trustees": archive.hold(trustees),
            "credentials": archive.hold(credentials),
        }
    )


def owned(owner: int, opening: str) -> str:
    """Write the payload of a trustee's event."""
    return compact({"owner": owner, "payload": Archive(BEGAN).hold(opening)})


def publish_pieces(pieces: Pieces) -> bytes:
    """Write an archive of these events, with the chain made again."""
    archive = Archive(BEGAN)
    for step, payload, files in pieces:
        for text in files:
            archive.hold(text)
        archive.happen(step, payload)
    return bytes(archive.content)


def hold(
    voters: int, questions: Sequence[Question] = (ACCOUNTS, SHED, WORKS), seed: int = 7
) -> Held:
    """Hold an election: a trustee alone, number 1, and three of whom two are enough."""
    alone, alone_key = draw_key()
    members = [Member.draw(2) for _each in range(3)]
    coefficients = tuple(member.coefficients() for member in members)
    parts = [
        secret_from(
            [
                accept_part(member.part_of(place), committed, place)
                for member, committed in zip(members, coefficients, strict=True)
            ]
        )
        for place in (1, 2, 3)
    ]
    group = Group(
        2,
        tuple(member.certificate() for member in members),
        coefficients,
        tuple(map(publish, parts)),
    )
    trustees = Trustees((alone_key, group))
    election = Election(
        draw_identifier(), "Assemblée générale", "Été 2026", tuple(questions), trustees.public_key
    )
    credentials = [draw_credential() for _each in range(voters)]
    chance = Random(seed)
    answers: list[Answers] = [
        [choose(question, chance) for question in questions] for _each in credentials
    ]
    ballots = [
        cast(election, credential, chosen)
        for credential, chosen in zip(credentials, answers, strict=True)
    ]
    secrets = {1: alone, **dict(enumerate(parts, start=2))}
    return Held(election, trustees, secrets, credentials, answers, ballots)


def choose(question: Question, chance: Random) -> list[int]:
    """Answer a question at random, blank sometimes."""
    chosen = [0] * question.width
    if question.blank and chance.random() < 0.25:
        chosen[0] = 1
        return chosen
    many = chance.randint(question.least, question.most)
    for each in chance.sample(range(question.blank, question.width), many):
        chosen[each] = 1
    return chosen


def belenios_accepts(content: bytes, identifier: str, folder: Path) -> bool:
    """Ask Belenios's own tool, of Debian, whether an archive is sound."""
    (folder / f"{identifier}.bel").write_bytes(content)
    answer = subprocess.run(
        ["belenios-tool", "election", "verify", "--dir", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.returncode == 0
