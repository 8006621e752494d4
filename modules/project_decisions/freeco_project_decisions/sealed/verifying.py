"""Checking all of an election that somebody published, without believing anybody.

Specification, section 3.5, and what released tools were seen to let pass: an election without a
result, a sum that is not of its ballots, a number of ballots that is not theirs, the same ballot
again, a ballot whose proofs do not hold, a name next to a credential.
"""

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cache

from gmpy2 import mpz

from freeco.i18n import _
from freeco_project_decisions.sealed.archives import Event, Published, Step, read_archive
from freeco_project_decisions.sealed.ballots import Ballot, read_ballot
from freeco_project_decisions.sealed.elections import Election, read_credentials, read_election
from freeco_project_decisions.sealed.errors import Malformed, Unsound
from freeco_project_decisions.sealed.proofs import Form
from freeco_project_decisions.sealed.tallying import (
    Opening,
    Tally,
    add_up,
    read_opening,
    result_of,
    write_result,
)
from freeco_project_decisions.sealed.trustees import Trustees, read_trustees
from freeco_project_decisions.sealed.writing import digest, fields, read

_AT_A_TIME = 25
"""Ballots handed to a process at once."""


@dataclass(frozen=True)
class Verified:
    """What an archive says, once every proof in it was checked."""

    election: Election
    trustees: Trustees
    enrolled: int
    """How many credentials there are."""
    ballots: tuple[Ballot, ...]
    """All ballots, in the order they were published; the last of each credential counts."""
    counted: int | None
    """How many count; none while the vote is not over."""
    result: tuple[tuple[int, ...], ...] | None
    """For each question, how many chose each answer, blank first; none before the count."""
    setup_digest: str
    """SHA-256 of the event that fixed the election: what the site states when it opens."""
    last_digest: str
    """Of the last ballot's event, chained to all before it: what it states of the last batch.

    That of the setup where nobody voted.
    """
    closed_digest: str
    """Of the sum's event, chained to all ballots: what it states of the end. Empty before."""


def verify(content: bytes, processes: Executor | None = None) -> Verified:
    """Check an archive from its first byte to its last; the ballots in parallel when asked.

    An archive may stop anywhere: ``result`` says whether the election is over, and
    ``require_result`` refuses one that is not. Raises ``Unsound``, saying what is wrong.
    """
    published = read_archive(content)
    steps = _Steps(published)
    election, trustees, credentials_text = steps.setup()
    credentials = read_credentials(credentials_text)
    texts = steps.ballots()
    ballots = _read_all(election, credentials_text, texts, processes)
    tally = steps.tally(election, ballots)
    result = steps.result(election, trustees, tally) if tally else None
    steps.finish()
    voted = published.events[: 1 + len(ballots)]
    # The sum's event comes after the one that ends the vote.
    summed = published.events[len(voted) + 1 : len(voted) + 2]
    return Verified(
        election,
        trustees,
        len(credentials),
        tuple(ballots),
        tally.ballots if tally else None,
        result,
        digest(voted[0].text),
        digest(voted[-1].text),
        digest(summed[0].text) if summed else "",
    )


def require_result(verified: Verified) -> Sequence[Sequence[int]]:
    """Return the result; raises ``Unsound`` when the election has none."""
    if verified.result is None:
        raise Unsound(_("l’élection n’a pas de résultat"))
    return verified.result


class _Steps:
    """The events of an archive, taken one after the other in the only order there is."""

    def __init__(self, published: Published) -> None:
        self._files = published.files
        self._left = deque(published.events)
        self._named: set[str] = set()

    def setup(self) -> tuple[Election, Trustees, str]:
        """Read what was fixed before anybody voted."""
        names = fields(
            read(self._payload(self._expect(Step.SETUP))), "election", "trustees", "credentials"
        )
        election_text, trustees_text, credentials_text = map(self._file, names)
        election, trustees = read_election(election_text), read_trustees(trustees_text)
        if election.text != election_text:
            raise Malformed(_("l’élection n’est pas écrite comme la spécification le dit"))
        if election.public_key != trustees.public_key:
            raise Unsound(_("la clé de l’élection n’est pas celle de ses dépositaires"))
        return election, trustees, credentials_text

    def ballots(self) -> list[str]:
        """Take the ballots, up to the end of the vote."""
        texts = []
        while self._left and self._left[0].step is Step.BALLOT:
            event = self._left.popleft()
            if event.payload in self._named:
                raise Unsound(_("le même bulletin est là deux fois"))
            texts.append(self._payload(event))
        return texts

    def tally(self, election: Election, ballots: Sequence[Ballot]) -> Tally | None:
        """Compare the published sum with the one computed again; none before the vote's end."""
        if not self._left:
            return None
        if self._expect(Step.END).payload is not None:
            raise Malformed(_("la ligne qui dit la fin du vote contient autre chose"))
        if not self._left:
            return None
        tally = add_up(election, ballots)
        if self._payload(self._expect(Step.TALLY)) != tally.sized_text:
            raise Unsound(
                _("la somme publiée, ou le nombre de bulletins, n’est pas celle des bulletins")
            )
        self._file(digest(tally.text))
        return tally

    def result(
        self, election: Election, trustees: Trustees, tally: Tally
    ) -> tuple[tuple[int, ...], ...] | None:
        """Check each trustee's part and the result; none before it is published."""
        openings: dict[int, Opening] = {}
        keys = trustees.keys
        while self._left and self._left[0].step is Step.OPENING:
            owner, name = fields(read(self._payload(self._left.popleft())), "owner", "payload")
            if type(owner) is not int or not 1 <= owner <= len(keys) or owner in openings:
                raise Unsound(
                    _("une ouverture n’est d’aucun dépositaire, ou d’un qui a déjà ouvert")
                )
            openings[owner] = read_opening(
                self._file(name), election, tally.sums, keys[owner - 1], Form.BELENIOS
            )
        if not self._left:
            return None
        result = result_of(tally, trustees, openings)
        if self._payload(self._expect(Step.RESULT)) != write_result(result):
            raise Unsound(_("le résultat publié n’est pas celui qu’ouvrent les sommes"))
        return tuple(map(tuple, result))

    def finish(self) -> None:
        """Refuse what is left: an event out of its place, or a file that nothing names."""
        if self._left:
            raise Unsound(_("l’étape %(step)s n’est pas à sa place", step=self._left[0].step))
        if set(self._files) - self._named:
            raise Unsound(_("un fichier n’est nommé par aucune étape"))

    def _expect(self, step: Step) -> Event:
        if not self._left or self._left[0].step is not step:
            raise Unsound(_("l’étape %(step)s était attendue", step=step))
        return self._left.popleft()

    def _payload(self, event: Event) -> str:
        if event.payload is None:
            raise Malformed(_("l’étape %(step)s ne nomme aucun fichier", step=event.step))
        return self._file(event.payload)

    def _file(self, name: object) -> str:
        if not isinstance(name, str) or name not in self._files:
            raise Unsound(_("un fichier manque"))
        self._named.add(name)
        return self._files[name]


def _read_all(
    election: Election, credentials_text: str, texts: Sequence[str], processes: Executor | None
) -> list[Ballot]:
    if processes is None:
        credentials = read_credentials(credentials_text)
        return [read_ballot(election, credentials, text) for text in texts]
    some = [texts[start : start + _AT_A_TIME] for start in range(0, len(texts), _AT_A_TIME)]
    setup = (election.text, credentials_text)
    read = processes.map(_read_some, [setup] * len(some), some)
    return [ballot for ballots in read for ballot in ballots]


def _read_some(setup: tuple[str, str], texts: Sequence[str]) -> list[Ballot]:
    """Read ballots in another process, which reads the election once."""
    election, credentials = _known(*setup)
    return [read_ballot(election, credentials, text) for text in texts]


@cache
def _known(election_text: str, credentials_text: str) -> tuple[Election, frozenset[mpz]]:
    return read_election(election_text), read_credentials(credentials_text)
