"""Why papers beside a secret vote are refused."""

from http import HTTPStatus

from freeco.errors import Refusal
from freeco.i18n import _, counted


class HasCode(Refusal):
    """Nobody knows which code is theirs: it cannot be taken away."""

    reason = _("Cette personne a fait son code : elle vote à distance.")


class VotesOnPaper(Refusal):
    """Who votes on paper has no code."""

    reason = _(
        "Vous êtes sur la liste de celles et ceux qui votent sur papier : on ne fait pas de code "
        "pour vous. Pour voter à distance, dites-le à qui tient l’assemblée."
    )


class ListFixed(Refusal):
    """Codes were made for these electors, and may be in their hands."""

    reason = _(
        "Les codes sont faits : qui vote sur papier ne change plus. Pour changer, oubliez la "
        "liste et les codes, et recommencez."
    )


class PapersWithoutUrn(Refusal):
    """Their votes would never be counted."""

    reason = _(
        "Des personnes doivent voter sur papier, et ce vote n’est plus à l’ordre du jour d’une "
        "assemblée avec une urne : remettez-l’y, ou oubliez la liste et les codes."
    )


class TooFewPapers(Refusal):
    """The papers have their own total, and among a few it says who voted what."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, many: int) -> None:
        super().__init__()
        self.reason = counted(
            "%(num)s personne vote sur papier : à moins de huit, leur total dirait qui a voté "
            "quoi. Inscrivez-en davantage, ou personne.",
            "%(num)s personnes votent sur papier : à moins de huit, leur total dirait qui a voté "
            "quoi. Inscrivez-en davantage, ou personne.",
            many,
        )


class SumOpening(Refusal):
    """Somebody may know the other count by now."""

    reason = _(
        "Un dépositaire a ouvert sa part du vote à distance : le comptage des papiers ne se "
        "reprend plus."
    )
