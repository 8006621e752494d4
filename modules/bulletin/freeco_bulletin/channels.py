"""The one text, as each channel says it."""

from dataclasses import dataclass

from freeco.i18n import counted, said, sentence
from freeco.mail.letters import Letter
from freeco.mail.wording.applying import worded
from freeco_bulletin import sms, telling, wording
from freeco_bulletin.local import when
from freeco_bulletin.models import BulletinNotice, Level

WORDS_A_MINUTE = 130
"""How fast one reads aloud, outdoors, so that everybody follows."""


@dataclass(frozen=True)
class TextMessage:
    """A text to copy into a telephone, and what it weighs."""

    text: str
    weight: sms.Weight
    lighter: str = ""
    """The same without the accents that make it cost more; empty when that gains nothing."""
    lighter_weight: sms.Weight | None = None


@dataclass(frozen=True)
class Preview:
    """Every channel of a notice, for those who are about to publish it."""

    letter: Letter
    message: TextMessage
    aloud: str
    seconds: int
    address: str
    """Of the public page: in the codes, and at the end of messages."""


def preview(notice: BulletinNotice, base_url: str, language: str) -> Preview:
    """Return what each channel will say."""
    address = base_url + telling.path_of(notice)
    spoken_text = aloud(notice)
    return Preview(
        letter=worded(
            notice.community,
            "notice",
            language,
            telling.LETTERS,
            telling.letter(notice, language),
        ),
        message=text_message(notice, address),
        aloud=spoken_text,
        seconds=60 * len(spoken_text.split()) // WORDS_A_MINUTE,
        address=address,
    )


def text_message(notice: BulletinNotice, address: str) -> TextMessage:
    """Write the text message: who, what, when, where, and the page for the rest."""
    title = wording.corrected(notice).rstrip(" .!?")
    if notice.level == Level.URGENT:
        first = said("Urgent, %(who)s : %(what)s.", who=notice.speaker, what=title)
    else:
        first = said("%(who)s : %(what)s.", who=notice.speaker, what=title)
    details = [each for each in (when(notice, short=True), notice.place) if each]
    facts = f"{sentence(', '.join(details))}." if details else ""
    parts = [first, facts, address]
    text = sms.plain(" ".join(each for each in parts if each))
    weight = sms.weigh(text)
    lighter = sms.bare(text)
    lighter_weight = sms.weigh(lighter)
    if lighter_weight.parts >= weight.parts:
        return TextMessage(text, weight)
    return TextMessage(text, weight, lighter, lighter_weight)


def aloud(notice: BulletinNotice) -> str:
    """Write what is read by loudspeaker or on the telephone: the facts are said twice."""
    facts = ", ".join(each for each in (when(notice), notice.place) if each)
    lines = [said("%(who)s vous informe.", who=notice.speaker)]
    if notice.level == Level.URGENT:
        lines = [said("Annonce urgente. %(who)s vous informe.", who=notice.speaker)]
    lines += [f"{notice.title.rstrip(' .')}.", notice.text]
    if facts:
        lines.append(f"{sentence(facts)}.")
    repeated = f"{notice.title.rstrip(' .')}. {facts}".strip()
    lines.append(said("Je répète : %(what)s", what=repeated.rstrip(".") + "."))
    return "\n\n".join(lines)


def parts_in_words(weight: sms.Weight) -> str:
    """Say what a text message weighs, and why."""
    if not weight.ucs2:
        return counted(
            "%(units)s caractères, %(num)s SMS.",
            "%(units)s caractères, %(num)s SMS.",
            weight.parts,
            units=weight.units,
        )
    return counted(
        "%(units)s caractères, %(num)s SMS : les lettres %(heavy)s raccourcissent chaque SMS.",
        "%(units)s caractères, %(num)s SMS : les lettres %(heavy)s raccourcissent chaque SMS.",
        weight.parts,
        units=weight.units,
        heavy=", ".join(weight.heavy[:8]),
    )
