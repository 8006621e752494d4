"""The head of a record as it leaves the site: on paper, in letters, where nobody can amend it."""

from base64 import b64encode
from dataclasses import dataclass
from datetime import date

from freeco.members.models import Community
from freeco.record import reading
from freeco.record.codes import local_day

GROUP = 4
"""Letters that an eye compares at a time."""


@dataclass(frozen=True)
class Head:
    """What is signed of a record, and when."""

    origin: str
    size: int
    root: str
    """In Base64, as in the checkpoint."""
    day: date

    @property
    def groups(self) -> tuple[str, ...]:
        """Part the root in groups short enough to be compared by eye."""
        return tuple(self.root[at : at + GROUP] for at in range(0, len(self.root), GROUP))


def head_of(community: Community) -> Head | None:
    """Return the head of a community's record; none before its first seal, nor in a rehearsal."""
    log = None if community.rehearsal else reading.log_if_any(community)
    seal = reading.latest_checkpoint(log) if log is not None else None
    if log is None or seal is None:
        return None
    root = b64encode(seal.root).decode()
    return Head(log.origin, seal.size, root, local_day(community, seal.signed_at))
