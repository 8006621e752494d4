"""The numbers by which the State knows organisations."""

import re

from stdnum.exceptions import ValidationError
from stdnum.fr import siren, siret

from freeco.errors import Invalid
from freeco.i18n import said

# “W suivi de 9 chiffres” (https://associations.gouv.fr/immatriculation.html), whose second
# and third are the department: 2A and 2B in Corsica (W2A1000119), 9R in Réunion (W9R1003737).
RNA = re.compile(r"W[0-9][0-9A-Z][0-9]{7}")


def normal_siren(number: str) -> str:
    """Return the nine digits of a SIREN, or nothing. Raises Invalid."""
    try:
        return str(siren.validate(number)) if number.strip() else ""
    except ValidationError as error:
        raise Invalid(
            {"siren": [said("Un SIREN a neuf chiffres, dont le dernier vérifie les autres.")]}
        ) from error


def normal_siret(number: str) -> str:
    """Return the fourteen digits of a SIRET, or nothing. Raises Invalid."""
    try:
        return str(siret.validate(number)) if number.strip() else ""
    except ValidationError as error:
        raise Invalid(
            {"siret": [said("Un SIRET a quatorze chiffres, dont le dernier vérifie les autres.")]}
        ) from error


def normal_rna(number: str) -> str:
    """Return W and nine characters of an RNA number, or nothing. Raises Invalid."""
    tidy = re.sub(r"[\s.]", "", number).upper()
    if tidy and not RNA.fullmatch(tidy):
        raise Invalid({"rna": [said("Un numéro RNA est un W suivi de neuf chiffres.")]})
    return tidy
