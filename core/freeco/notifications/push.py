"""Web push: a short message in the browser, encrypted for it alone (RFC 8291, RFC 8292).

The address of a device is given by its browser, hence by anybody: it is only followed over
HTTPS, to a public machine, and never redirected.
"""

import base64
import ipaddress
import json
import os
import socket
import ssl
from email.utils import parseaddr
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Timer
from urllib.parse import SplitResult, urlsplit

import http_ece  # type: ignore[import-untyped]
import py_vapid  # type: ignore[import-untyped]
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from freeco.notifications.channels import ChannelDown, Device, Signal, Unreachable
from freeco.outgoing import hang_up

PATIENCE_SECONDS = 15
DAY_SECONDS = 24 * 3600
LONGEST_ENDPOINT = 1000
KEY_BYTES, SECRET_BYTES = 65, 16


class BadDevice(ValueError):
    """What a browser gave cannot be its address and its keys."""


def new_key() -> str:
    """Return a new private key for FREECO_PUSH_KEY."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return _text(number.to_bytes(32, "big"))


def public_key(private_key: str) -> str:
    """Return what a browser needs to subscribe (``applicationServerKey``), base64url."""
    vapid = py_vapid.Vapid02.from_raw(private_key.encode())
    return _text(vapid.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def check_device(endpoint: str, key: str, secret: str, *, loopback: bool = False) -> Device:
    """Return a device whose address may be followed and whose keys are keys. Raises BadDevice."""
    if len(endpoint) > LONGEST_ENDPOINT or not endpoint.isascii() or not endpoint.isprintable():
        raise BadDevice("endpoint")
    parts = _parts(endpoint)
    if not loopback and (parts.scheme != "https" or parts.port not in {None, 443}):
        raise BadDevice("endpoint")
    try:
        point, shared = _bytes(key), _bytes(secret)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError as error:
        raise BadDevice("keys") from error
    if len(point) != KEY_BYTES or len(shared) != SECRET_BYTES:
        raise BadDevice("keys")
    return Device(endpoint, key, secret)


def _parts(endpoint: str) -> SplitResult:
    try:
        parts = urlsplit(endpoint)
        named = parts.hostname and parts.port is not False
    except ValueError as error:
        raise BadDevice("endpoint") from error
    if not named or parts.username or parts.password:
        raise BadDevice("endpoint")
    return parts


class WebPush:
    """Writes to the push services of browsers, in this site's name."""

    def __init__(self, private_key: str, contact: str, *, loopback: bool = False) -> None:
        self.vapid = py_vapid.Vapid02.from_raw(private_key.encode())
        self.contact = f"mailto:{parseaddr(contact)[1]}"
        self.loopback = loopback
        """Also plain HTTP to this machine: for a test that stands for a push service."""

    def carry(self, signal: Signal) -> None:
        """Encrypt one message for its device, and hand it to the device's push service."""
        if signal.device is None:
            raise Unreachable
        try:
            device = check_device(
                signal.device.endpoint,
                signal.device.public_key,
                signal.device.secret,
                loopback=self.loopback,
            )
        except BadDevice as error:
            raise Unreachable from error
        words = {"title": signal.title, "body": signal.text, "url": signal.url}
        self._post(device, self._sealed(device, json.dumps(words, ensure_ascii=False).encode()))

    def _sealed(self, device: Device, words: bytes) -> bytes:
        sealed: bytes = http_ece.encrypt(
            words,
            salt=os.urandom(16),
            private_key=ec.generate_private_key(ec.SECP256R1()),
            dh=_bytes(device.public_key),
            auth_secret=_bytes(device.secret),
            version="aes128gcm",
        )
        return sealed

    def _headers(self, parts: SplitResult) -> dict[str, str]:
        audience = f"{parts.scheme}://{parts.netloc}"
        signed: dict[str, str] = self.vapid.sign({"aud": audience, "sub": self.contact})
        return signed | {
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(DAY_SECONDS),
            "Urgency": "normal",
        }

    def _post(self, device: Device, body: bytes) -> None:
        parts = urlsplit(device.endpoint)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        connection = self._connection(parts)
        # Patience is counted anew at each byte that comes: the whole must have an end too, or
        # one device that drips would hold up every letter.
        end = Timer(PATIENCE_SECONDS, hang_up, [connection])
        try:
            connection.connect()
            end.start()
            connection.request("POST", path or "/", body, self._headers(parts))
            status = connection.getresponse().status
        except (OSError, HTTPException) as error:
            raise ChannelDown(str(error)) from error
        finally:
            end.cancel()
            connection.close()
        if status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
            raise Unreachable
        if status >= HTTPStatus.MULTIPLE_CHOICES:
            raise ChannelDown(f"HTTP {status}")

    def _connection(self, parts: SplitResult) -> HTTPConnection:
        host = parts.hostname or ""
        if self.loopback:
            return HTTPConnection(host, parts.port or 80, timeout=PATIENCE_SECONDS)
        return _Pinned(host, public_address(host))


class _Pinned(HTTPSConnection):
    """Speaks to the address that was checked, whatever the name says a moment later."""

    def __init__(self, host: str, address: str) -> None:
        self.trusted = ssl.create_default_context()
        super().__init__(host, 443, timeout=PATIENCE_SECONDS, context=self.trusted)
        self.address = address

    def connect(self) -> None:
        """Connect there, and check that the certificate is that of the name."""
        plain = socket.create_connection((self.address, 443), PATIENCE_SECONDS)
        self.sock = self.trusted.wrap_socket(plain, server_hostname=self.host)


def public_address(host: str) -> str:
    """Return an address of a host; one that leads inside our own network is Unreachable."""
    try:
        found = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    except OSError as error:
        raise ChannelDown(str(error)) from error
    addresses = [str(each[4][0]) for each in found]
    if not all(_is_public(address) for address in addresses):
        raise Unreachable
    return addresses[0]


def _is_public(address: str) -> bool:
    number = ipaddress.ip_address(address.partition("%")[0])
    inside = getattr(number, "ipv4_mapped", None)
    return (inside or number).is_global and not number.is_multicast


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
