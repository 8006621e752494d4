"""Races between processes: racers are forked from a process that has read the program already."""

import json
import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

NURSERY = Path(__file__).parent / "racers" / "nursery.py"


class Racer:
    """A process on its way: a script of ``racers``, its arguments on its command line."""

    def __init__(self, orders: socket.socket, script: str, *arguments: str) -> None:
        its_input, self._input = os.pipe()
        self._output, its_output = os.pipe()
        self._done, its_done = os.pipe()
        self._errors: IO[bytes] = TemporaryFile()  # noqa: SIM115 - closed when it has ended
        theirs = [its_input, its_output, self._errors.fileno(), its_done]
        socket.send_fds(orders, [json.dumps([script, *arguments]).encode()], theirs)
        for each in (its_input, its_output, its_done):
            os.close(each)
        self._read = b""

    def tell(self, line: str) -> None:
        """Write it a line."""
        os.write(self._input, f"{line}\n".encode())

    def hear(self, seconds: float = 60) -> str:
        """Return the next line that it prints."""
        until = time.monotonic() + seconds
        while b"\n" not in self._read and self._more(until):
            pass
        line, _end, self._read = self._read.partition(b"\n")
        return line.decode()

    def finish(self, seconds: float = 240) -> str:
        """Wait until it has ended well, and return what else it printed."""
        os.close(self._input)
        until = time.monotonic() + seconds
        while self._more(until):
            pass
        well = os.read(self._done, 1)
        os.close(self._output)
        os.close(self._done)
        with self._errors:
            self._errors.seek(0)
            assert well, self._errors.read().decode()
        return self._read.decode()

    def _more(self, until: float) -> bool:
        left = max(0.0, until - time.monotonic())
        assert select.select([self._output], [], [], left)[0], "a racer did not arrive in time"
        some = os.read(self._output, 65_536)
        self._read += some
        return bool(some)


class Nursery:
    """Where racers come from."""

    def __init__(self, orders: socket.socket) -> None:
        self._orders = orders

    def start(self, script: str, *arguments: str) -> Racer:
        """Start a racer."""
        return Racer(self._orders, script, *arguments)


@contextmanager
def nursery_running() -> Iterator[Nursery]:
    """Run a nursery; it ends when nobody can order any more."""
    ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, its:
        process = subprocess.Popen(
            [sys.executable, str(NURSERY), str(its.fileno())],
            pass_fds=[its.fileno()],
            stdin=subprocess.DEVNULL,
        )
        its.close()
        yield Nursery(ours)
    process.wait(timeout=60)
