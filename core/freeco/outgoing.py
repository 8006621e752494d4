"""Speaking to other sites: a bounded answer within a bounded time, and never where they send us."""

import socket
import zlib
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from threading import Timer
from time import monotonic
from types import TracebackType
from urllib.parse import quote, urlsplit

PATIENCE_SECONDS = 15
MOST_SAID = 200
"""Letters of what another site has said amiss."""
KEPT_AS_WRITTEN = "/%:@!$&'()*+,;=~-._"


class Silent(Exception):
    """Nobody answered in time, or not as HTTP has it."""


@dataclass(frozen=True)
class Answer:
    """What another site said."""

    status: int
    kind: str
    """Its Content-Type, without parameters, in small letters."""
    body: bytes


class Line:
    """A connection to the site of an address, kept open from one question to the next.

    ``address`` is http or https; what is asked for is a path below it. Redirections are answers
    like others. Raises ValueError for an address that is none.
    """

    def __init__(self, address: str, patience: float = PATIENCE_SECONDS) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
            raise ValueError(f"not an address of a site: {address[:200]}")
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._connection = kind(parts.hostname, parts.port, timeout=patience)
        self._below = quote(parts.path.rstrip("/"), safe=KEPT_AS_WRITTEN)
        self._patience = patience

    def __enter__(self) -> "Line":
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._connection.close()

    def get(self, path: str, most: int) -> Answer:
        """Ask for a file of at most so many bytes. Raises Silent."""
        if self._connection.sock is not None:
            # A connection that was kept may have been closed meanwhile: once more, then.
            with suppress(Silent):
                return self._ask("GET", path, None, most)
        return self._ask("GET", path, None, most)

    def post(self, path: str, body: bytes, most: int) -> Answer:
        """Send something; the answer is at most so many bytes. Raises Silent."""
        self._connection.close()
        return self._ask("POST", path, body, most)

    def _ask(self, method: str, path: str, body: bytes | None, most: int) -> Answer:
        end: Timer | None = None
        try:
            if self._connection.sock is None:
                self._connection.connect()
            # Patience is counted anew at each byte that comes: the whole must have an end too.
            end = Timer(self._patience, _shut, [self._connection.sock])
            begun = monotonic()
            end.start()
            headers = {"User-Agent": "Freeco", "Accept-Encoding": "gzip, identity"}
            self._connection.request(method, f"{self._below}/{path}", body, headers)
            with self._connection.getresponse() as response:
                answer = _read(response, most)
            if monotonic() - begun >= self._patience:
                raise Silent("too slow")  # what was read may be only a part
            return answer
        except (OSError, HTTPException, zlib.error) as error:
            self._connection.close()
            raise Silent(_printable(str(error)) or type(error).__name__) from error
        except Silent:
            self._connection.close()
            raise
        finally:
            if end is not None:
                end.cancel()


def hang_up(connection: HTTPConnection) -> None:
    """End a conversation from another thread, below its encryption: whoever reads sees its end."""
    if connection.sock is not None:
        _shut(connection.sock)


def _shut(held: socket.socket) -> None:
    with suppress(OSError):
        socket.socket.shutdown(held, socket.SHUT_RDWR)


def _printable(words: str) -> str:
    """Leave out what a terminal or a file of notes would obey: the other site may have said it."""
    return "".join(each if each.isprintable() else "\ufffd" for each in words)[:MOST_SAID]


def _read(response: HTTPResponse, most: int) -> Answer:
    body = response.read(most + 1)
    if response.headers.get("Content-Encoding", "").lower() == "gzip":
        unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
        body = unpacking.decompress(body, most + 1)
        if len(body) <= most and not unpacking.eof:
            raise Silent("cut off")
    if len(body) > most:
        raise Silent("too long")
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return Answer(response.status, kind, body)
