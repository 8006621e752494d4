"""Languages, dates and amounts as people read them. The only file that knows flask-babel.

The screens are written in French: the French sentence is its own message id, and
``translations/<language>`` turns it into another language, file by file.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import flask_babel
from babel.dates import format_date, format_time
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, format_percent
from flask import Flask, g, has_request_context, request, session

from freeco.money import Money

LANGUAGES = ("fr", "en", "es")
LANGUAGE_NAMES = {"fr": "Français", "en": "English", "es": "Español"}
WHOLE_LANGUAGES = ("fr", "en")
"""Offered to a visitor whose browser asks for them. One that is only begun is chosen by hand:
what it does not say yet stays in French."""
DATES = {"fr": "d MMMM y", "en": "d MMMM y", "es": "d 'de' MMMM 'de' y"}


DAYS = {
    "fr": ("EEEE d MMMM", "EEE d MMM", " y"),
    "en": ("EEEE d MMMM", "EEE d MMM", " y"),
    "es": ("EEEE, d 'de' MMMM", "EEE d MMM", " 'de' y"),
}
"""A day in full, shortened, and how the year follows."""


def _(message: str, **values: Any) -> str:
    """Translate a French sentence when it is shown (lazily: it may stand on a class)."""
    return cast(str, flask_babel.lazy_gettext(message, **values))


def said(message: str, **values: Any) -> str:
    """Translate a French sentence now."""
    return str(flask_babel.gettext(message, **values))


def counted(one: str, many: str, number: int, **values: Any) -> str:
    """Translate a French sentence that counts; ``%(num)s`` is the number."""
    if language() == "fr":
        # The sentence is its own translation, and French says nought in the singular.
        chosen = one if abs(number) < 2 else many
        return str(flask_babel.gettext(chosen, num=number, **values))
    return str(flask_babel.ngettext(one, many, number, **values))


def language() -> str:
    """Return the language of the reader, one of LANGUAGES."""
    locale = flask_babel.get_locale()
    return str(locale.language) if locale else "fr"


@contextmanager
def spoken(chosen: str) -> Iterator[None]:
    """Write for a reader of this language, whoever asks: an e-mail, a printed sheet."""
    with flask_babel.force_locale(chosen if chosen in LANGUAGES else "fr"):
        yield


def _choose_language() -> str:
    if not has_request_context():
        return "fr"
    person = g.get("person")
    if person is not None and person.language in LANGUAGES:
        return str(person.language)
    if session.get("language") in LANGUAGES:
        return str(session["language"])
    return request.accept_languages.best_match(WHOLE_LANGUAGES) or "fr"


def timezone() -> str:
    """Return the IANA zone of the community in view."""
    community = g.get("community") if g else None
    return community.timezone if community is not None else "Europe/Paris"


def money(amount: Money) -> str:
    """Show an amount as people write it: 12,50 €."""
    written = format_currency(Decimal(amount.cents) / 100, amount.currency, locale=language())
    return written.replace("-", "−")


def number(value: float) -> str:
    """Show a number with the reader's separators."""
    return format_decimal(value, locale=language())


def percent(basis_points: int) -> str:
    """Show basis points as a percentage: 550 is 5,5 %."""
    return format_percent(basis_points / 10_000, format="#,##0.##\u202f%", locale=language())


def day(value: date) -> str:
    """Show a date in full: jeudi 3 décembre 2026."""
    whole, _short, year = DAYS[language()]
    return _written_day(value, whole + year)


def day_and_month(value: date) -> str:
    """Show a date without its year: jeudi 3 décembre."""
    return _written_day(value, DAYS[language()][0])


def short_day(value: date) -> str:
    """Show a date shortened, without its year: jeu. 3 déc."""
    return _written_day(value, DAYS[language()][1])


def _written_day(value: date, pattern: str) -> str:
    text = format_date(value, pattern, locale=language())
    if language() != "fr":
        return text
    return ("1er " + text[2:] if text.startswith("1 ") else text).replace(" 1 ", " 1er ")


def month(value: date) -> str:
    """Show a month: décembre 2026."""
    return format_date(value, "LLLL y", locale=language())


def moment(value: datetime) -> str:
    """Show an aware instant in the community's zone: 3 décembre 2026 à 18 h 30."""
    local = value.astimezone(ZoneInfo(timezone()))
    on, at = _written_day(local, DATES[language()]), hour(local.time())
    return f"{on} à\u00a0{at}" if language() == "fr" else f"{on}, {at}"


def deadline(value: datetime) -> str:
    """Show an aware instant to act before, with its weekday: jeudi 3 décembre 2026 à 18 h 30."""
    local = value.astimezone(ZoneInfo(timezone()))
    on, at = day(local.date()), hour(local.time())
    return f"{on} à\u00a0{at}" if language() == "fr" else f"{on}, {at}"


def day_of(value: datetime) -> str:
    """Show the day of an aware instant in the community's zone, its hour left out."""
    return day(value.astimezone(ZoneInfo(timezone())).date())


def hour(value: time) -> str:
    """Show a time of day: 18 h 30 in French, 18:30 elsewhere."""
    if language() == "fr":
        return f"{value.hour}\u00a0h" + (f"\u00a0{value.minute:02}" if value.minute else "")
    return format_time(value, "HH:mm", locale=language())


def hours(start: time, end: time) -> str:
    """Show from when to when: de 18 h 30 à 19 h 30; or when, for what lasts no time."""
    if start == end:
        return said("à %(hour)s", hour=hour(start))
    return said("de %(start)s à %(end)s", start=hour(start), end=hour(end))


def listed(words: list[str]) -> str:
    """Join words with commas and a last “et”."""
    return format_list(words, locale=language())


def sentence(words: object) -> str:
    """Begin with a capital; unlike ``capitalize``, leave the rest as it is."""
    text = str(words)
    return text[:1].upper() + text[1:]


def init_languages(app: Flask, folders: list[Path]) -> None:
    """Teach the application its languages, from the translations of core and each module."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join(str(folder) for folder in folders)
    app.config["BABEL_DOMAIN"] = ";".join("messages" for _folder in folders)
    flask_babel.Babel(app, default_locale="fr", locale_selector=_choose_language)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.filters.update(
        money=money,
        day=day,
        day_of=day_of,
        short_day=short_day,
        moment=moment,
        deadline=deadline,
        hour=hour,
        percent=percent,
        number=number,
        sentence=sentence,
    )
    app.jinja_env.globals.update(counted=counted)
