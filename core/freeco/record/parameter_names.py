"""What the parameters core knows are called in the record, and what its own values are there."""

import re

from freeco.members.models import Admission, Community
from freeco.module import Ref
from freeco.record.codes import as_code

ADMISSION = "admission"
CHARTER = "charter.version"
THRESHOLD = "threshold."
"""The module's name follows."""
OPENED = "opened."
"""Likewise, for an opening that the members decided."""
RATE = "cost.rate"
KEY = "cost.key."
"""The pool's name follows."""
DECISION = re.compile(r"([a-z][a-z0-9_]*):([a-z][a-z0-9_]*):([0-9]{1,9})")


def decision(code: str) -> Ref | None:
    """Read what names a decision, ``module:kind:id``; None when it names none."""
    found = DECISION.fullmatch(code)
    return Ref(found[1], found[2], int(found[3])) if found is not None else None


def admission_code(community: Community) -> str:
    """Return how people come in as a code: ``domain:mairie-lavergne.fr``."""
    if community.admission == Admission.DOMAIN:
        return as_code(f"{community.admission}:{community.email_domain}")
    return str(community.admission)
