"""The stand-in over HTTP, on this machine only."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from .pages import page
from .service import Asked
from .stand_in import StandIn

CONTROLS = frozenset(
    name for name, each in vars(StandIn).items() if callable(each) and not name.startswith("_")
) - {"client"}


class _Server(ThreadingHTTPServer):
    request_queue_size = 128

    def __init__(self, port: int, stand_in: StandIn) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.stand_in = stand_in


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        if self.path.startswith("/_pages/"):
            status, said = page(self.server.stand_in, self.command, self.path, body)
            there = {"Location": said} if status == 303 else {}
            self._send(status, "text/html; charset=utf-8", said.encode(), there)
        elif self.path.startswith("/_control/"):
            self._control(self.path.rpartition("/")[2], body)
        else:
            asked = Asked(self.command, self.path, self.headers, body)
            reply, headers = self.server.stand_in.service.answer(asked)
            if reply is not None:
                self._send(reply.status, "application/json", reply.body, headers)

    do_GET = do_POST = do_DELETE = _answer  # noqa: N815 - the names http.server calls

    def _control(self, name: str, body: str) -> None:
        if self.command != "POST" or name not in CONTROLS:
            self._send(404, "application/json", b"null", {})
            return
        done = getattr(self.server.stand_in, name)(**json.loads(body or "{}"))
        self._send(200, "application/json", json.dumps(done).encode(), {})

    def _send(self, status: int, kind: str, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        whole = {**headers, "Content-Type": kind, "Content-Length": str(len(body))}
        for name, value in whole.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent."""


@contextmanager
def standing_in(port: int = 0) -> Iterator[StandIn]:
    """Have a stand-in listen on this machine only; give it."""
    stand_in = StandIn()
    server = _Server(port, stand_in)
    stand_in.state.address = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield stand_in
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
