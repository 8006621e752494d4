"""SMS, through a phone of the community's own.

The adapter speaks to the open application SMS Gateway for Android, and to any gateway that
takes the same JSON; or it writes into a folder, for a demonstration.
"""

import base64
import json
from http import HTTPStatus
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import unquote, urlsplit, urlunsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from freeco.notifications.channels import Channel, ChannelDown, Signal

PATIENCE_SECONDS = 15
LONGEST = 300
"""Two parts: an SMS is paid by the part."""
_PLAIN = str.maketrans(
    {"’": "'", "\u00a0": " ", "\u202f": " ", "…": "...", "–": "-", "«": '"', "»": '"'}
)
"""Typography that the alphabet of SMS lacks: one such sign halves what a part holds."""


def sms_channel(url: str) -> Channel:
    """Return the adapter of an address of FREECO_SMS_URL."""
    if url.startswith("file:"):
        return SmsFolder(Path(url.removeprefix("file:")))
    return SmsGateway(url)


def words_of(signal: Signal) -> str:
    """Return what is written in the SMS: from whom, what, and where to read more."""
    title, text = signal.title.translate(_PLAIN), signal.text.translate(_PLAIN)
    room = LONGEST - len(signal.url) - len(title) - 4
    if len(text) > room:
        text = text[: room - 3].rstrip() + "..."
    return f"{title} : {text} {signal.url}".strip()


class SmsFolder:
    """Writes each SMS into a file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def carry(self, signal: Signal) -> None:
        """Write one SMS."""
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.folder / f"{signal.id:08}.txt"
        file.write_text(f"{signal.phone}\n\n{words_of(signal)}\n", "utf-8")


class _NoRedirect(HTTPRedirectHandler):
    """A gateway answers itself: its password goes nowhere else."""

    def redirect_request(self, *_args: object, **_options: object) -> None:
        """Follow nothing."""


class SmsGateway:
    """Posts ``{"id", "textMessage": {"text"}, "phoneNumbers"}`` to an HTTP gateway."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        host = parts.hostname or ""
        place = f"[{host}]" if ":" in host else host
        place += f":{parts.port}" if parts.port else ""
        self.address = urlunsplit((parts.scheme, place, parts.path or "/message", parts.query, ""))
        self.sign_in = ""
        if parts.username:
            secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            self.sign_in = "Basic " + base64.b64encode(secret.encode()).decode()
        self.opener = build_opener(_NoRedirect)

    def carry(self, signal: Signal) -> None:
        """Hand one SMS over."""
        body = {
            "id": f"freeco-{signal.id}",
            "textMessage": {"text": words_of(signal)},
            "phoneNumbers": [signal.phone],
        }
        request = Request(  # noqa: S310 - http or https, checked in the settings
            self.address,
            json.dumps(body).encode(),
            {"Content-Type": "application/json", "User-Agent": "Freeco"},
        )
        if self.sign_in:
            request.add_header("Authorization", self.sign_in)
        try:
            with self.opener.open(request, timeout=PATIENCE_SECONDS):
                return
        except HTTPError as error:
            with error:
                if error.code == HTTPStatus.CONFLICT:
                    return  # it has had this id already
                raise ChannelDown(f"HTTP {error.code}") from error
        except (URLError, OSError) as error:
            raise ChannelDown(str(getattr(error, "reason", error))) from error
