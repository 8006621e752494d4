"""A walk over every page: follow each link a reader sees, then ask for what no link reaches.

Nothing here knows today's pages. A walk begins where people arrive, follows the links and the
searches of each page it gets, and then fills the addresses of the URL map that no link led to
with the values it has met on the way. It works with Flask's test client as with a real server:
it only needs something that gets an address.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from itertools import islice, product
from urllib.parse import parse_qsl, urlencode, urlsplit

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, RequestRedirect

from freeco.testing.contents import Answer, Contents

HTML = "text/html"
MOST_ADDRESSES = 6
"""Addresses of one page, with different ids or questions, that a walk asks for."""
MOST_FILLINGS = 12
"""Addresses tried for a page that no link reaches."""


Get = Callable[[str], Answer]


@dataclass(frozen=True)
class Seen:
    """A page or file that a walk got."""

    asked: str
    """The address asked for, before redirects."""
    endpoint: str
    """The endpoint that answered."""
    came_from: str
    """The page that leads here; empty for a beginning, or for an address no link leads to."""
    answer: Answer
    contents: Contents | None
    """What it holds; None for a file."""


class Walk:
    """A walk of one reader over one site."""

    def __init__(
        self,
        url_map: Map,
        get: Get,
        host: str = "",
        doors: Iterable[str] = (),
        most: int = MOST_ADDRESSES,
    ) -> None:
        """Stand before a site.

        ``host``: its scheme and host, for links written whole. ``doors``: endpoints one is sent
        to when a page is not for oneself; being sent anywhere else is an answer. ``most``: how
        many addresses of one page are asked for, half as many of a file.
        """
        self._most = most
        self._doors = frozenset(doors)
        self.seen: list[Seen] = []
        self.unlinked: set[str] = set()
        """Endpoints that answered only when asked for by their address."""
        self._adapter = url_map.bind("localhost")
        self.url_map = url_map
        self._get = get
        self._host = urlsplit(host).netloc
        self._asked: set[str] = set()
        self._count: Counter[str] = Counter()
        self._values: dict[str, dict[object, None]] = defaultdict(dict)

    @property
    def endpoints(self) -> set[str]:
        """The endpoints that answered."""
        found = set()
        for each in self.seen:
            if each.answer.status == HTTPStatus.OK:
                found.add(each.endpoint)
                if each.endpoint not in self._doors:
                    found.add(self.endpoint_of(each.asked))
        return found - {""}

    def endpoint_of(self, address: str) -> str:
        """Return the endpoint of an address of the site, empty if it has none."""
        found = self._match(address)
        return found[0] if found else ""

    def follow(self, beginnings: Iterable[str]) -> None:
        """Follow every link, from these addresses on."""
        waiting = deque((address, "") for address in beginnings)
        while waiting:
            address, came_from = waiting.popleft()
            own = self._own(address)
            if own is not None:
                seen = self._ask(own, came_from)
                if seen is not None and seen.contents is not None:
                    here, held = seen.answer.address, seen.contents
                    drawn = [each for each in held.sources if self._answers(each)]
                    waiting.extend((link, here) for link in (*held.links, *drawn))

    def fill(self, endpoints: Iterable[str]) -> None:
        """Ask for pages no link led to, with the values met on the way; follow their links.

        What is not there, or not for this reader, is no fault: an address was only tried.
        """
        for endpoint in endpoints:
            for address in islice(self._fillings(endpoint), MOST_FILLINGS):
                before = len(self.seen)
                self.follow([address])
                tried = self.seen[before:]
                if tried and tried[0].answer.status < HTTPStatus.BAD_REQUEST:
                    self.unlinked.add(endpoint)
                    break
                del self.seen[before:]

    def _answers(self, address: str) -> bool:
        """Whether an address met in a page is one of the site's pages or files at all."""
        own = self._own(address)
        return own is not None and bool(self.endpoint_of(own))

    def _own(self, address: str) -> str | None:
        """Return a link as an address of this site; None when it leads elsewhere."""
        parts = urlsplit(address)
        if parts.netloc not in {"", self._host} or not parts.path.startswith("/"):
            return None
        question = urlencode(parse_qsl(parts.query, keep_blank_values=True))
        return parts.path + (f"?{question}" if question else "")

    def _match(self, address: str) -> tuple[str, Mapping[str, object]] | None:
        try:
            return self._adapter.match(urlsplit(address).path, method="GET")
        except RequestRedirect as elsewhere:
            return self._match(elsewhere.new_url)
        except HTTPException:
            return None

    def _ask(self, address: str, came_from: str) -> Seen | None:
        found = self._match(address)
        endpoint, values = found or ("", {})
        for name, value in values.items():
            self._values[name][value] = None
        if address in self._asked or self._count[endpoint] >= self._most:
            return None
        self._asked.add(address)
        answer = self._get(address)
        reached = self.endpoint_of(answer.address)
        self._count[endpoint] += 1 if answer.kind == HTML else 2
        if answer.address != address:
            if answer.address in self._asked:
                return None
            self._asked.add(answer.address)
        contents = Contents.of(answer) if answer.kind == HTML else None
        self.seen.append(Seen(address, reached, came_from, answer, contents))
        return self.seen[-1]

    def _fillings(self, endpoint: str) -> Iterator[str]:
        for rule in self.url_map.iter_rules(endpoint):
            if "GET" not in (rule.methods or ()):
                continue
            names = sorted(rule.arguments)
            choices = [list(self._values[name]) for name in names]
            for values in product(*choices):
                with suppress(ValueError):  # a value of that name, but for another rule
                    built = rule.build(dict(zip(names, values, strict=True)))
                    if built is not None:
                        yield built[1]


def pages_of(url_map: Map) -> set[str]:
    """Return every endpoint that answers GET."""
    return {rule.endpoint for rule in url_map.iter_rules() if "GET" in (rule.methods or ())}
