"""How the bulletin names levels and states for people."""

from freeco.i18n import _, counted, said
from freeco.module import Text, Topic
from freeco_bulletin.models import BulletinNotice, Level, NoticeState

LEVELS: dict[str, Text] = {
    Level.ORDINARY: _("Ordinaire"),
    Level.IMPORTANT: _("Important"),
    Level.URGENT: _("Urgent"),
}
LEVEL_HINTS: dict[str, Text] = {
    Level.ORDINARY: _("Dans la lettre de la semaine de chacun."),
    Level.IMPORTANT: _("Un message tout de suite, et une carte sur l’accueil."),
    Level.URGENT: _("Un message tout de suite, en tête de l’accueil : danger, route, eau, école."),
}
STATES: dict[str, Text] = {
    NoticeState.DRAFT: _("brouillon"),
    NoticeState.PUBLISHED: _("publiée"),
    NoticeState.WITHDRAWN: _("retirée"),
}
STAMPS = {Level.IMPORTANT: "wait", Level.URGENT: "bad"}
_REASON = _("Vous êtes membre de la communauté qui publie ce bulletin.")
TOPICS = (
    Topic("bulletin.notice", _("Une annonce paraît dans le bulletin"), _REASON, "weekly"),
    Topic("bulletin.important", _("Une annonce importante paraît"), _REASON, "at_once"),
    Topic("bulletin.urgent", _("Une annonce urgente paraît"), _REASON, "at_once"),
    Topic(
        "bulletin.help",
        _("Quelqu’un propose son aide pour une de mes annonces"),
        _("Vous avez écrit cette annonce, qui demande de l’aide."),
        "at_once",
    ),
)
TOPIC_OF_LEVEL = {
    Level.ORDINARY: "bulletin.notice",
    Level.IMPORTANT: "bulletin.important",
    Level.URGENT: "bulletin.urgent",
}


def topic(notice: BulletinNotice) -> str:
    """Name what its readers may switch on or off."""
    return TOPIC_OF_LEVEL[Level(notice.level)]


def corrected(notice: BulletinNotice) -> str:
    """Write the title, and say when it corrects another notice."""
    if notice.corrects is None:
        return notice.title
    return said("Correction : %(title)s", title=notice.title)


def headline(notice: BulletinNotice) -> str:
    """Write the title as a letter begins: the level and the correction in words."""
    title = corrected(notice)
    if notice.level == Level.URGENT:
        title = said("Urgent : %(title)s", title=title)
    return title


def beginning(text: str, most: int = 200) -> str:
    """Return the beginning of a text on one line, cut between words."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    cut = line[:most].rpartition(" ")[0] or line[:most]
    return f"{cut.rstrip(' ,;:.')}…"


def helpers(many: int) -> str:
    """Say how many offered their help."""
    if many == 0:
        return said("Personne n’a encore proposé son aide.")
    return counted(
        "%(num)s personne propose son aide", "%(num)s personnes proposent leur aide", many
    )
