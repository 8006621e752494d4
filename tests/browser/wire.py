"""What a browser sends, byte for byte: a wire between it and the site, with an ear on it."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from select import select
from threading import Thread, current_thread


class Wire:
    """A listener that passes on all it hears, and keeps what browsers send."""

    def __init__(self, port: int) -> None:
        self.site_port = port
        self.heard: list[bytearray] = []
        """What was sent on each connection."""
        self._open = True
        self._lines: list[Thread] = []
        self._door = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._door.getsockname()[1]}"

    @property
    def sent(self) -> bytes:
        """All that was sent so far."""
        return b"\n".join(bytes(each) for each in self.heard)

    def requests(self, start: bytes) -> list[bytes]:
        """Return the requests that begin so, each with what follows on its connection."""
        return [
            content[place:]
            for content in map(bytes, self.heard)
            for place in _places(content, start)
        ]

    def serve(self) -> None:
        """Pass on what comes until the door is closed."""
        while self._open:
            with suppress(OSError):
                browser, _address = self._door.accept()
                heard = bytearray()
                self.heard.append(heard)
                Thread(target=self._pass, args=(browser, heard), daemon=True).start()

    def close(self) -> None:
        """Let nobody in any more, and hang up."""
        self._open = False
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        for each in self._lines:
            each.join(timeout=5)

    def _pass(self, browser: socket.socket, heard: bytearray) -> None:
        self._lines.append(current_thread())
        with (
            suppress(OSError),
            browser,
            socket.create_connection(("127.0.0.1", self.site_port)) as site,
        ):
            while self._open:
                ready, _write, _wrong = select([browser, site], [], [], 0.2)
                for source in ready:
                    some = source.recv(65_536)
                    if not some:
                        return
                    if source is browser:
                        heard += some
                    (site if source is browser else browser).sendall(some)


def _places(content: bytes, start: bytes) -> Iterator[int]:
    place = content.find(start)
    while place >= 0:
        yield place
        place = content.find(start, place + 1)


@contextmanager
def wire_to(port: int) -> Iterator[Wire]:
    """Lay a wire to a site."""
    wire = Wire(port)
    Thread(target=wire.serve, daemon=True).start()
    try:
        yield wire
    finally:
        wire.close()
