"""E-mails, written in the transaction that causes them.

A template is a text file whose first line is the subject. It may say ``{{ site }}`` where
the site's address goes: the letter is kept without it, and the worker, who knows it, writes
it when sending.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import g
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from freeco.db import db
from freeco.i18n import counted, day, hour, language, moment, money, said, short_day, spoken
from freeco.mail.models import OutgoingMail
from freeco.members.models import Community

OWN_LETTERS = Path(__file__).parent.parent / "web" / "templates" / "mail"
SITE = "{site}"
FOOT = "-- "
"""The line before the foot of a letter, as mail programs know it."""


@dataclass(frozen=True)
class Letter:
    """What a letter says, in its reader's language."""

    subject: str
    body: str


def write_letter(
    template: str, reader_language: str, folder: Path, content: Mapping[str, object]
) -> Letter:
    """Write the letter ``<template>.txt`` of a folder for a reader of a language."""
    with spoken(reader_language):
        written = environment_of(folder).get_template(f"{template}.txt").render(content)
    subject, _line, body = written.strip().partition("\n")
    return Letter(one_line(subject), body.strip() + "\n")


def one_line(text: str) -> str:
    """Put a text on one line, and keep the spaces that do not break."""
    return re.sub(r"[^\S\u00a0\u202f]+", " ", text).strip()


def send_mail(
    recipient: str,
    template: str,
    reader_language: str,
    *,
    folder: Path = OWN_LETTERS,
    **content: object,
) -> OutgoingMail:
    """Write a letter that answers an act of its reader; the worker sends it.

    What people are told without having asked goes through ``notices.notify``, which knows
    what they want. A module gives its own folder of letters; what the letter says is ``content``.
    """
    letter = write_letter(template, reader_language, folder, content)
    return post(recipient, letter, reader_language)


def post(recipient: str, letter: Letter, reader_language: str) -> OutgoingMail:
    """Put a letter among those the worker sends."""
    mail = OutgoingMail(
        recipient=recipient,
        subject=letter.subject,
        body=letter.body,
        language=reader_language,
        community_id=_rehearsal_in_view(),
    )
    db.session.add(mail)
    return mail


def _rehearsal_in_view() -> int | None:
    """Return the rehearsal whose page writes: its letters are its own, and never leave."""
    community = g.get("community")
    return community.id if community is not None and community.rehearsal else None


@contextmanager
def in_view(community: Community) -> Iterator[None]:
    """Write as on a page of this community: hours are those of its zone."""
    before = g.get("community")
    g.community = community
    try:
        yield
    finally:
        g.community = before


@cache
def environment_of(folder: Path) -> Environment:
    """Return what the letters of a folder are written with."""
    environment = Environment(
        loader=FileSystemLoader(folder),
        extensions=["jinja2.ext.i18n"],
        autoescape=select_autoescape(enabled_extensions=("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_callables(said, counted)  # type: ignore[attr-defined]
    environment.globals.update(site=SITE, counted=counted, language=language)
    environment.filters.update(money=money, day=day, short_day=short_day, moment=moment, hour=hour)
    return environment
