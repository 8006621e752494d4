"""Why colleges are refused."""

from http import HTTPStatus

from freeco.errors import Refusal
from freeco.i18n import _


class CollegesNotForThis(Refusal):
    """Other methods count every ballot alike."""

    reason = _("Les collèges ne servent qu’aux votes par oui, non ou blanc.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class WeightsNotWhole(Refusal):
    """What is left of the whole would be nobody's; ``line`` is where it is told on the form."""

    reason = _("Il faut au moins deux collèges, dont les parts font ensemble 100 %.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, line: int) -> None:
        super().__init__()
        self.fields = {f"weight_{line}": [str(self.reason)]}


class CollegeTwice(Refusal):
    """A name says which college is meant; ``line`` is that of the second on the form."""

    reason = _("Deux collèges portent le même nom.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, line: int) -> None:
        super().__init__()
        self.fields = {f"name_{line}": [str(self.reason)]}


class CollegeEmpty(Refusal):
    """The part of a college that is nobody would be lost."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, name: str) -> None:
        super().__init__()
        self.reason = _("Il n’y a personne dans le collège « %(name)s ».", name=name)
