"""Whether a message is the provider's: its signature, by any secret in use, and its time."""

import hmac
import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from freeco.clock import now
from freeco.config import Settings
from freeco.errors import Absent, Refusal
from freeco.i18n import _

HEADER = "Stripe-Signature"
SCHEME = "v1"
TOLERANCE = 300
"""Seconds, into the past and (which the SDK does not look at) into the future."""
LARGEST_BODY = 512 * 1024


class NotSigned(Refusal):
    """Nobody we know has signed this, or not lately."""

    reason = _("Ce message n’est pas signé par le service de paiement, ou ne l’est pas à temps.")
    status = 400


class NotAnEvent(Refusal):
    """Well signed, and without the marks of an event."""

    reason = _("Ce message n’est pas un événement.")
    status = 400


def verified(settings: Settings, body: bytes, header: str) -> Mapping[str, Any]:
    """Return the event in a signed message. Raises NotSigned, NotAnEvent, Absent without secret."""
    secrets = settings.stripe_secrets
    if not secrets:
        raise Absent
    sent_at, signatures = _parts(header)
    signed = b"%d.%s" % (sent_at, body)
    expected = [hmac.new(each.encode(), signed, sha256).hexdigest().encode() for each in secrets]
    # Every pair is compared, whichever fits: the time it takes says nothing.
    matches = [hmac.compare_digest(one, other) for one in expected for other in signatures]
    if not any(matches) or abs(now().timestamp() - sent_at) > TOLERANCE:
        raise NotSigned
    return _event(body)


def _parts(header: str) -> tuple[int, list[bytes]]:
    pairs = [each.partition("=") for each in header.split(",")]
    times = [value for name, _is, value in pairs if name.strip() == "t"]
    if len(times) != 1 or not (times[0].isascii() and times[0].isdigit() and len(times[0]) < 12):
        raise NotSigned
    return int(times[0]), [value.encode() for name, _is, value in pairs if name.strip() == SCHEME]


def _event(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotAnEvent from error
    if not isinstance(found, dict) or not all(
        isinstance(found.get(each), str) and 0 < len(found[each]) <= 255 for each in ("id", "type")
    ):
        raise NotAnEvent
    return found
