"""E-mails, written in the transaction that causes them.

A template is a text file whose first line is the subject. It may say ``{{ site }}`` where
the site's address goes: the letter is kept without it, and the worker, who knows it, writes
it when sending.
"""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from freeco.db import db
from freeco.i18n import counted, day, hour, language, moment, money, said, short_day, spoken
from freeco.notifications.models import OutgoingMail

OWN_LETTERS = Path(__file__).parent.parent / "web" / "templates" / "mail"
SITE = "{site}"


def send_mail(
    recipient: str,
    template: str,
    reader_language: str,
    *,
    folder: Path = OWN_LETTERS,
    **content: object,
) -> OutgoingMail:
    """Write the letter ``<template>.txt`` of a folder for a reader; the worker sends it.

    A module gives its own folder of letters. What the letter says is ``content``.
    """
    with spoken(reader_language):
        written = _environment(folder).get_template(f"{template}.txt").render(content)
    subject, _line, body = written.strip().partition("\n")
    mail = OutgoingMail(
        recipient=recipient, subject=" ".join(subject.split()), body=body.strip() + "\n"
    )
    db.session.add(mail)
    return mail


@cache
def _environment(folder: Path) -> Environment:
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
