"""The channels that the operator configured."""

from freeco.config import Settings
from freeco.notifications.channels import Channel
from freeco.notifications.push import WebPush
from freeco.notifications.sms import sms_channel


def configured(settings: Settings) -> dict[str, Channel]:
    """Return the channels for short messages, by name."""
    found: dict[str, Channel] = {}
    if settings.sms_url:
        found["sms"] = sms_channel(settings.sms_url)
    if settings.push_key:
        found["push"] = WebPush(settings.push_key, settings.mail_from)
    return found
