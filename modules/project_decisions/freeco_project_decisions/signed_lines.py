"""A few lines signed by a community's record: what somebody keeps, and shows to anybody.

A signed note (c2sp.org/signed-note), whose first line keeps it apart from the record's own notes,
and from those of another kind.
"""

from collections.abc import Sequence

from freeco.members.models import Community
from freeco.record.errors import BadSignature, Malformed, NotSigned
from freeco.record.keys import signers
from freeco.record.note import Note, VerifierKey
from freeco.record.stating import log_of


def sign_lines(community: Community, first: str, lines: Sequence[str]) -> str:
    """Sign lines with the key of the community's record; nothing in a rehearsal, which has none.

    No hour stands in them: the same lines are signed the same. Raises ``KeyMissing``.
    """
    if community.rehearsal:
        return ""
    log = log_of(community)
    note = Note("\n".join((first, log.origin, *lines)) + "\n")
    for key in signers(log):
        note = note.signed_by(key)
    return str(note)


def read_lines(text: str, first: str, key: VerifierKey) -> tuple[str, ...]:
    """Read such lines with the public key of a record, without the first and the record's name.

    Raises ValueError when they are not signed by it, or are of another kind.
    """
    try:
        note = Note.read(text.strip() + "\n")
        note.check(key)
    except (Malformed, NotSigned, BadSignature) as broken:
        raise ValueError("this is not signed by that record") from broken
    kind, *lines = note.text.rstrip("\n").split("\n")
    if kind != first or not lines or lines[0] != key.name:
        raise ValueError(f"this is no {first} of that record")
    return tuple(lines[1:])
