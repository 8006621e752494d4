"""The gate sees what it is there to see: a page with one fault of each kind is refused for each."""

import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from .browser.chromium import chromium
from .browser.look import Look, look, over_budget, prepared

pytestmark = pytest.mark.browser
FAULTY = """<!doctype html><html lang="fr"><head><title>Une page</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/style.css"><script src="/heavy.js"></script>
<script src="/missing.js"></script></head><body><main><h1>Une page</h1>
<img src="data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==">
<p class="pale">Trop pâle</p><p class="night">Trop sombre la nuit</p>
<p class="wide">Une ligne plus large que l’écran</p>
<details><summary>Plus</summary><form><input name="unnamed"></form></details>
</main></body></html>"""
STYLE = """body { background: #fff; color: #000 } .pale { color: #ccc } .wide { width: 700px }
@media (prefers-color-scheme: dark) { .night { color: #ddd } }"""


class Faulty(BaseHTTPRequestHandler):
    """Serves the faulty page, with a script that does not compress."""

    def do_GET(self) -> None:
        script = b"//" + os.urandom(90_000).hex().encode()
        known = {
            "/": ("text/html; charset=utf-8", FAULTY.encode()),
            "/style.css": ("text/css", STYLE.encode()),
            "/heavy.js": ("text/javascript", script),
        }
        kind, body = known.get(self.path, ("text/plain", b""))
        self.send_response(200 if self.path in known else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        """Stay quiet."""


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Look]:
    """Give the faulty page as the gate sees it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Faulty)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    profile: Path = tmp_path_factory.mktemp("profile")
    with chromium(profile) as driver, prepared(driver):
        address = f"http://127.0.0.1:{server.server_port}/"
        yield look(driver, address, lambda _address: os.urandom(90_000))
    server.shutdown()
    server.server_close()


def test_it_sees_a_picture_without_words_and_a_field_folded_away(faulty: Look) -> None:
    found = "\n".join(faulty.faults)
    assert "image-alt" in found
    assert "label" in found


def test_it_sees_what_is_too_pale_by_day_and_by_night(faulty: Look) -> None:
    pale = [fault for fault in faulty.faults if "color-contrast" in fault]
    assert any(fault.startswith("téléphone :") and ".pale" in fault for fault in pale)
    assert any("la nuit" in fault and ".night" in fault for fault in pale)


def test_it_names_what_sticks_out_of_each_screen(faulty: Look) -> None:
    assert len(faulty.sticking) == 2, "700 px fit on a sheet of paper"
    assert all("p.wide" in each for each in faulty.sticking)


def test_it_refuses_what_is_too_heavy(faulty: Look) -> None:
    assert [each.split(",")[0].split(" ", 1)[1] for each in over_budget(faulty.weight)] == [
        "octets à froid",
        "octets de JavaScript",
    ]


def test_it_hears_the_browser_complain(faulty: Look) -> None:
    assert any("missing.js" in each for each in faulty.logged)
