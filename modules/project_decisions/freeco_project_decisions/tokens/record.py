"""What votes by tokens state in the public record: each signature, and what the board was when."""

from collections.abc import Mapping
from typing import Any

from freeco.i18n import _, counted, said
from freeco.module import RecordKind, Text


def _opened(about: Mapping[str, Any]) -> Text:
    return counted(
        "Les jetons d’un vote secret se retirent : %(num)s votant.",
        "Les jetons d’un vote secret se retirent : %(num)s votants.",
        int(about["electors"]),
    )


def _issued(_about: Mapping[str, Any]) -> Text:
    return said("Un jeton de vote a été signé sans être vu.")


def _closed(about: Mapping[str, Any]) -> Text:
    return counted(
        "L’urne d’un vote par jetons s’est fermée sur %(num)s bulletin.",
        "L’urne d’un vote par jetons s’est fermée sur %(num)s bulletins.",
        int(about["ballots"]),
    )


def _counted(about: Mapping[str, Any]) -> Text:
    return counted(
        "Un vote par jetons a été dépouillé : %(num)s bulletin compté.",
        "Un vote par jetons a été dépouillé : %(num)s bulletins comptés.",
        int(about["ballots"]),
    )


KINDS = (
    RecordKind(
        "token.opened",
        _("Votes par jetons ouverts"),
        _opened,
        about=("poll", "signers", "electors", "setup", "page"),
    ),
    RecordKind("token.issued", _("Jetons signés"), _issued, about=("poll", "signer", "blinded")),
    RecordKind(
        "token.closed", _("Urnes de jetons fermées"), _closed, about=("poll", "ballots", "board")
    ),
    RecordKind(
        "token.counted",
        _("Votes par jetons dépouillés"),
        _counted,
        about=("poll", "ballots", "refused", "board"),
    ),
)
