"""A demonstration, served as an operator would serve it, in a process of its own."""

import email
import email.policy
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

import pytest

FREECO = [sys.executable, "-c", "from freeco.cli import main; main()"]
MEMBERS = 30


def program(name: str) -> str:
    """Return where a program is; a gate that may skip nothing fails without it."""
    found = shutil.which(name)
    if found is None:
        missing(f"{name} is not installed")
    return str(found)


def missing(what: str) -> None:
    """Skip for want of something; fail where nothing may skip."""
    if os.environ.get("FREECO_NOTHING_MAY_SKIP"):
        pytest.fail(what)
    pytest.skip(what)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def freeco(home: Path, *words: str) -> str:
    """Run the command line on an installation; return what it says."""
    done = subprocess.run(
        [*FREECO, *words],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "FREECO_HOME": str(home)},
    )
    return done.stdout


def make_demo(home: Path) -> Path:
    """Make a small demonstration in an empty folder."""
    freeco(home, "demo", "--home", str(home), "--members", str(MEMBERS))
    return home


@contextmanager
def served(home: Path, port: int = 0) -> Iterator[str]:
    """Serve an installation, on a free port unless told; give its address."""
    port = port or free_port()
    address = f"http://127.0.0.1:{port}"
    with (home / "server.log").open("w") as log:
        server = subprocess.Popen(
            [*FREECO, "run", "--port", str(port)],
            env={**os.environ, "FREECO_HOME": str(home), "FREECO_BASE_URL": address},
            stdout=log,
            stderr=log,
        )
        try:
            wait_for(address, home, server)
            yield address
        finally:
            server.terminate()
            # The server itself gives what it is doing thirty seconds to end.
            server.wait(timeout=60)


def wait_for(address: str, home: Path, server: subprocess.Popen[bytes]) -> None:
    for _try in range(300):
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - our own server
                return
        except URLError:
            time.sleep(0.2)
    log = (home / "server.log").read_text()[-2000:]
    pytest.fail(f"the site is not served: {log}")


def letters(home: Path) -> Iterator[tuple[str, str]]:
    """Give each letter that was sent, the latest first: to whom, and what it says."""
    files = sorted((home / "mail").glob("*.eml"), key=lambda file: file.stat().st_mtime)
    for file in reversed(files):
        letter = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        body = letter.get_body(("plain",))
        if body is not None:
            yield str(letter["To"]), f"{letter['Subject']}\n{body.get_content()}"


def latest_link(home: Path, recipient: str, room: str = "lien") -> str:
    """Return the link of the last message to an address, once the worker has sent it."""
    for _try in range(150):
        for to, words in letters(home):
            found = re.search(rf"https?://\S+/{room}/\S+", words)
            if to == recipient and found:
                return found[0]
        time.sleep(0.2)
    pytest.fail(f"nothing was sent to {recipient} within thirty seconds")
