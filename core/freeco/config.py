"""Configuration, read once from the environment."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

DEVELOPMENT_SECRET = "only-for-development"  # noqa: S105 - refused in production below
TILES = re.compile(r"https://((?:\{s\}\.)?[a-z0-9.-]+(?::[0-9]{1,5})?)/[^\s\"'<>]+")


class BadConfiguration(Exception):
    """The environment asks for something that must not run."""


@dataclass(frozen=True)
class Settings:
    """What an operator decides. Each field is the environment variable ``FREECO_<NAME>``."""

    home: Path
    """Folder of everything kept on disk: the SQLite file, the outgoing mail of a demo."""
    database_url: str = field(repr=False)
    """``sqlite:///file`` or ``postgresql://user@host/name`` (psycopg 3)."""
    secret_key: str = field(repr=False)
    """Signs the session cookies; at least 32 characters in production."""
    mail_url: str = field(repr=False)
    """``smtp://user:password@host:port``, ``smtps://...`` or ``file:folder``."""
    mail_from: str
    """Sender of every e-mail."""
    base_url: str
    """Public address of the site, for links in e-mails; no slash at the end."""
    production: bool
    """``FREECO_ENVIRONMENT=production``: strict about the secret and cookies over HTTPS only."""
    trusted_proxies: int
    """How many reverse proxies stand in front (for the visitor's address and scheme)."""
    mail_return: str = ""
    """Where undeliverable e-mails come back, for ``freeco bounces``: ``returns@example.org``."""
    sms_url: str = field(default="", repr=False)
    """``https://user:password@gateway/message`` (JSON of SMS Gateway for Android), ``file:folder``,
    or nothing: no SMS."""
    push_key: str = field(default="", repr=False)
    """Private VAPID key of ``freeco pushkey``, for notices in the browser, or nothing."""
    tiles_url: str = ""
    """``https://host/{z}/{x}/{y}.png`` of a tile server; empty: Freeco draws the map alone."""
    tiles_attribution: str = ""
    """Whom to thank for the tiles, as their licence asks."""

    stripe_key: str = field(default="", repr=False)
    """Secret key of our own account at the card provider; empty: the card is not offered."""
    stripe_webhook_secret: str = field(default="", repr=False)
    """What its messages are signed with; several, with commas, while one replaces another."""
    stripe_url: str = ""
    """Another address than the provider's own, for a stand-in; refused in production."""

    record_keys: Path = Path("var/record")
    """Folder of the keys that sign the public record; by default ``record`` in ``home``."""
    record_policy: Path = Path("var/record/policy.txt")
    """Which witnesses must co-sign the record (c2sp.org/tlog-policy); without the file, none."""

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is the single SQLite file."""
        return self.database_url.startswith("sqlite")

    @property
    def takes_cards(self) -> bool:
        """Whether a card provider is set up; without one the card is not offered."""
        return bool(self.stripe_key)

    @property
    def stripe_secrets(self) -> tuple[str, ...]:
        """Every secret that a message of the card provider may be signed with."""
        return tuple(filter(None, map(str.strip, self.stripe_webhook_secret.split(","))))

    @property
    def tiles_source(self) -> str:
        """The one host of the tiles, as a Content-Security-Policy names it; empty without."""
        found = TILES.fullmatch(self.tiles_url)
        return f"https://{found.group(1).replace('{s}', '*')}" if found else ""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read the settings; raise BadConfiguration for those that would be unsafe."""
        values = os.environ if environment is None else environment
        home = Path(values.get("FREECO_HOME", "var")).resolve()
        settings = cls(
            home=home,
            database_url=values.get("FREECO_DATABASE_URL", f"sqlite:///{home / 'freeco.sqlite'}"),
            secret_key=values.get("FREECO_SECRET_KEY", DEVELOPMENT_SECRET),
            mail_url=values.get("FREECO_MAIL_URL", f"file:{home / 'mail'}"),
            mail_from=values.get("FREECO_MAIL_FROM", "Freeco <freeco@localhost.localdomain>"),
            base_url=values.get("FREECO_BASE_URL", "http://127.0.0.1:8000").rstrip("/"),
            production=_is_production(values.get("FREECO_ENVIRONMENT", "development")),
            trusted_proxies=_count(values.get("FREECO_TRUSTED_PROXIES", "0")),
            mail_return=values.get("FREECO_MAIL_RETURN", ""),
            sms_url=values.get("FREECO_SMS_URL", ""),
            push_key=values.get("FREECO_PUSH_KEY", ""),
            tiles_url=values.get("FREECO_TILES_URL", ""),
            tiles_attribution=values.get("FREECO_TILES_ATTRIBUTION", ""),
            stripe_key=values.get("FREECO_STRIPE_KEY", ""),
            stripe_webhook_secret=values.get("FREECO_STRIPE_WEBHOOK_SECRET", ""),
            stripe_url=values.get("FREECO_STRIPE_URL", "").rstrip("/"),
            record_keys=Path(values.get("FREECO_RECORD_KEYS") or home / "record").resolve(),
            record_policy=Path(
                values.get("FREECO_RECORD_POLICY") or home / "record" / "policy.txt"
            ).resolve(),
        )
        settings.check()
        return settings

    def check(self) -> None:
        """Raise BadConfiguration when these settings must not serve real people."""
        if not self.database_url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg:")):
            raise BadConfiguration(
                "FREECO_DATABASE_URL doit commencer par sqlite:/// ou postgresql://"
            )
        if self.production and (self.secret_key == DEVELOPMENT_SECRET or len(self.secret_key) < 32):
            raise BadConfiguration(
                "FREECO_SECRET_KEY doit être un secret d’au moins 32 caractères en production ; "
                "par exemple : python3 -c 'import secrets; print(secrets.token_hex(32))'"
            )
        shown = all(self.tiles_url.count(part) == 1 for part in ("{z}", "{x}", "{y}"))
        if self.tiles_url and not (shown and self.tiles_source and self.tiles_attribution.strip()):
            raise BadConfiguration(
                "FREECO_TILES_URL doit être de la forme https://hôte/{z}/{x}/{y}.png, avec "
                "FREECO_TILES_ATTRIBUTION qui dit à qui sont ces cartes"
            )
        self._check_channels()

    def _check_channels(self) -> None:
        if self.mail_return and not self.mail_return.rpartition("@")[0]:
            raise BadConfiguration("FREECO_MAIL_RETURN doit être une adresse e-mail")
        if self.stripe_key and not self.stripe_secrets:
            raise BadConfiguration("FREECO_STRIPE_KEY ne va pas sans FREECO_STRIPE_WEBHOOK_SECRET")
        if self.stripe_url and self.production:
            raise BadConfiguration("FREECO_STRIPE_URL ne sert qu’aux essais, jamais en production")
        if self.sms_url and not self.sms_url.startswith(("https://", "http://", "file:")):
            raise BadConfiguration("FREECO_SMS_URL commence par https://, http:// ou file:")


def _is_production(text: str) -> bool:
    """Read FREECO_ENVIRONMENT; a misspelt word must not mean development."""
    if text not in {"development", "production"}:
        raise BadConfiguration("FREECO_ENVIRONMENT est development ou production, rien d’autre")
    return text == "production"


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise BadConfiguration("FREECO_TRUSTED_PROXIES doit être un nombre entier")
    return int(text)
