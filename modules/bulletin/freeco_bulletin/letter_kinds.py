"""The letters of the bulletin, for a community to put them in its own words."""

from freeco.i18n import _
from freeco.module import LetterKind
from freeco_bulletin.permissions import PUBLISH
from freeco_bulletin.telling import LETTERS

KINDS = (
    LetterKind(
        "bulletin.notice",
        LETTERS,
        _("Une annonce"),
        _("Quand une annonce est publiée, aux membres qui veulent la recevoir."),
        {
            "headline": _("titre de l’annonce"),
            "speaker": _("qui parle"),
            "text": _("texte de l’annonce"),
            "when_line": _("quand"),
            "place_line": _("où"),
            "picture_line": _("ce que montre l’image"),
            "corrects_line": _("si elle en remplace une autre"),
            "asks_help_line": _("si on cherche de l’aide"),
        },
        {
            "headline": "Coupure d’eau mardi matin",
            "speaker": "Commune de Lavergne",
            "text": "L’eau sera coupée rue du Lavoir pendant des travaux.",
            "when": "mardi 1er décembre, de 8 h à 12 h",
            "place": "Rue du Lavoir",
            "picture": "",
            "corrects": True,
            "asks_help": False,
        },
        needed=("headline", "speaker", "text", "when_line", "place_line", "corrects_line"),
        topic="bulletin.notice",
        url="bulletin/annonces/1",
        keeper=PUBLISH.name,
    ),
    LetterKind(
        "bulletin.helper",
        LETTERS,
        _("Quelqu’un propose son aide"),
        _("Quand un membre répond à une annonce, à qui l’a écrite."),
        {"helper": _("qui aide"), "title": _("titre de l’annonce")},
        {"helper": "Zoé Roux", "title": "Corvée de bois"},
        needed=("helper", "title"),
        topic="bulletin.help",
        url="bulletin/annonces/1",
        keeper=PUBLISH.name,
    ),
)
