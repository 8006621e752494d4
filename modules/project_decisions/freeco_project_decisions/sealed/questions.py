"""What is asked, and how each way of deciding becomes questions whose answers can be added.

Every answer of a homomorphic question is 0 or 1, and between ``least`` and ``most`` of them are
1 (specification, section 4.9.1). Yes, no or blank is one question; approval is one; majority
judgment is one question for each option, with the grades as answers and one of them to choose:
adding them gives the merit profiles and hides who gave which grades together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from freeco.i18n import _
from freeco_project_decisions.sealed.errors import Malformed, Unsound
from freeco_project_decisions.sealed.writing import fields

MOST_ANSWERS = 250


@dataclass(frozen=True)
class Question:
    """One question: its answers, how many may be chosen, and whether one may vote blank."""

    text: str
    answers: tuple[str, ...]
    least: int = 1
    most: int = 1
    blank: bool = False

    @property
    def width(self) -> int:
        """How many numbers an answer is made of: one for each answer, and one for blank."""
        return len(self.answers) + self.blank

    def written(self) -> dict[str, Any]:
        """Write the question as the specification does."""
        return {
            "answers": list(self.answers),
            **({"blank": True} if self.blank else {}),
            "min": self.least,
            "max": self.most,
            "question": self.text,
        }

    @classmethod
    def read(cls, content: object) -> "Question":
        """Read a question; raises ``Unsound`` for one that cannot be answered or added up."""
        blank = isinstance(content, dict) and "blank" in content
        if blank:
            answers, has_blank, least, most, text = fields(
                content, "answers", "blank", "min", "max", "question"
            )
            if has_blank is not True:
                raise Malformed(_("le vote blanc est permis, ou n’est pas écrit"))
        else:
            answers, least, most, text = fields(content, "answers", "min", "max", "question")
        texts = isinstance(answers, list) and all(isinstance(each, str) for each in answers)
        if not texts or not isinstance(text, str) or not 1 <= len(answers) <= MOST_ANSWERS:
            raise Malformed(_("une question a un texte et des réponses"))
        if len(set(answers)) != len(answers):
            raise Malformed(_("deux réponses d’une question sont les mêmes"))
        # bool is an int for Python, and is no number for JSON.
        if type(least) is not int or type(most) is not int:
            raise Malformed(_("le nombre de réponses à choisir est entier"))
        if not 0 <= least <= most <= len(answers):
            raise Malformed(
                _(
                    "on ne choisit pas de %(least)s à %(most)s réponses sur %(many)s",
                    least=least,
                    most=most,
                    many=len(answers),
                )
            )
        return cls(text, tuple(answers), least, most, blank)

    def require(self, chosen: Sequence[int]) -> None:
        """Refuse an answer that the question does not allow.

        ``chosen`` is 0 or 1 for each answer, the first for blank when there is one. Raises
        ``Unsound``.
        """
        if len(chosen) != self.width or set(chosen) - {0, 1}:
            raise Unsound(_("il faut un 0 ou un 1 pour chaque choix, et rien d’autre"))
        if self.blank and chosen[0]:
            if any(chosen[1:]):
                raise Unsound(_("un vote blanc ne choisit rien d’autre"))
        elif not self.least <= sum(chosen) <= self.most:
            raise Unsound(
                _("on choisit de %(least)s à %(most)s réponses", least=self.least, most=self.most)
            )
