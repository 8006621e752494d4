"""The election as everybody reads it: the questions, the key, and who holds its parts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from secrets import choice
from typing import Any

from gmpy2 import mpz

from freeco.i18n import _
from freeco_project_decisions.sealed.credentials import CHARACTERS
from freeco_project_decisions.sealed.errors import Malformed, Unsound
from freeco_project_decisions.sealed.groups import CRYPTO_VERSION, NAME, NEUTRAL, Base, belongs
from freeco_project_decisions.sealed.questions import Question
from freeco_project_decisions.sealed.writing import compact, fields, fingerprint, number, read

_IDENTIFIER = re.compile(f"[{CHARACTERS}]{{14,40}}")


def draw_identifier() -> str:
    """Draw the identifier of an election."""
    return "".join(choice(CHARACTERS) for _each in range(14))


@dataclass(frozen=True)
class Election:
    """What is voted on, frozen when the vote opens: its text is hashed in every ballot."""

    identifier: str
    name: str
    description: str
    questions: tuple[Question, ...]
    public_key: mpz
    text: str = field(init=False)
    """How it is published, to the letter."""
    fingerprint: str = field(init=False)
    key: Base = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Write the text once, and prepare the key."""
        object.__setattr__(self, "text", compact(self._written()))
        object.__setattr__(self, "fingerprint", fingerprint(self.text))
        object.__setattr__(self, "key", Base(self.public_key))

    def _written(self) -> dict[str, Any]:
        return {
            "version": CRYPTO_VERSION,
            "description": self.description,
            "name": self.name,
            "group": NAME,
            "public_key": str(self.public_key),
            "questions": [question.written() for question in self.questions],
            "uuid": self.identifier,
        }


def read_election(text: str) -> Election:
    """Read a published election.

    Raises ``Unsound`` for another version or group, a key that is not in the group, or a
    question that cannot be added up.
    """
    version, description, name, group, public_key, questions, identifier = fields(
        read(text), "version", "description", "name", "group", "public_key", "questions", "uuid"
    )
    if type(version) is not int or version != CRYPTO_VERSION or group != NAME:
        raise Malformed(
            _(
                "cryptographie version %(version)s dans le groupe %(group)s, inconnue",
                version=version,
                group=group,
            )
        )
    if not isinstance(description, str) or not isinstance(name, str):
        raise Malformed(_("une élection a un nom et une description"))
    if not isinstance(identifier, str) or not _IDENTIFIER.fullmatch(identifier):
        raise Malformed(_("une élection a un identifiant de lettres et de chiffres"))
    if not isinstance(questions, list) or not questions:
        raise Malformed(_("une élection demande quelque chose"))
    key = number(public_key)
    if not belongs(key) or key == NEUTRAL:
        raise Unsound(_("la clé de l’élection n’est pas dans le groupe"))
    return Election(identifier, name, description, tuple(map(Question.read, questions)), key)


def read_credentials(text: str) -> frozenset[mpz]:
    """Read the public credentials: numbers and nothing else beside them.

    Raises ``Unsound`` when one stands twice, is not in the group or is 1, and when a weight or a
    name stands next to it: Belenios's own tool writes the login there before it publishes.
    """
    listed = read(text)
    if not isinstance(listed, list):
        raise Malformed(_("les codes publics sont une liste"))
    credentials = [number(each) for each in listed]
    if len(set(credentials)) != len(credentials):
        raise Unsound(_("un code public est là deux fois"))
    if not all(map(belongs, credentials)):
        raise Unsound(_("un code public n’est pas dans le groupe"))
    if NEUTRAL in credentials:
        raise Unsound(_("un code public est le nombre 1 : n’importe qui voterait avec lui"))
    return frozenset(credentials)


def write_credentials(credentials: Sequence[mpz]) -> str:
    """Write public credentials in the order of their numbers, which says nothing."""
    return compact([str(each) for each in sorted(credentials)])
