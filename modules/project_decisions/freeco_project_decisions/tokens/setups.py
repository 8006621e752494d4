"""What a vote by tokens is, fixed before the first token: all read it, nobody changes it."""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gmpy2 import mpz

from freeco_project_decisions.sealed.elections import Election, read_election
from freeco_project_decisions.sealed.errors import Unsound
from freeco_project_decisions.sealed.questions import Question
from freeco_project_decisions.sealed.trustees import Trustees, read_trustees
from freeco_project_decisions.sealed.writing import compact, fields, read
from freeco_project_decisions.tokens import blind

VERSION = 3
"""1 and 2 were never voted with: a trustee could have had a false part proven (``Form``)."""
SUITE = "RSABSSA-SHA384-PSS-Randomized"


@dataclass(frozen=True)
class Signer:
    """Who signs tokens: the site, or another cooperative."""

    name: str
    key: bytes
    """Its public key for this vote: SubjectPublicKeyInfo."""


@dataclass(frozen=True)
class Setup:
    """The question to the letter, the trustees who open, the signers, and how many may vote."""

    question: str
    """What the poll froze (``Poll.frozen_text``)."""
    election: Election
    """The key of the ballots, as the trustees' tools read it; its question is a stand-in."""
    trustees: Trustees
    signers: tuple[Signer, ...]
    electors: int
    casts_from: datetime
    """When tokens are no longer given, and ballots are taken."""
    text: str = field(init=False)

    def __post_init__(self) -> None:
        """Write the text once."""
        object.__setattr__(self, "text", compact(self._written()))

    @property
    def identifier(self) -> str:
        """The identifier of the vote."""
        return self.election.identifier

    @property
    def public_key(self) -> mpz:
        """The key that ballots are locked with."""
        return self.election.public_key

    def _written(self) -> dict[str, Any]:
        return {
            "version": VERSION,
            "suite": SUITE,
            "question": self.question,
            "election": self.election.text,
            "trustees": self.trustees.text,
            "signers": [{"name": each.name, "key": base64_of(each.key)} for each in self.signers],
            "electors": self.electors,
            "casts_from": self.casts_from.isoformat(),
        }


def election_for(identifier: str, name: str, trustees: Trustees) -> Election:
    """Make the election whose key ballots are locked with: what trustees' tools ask for."""
    question = Question("Bulletins", ("Bulletin",))
    return Election(identifier, name, "", (question,), trustees.public_key)


def read_setup(text: str) -> Setup:
    """Read the setup of a vote by tokens; raises ``Unsound``."""
    version, suite, question, election, trustees, signers, electors, casts_from = fields(
        read(text),
        "version",
        "suite",
        "question",
        "election",
        "trustees",
        "signers",
        "electors",
        "casts_from",
    )
    if type(version) is not int or (version, suite) != (VERSION, SUITE):
        raise Unsound(f"version {version} of the tokens, with {suite}")
    if not all(isinstance(each, str) for each in (question, election, trustees, casts_from)):
        raise Unsound("the setup of a vote is text")
    if not isinstance(signers, list) or not signers or type(electors) is not int:
        raise Unsound("a vote by tokens has signers and electors")
    setup = Setup(
        question,
        read_election(election),
        read_trustees(trustees),
        tuple(map(_signer, signers)),
        electors,
        _instant(casts_from),
    )
    require_apart(setup.signers)
    if setup.election.public_key != setup.trustees.public_key:
        raise Unsound("the key of the vote is not the trustees'")
    if setup.text != text:
        raise Unsound("the setup is not in its one form")
    return setup


def require_apart(signers: Sequence[Signer]) -> None:
    """Check that each signer has a key of their own; raises ``Unsound``."""
    if len({each.key for each in signers}) != len(signers):
        raise Unsound("two signers have the same key")


def _signer(content: object) -> Signer:
    name, key = fields(content, "name", "key")
    if not isinstance(name, str) or not name:
        raise Unsound("a signer has a name")
    spki = of_base64(key)
    blind.read_public(spki)
    return Signer(name, spki)


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as broken:
        raise Unsound("an instant cannot be read") from broken
    if instant.tzinfo is None:
        raise Unsound("an instant has a zone")
    return instant


def base64_of(content: bytes) -> str:
    """Write bytes as text."""
    return b64encode(content).decode()


def of_base64(text: object) -> bytes:
    """Read bytes written as text, in their one form; raises ``Unsound`` for anything else."""
    if not isinstance(text, str):
        raise Unsound("text in base 64 was expected")
    try:
        content = b64decode(text, validate=True)
    except ValueError as broken:
        raise Unsound("text in base 64 was expected") from broken
    if base64_of(content) != text:
        raise Unsound("text in base 64 is not in its one form")
    return content
