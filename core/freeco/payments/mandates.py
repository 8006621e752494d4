"""Mandates: what a payer signed so that a creditor may debit their account (EPC016, SDD Core)."""

import re
from datetime import date
from typing import Any

from sqlalchemy import select
from stdnum import iban as iban_number

from freeco.cells import plain
from freeco.clock import today
from freeco.db import db, lock
from freeco.errors import Invalid
from freeco.i18n import said
from freeco.members.households import people_of
from freeco.members.models import Community, Household, Member
from freeco.organisations.models import Organisation
from freeco.payments.debit_errors import MandateEnded
from freeco.payments.debit_models import USUAL_NOTICE_DAYS, DebitMandate, MandateKind
from freeco.payments.debit_sealing import seal
from freeco.payments.parties import party_of

LAPSES_AFTER_DAYS = 36 * 30
"""Unused for 36 months a mandate is void (EPC016, 4.1); a little early rather than late."""
SEPA = re.compile(
    "AD|AL|AT|BE|BG|CH|CY|CZ|DE|DK|EE|ES|FI|FR|GB|GI|GR|HR|HU|IE|IS|IT|LI|LT|LU|LV|MC|MD|ME|MK|MT"
    "|NL|NO|PL|PT|RO|RS|SE|SI|SK|SM|VA"
)
"""Countries whose accounts can be debited so."""
_PLAIN = re.compile(r"[A-Za-z0-9/?:().,'+-]{1,35}")
LONGEST_NAME = 70


def checked_iban(typed: str) -> str:
    """Return an account number without spaces. Raises Invalid when its digits do not agree."""
    found = re.sub(r"\s", "", typed).upper()
    if not iban_number.is_valid(found):
        raise Invalid({"iban": [said("Cet IBAN n’existe pas : vérifiez chaque signe.")]})
    if not SEPA.match(found):
        raise Invalid({"iban": [said("Ce compte est hors de l’espace SEPA.")]})
    return found


def sign(
    community: Community,
    organisation: Organisation,
    payer: str,
    *,
    holder: str,
    iban: str,
    signed_on: date,
    kind: str = MandateKind.RECURRENT,
    notice_days: int = USUAL_NOTICE_DAYS,
    reference: str = "",
) -> DebitMandate:
    """Note a mandate that was signed; without a reference it gets the next one.

    Raises Invalid field by field.
    """
    lock(organisation)
    wrong: dict[str, list[str]] = {}
    number = ""
    try:
        number = checked_iban(iban)
    except Invalid as refusal:
        wrong |= refusal.fields
    holder = " ".join(holder.split())
    if not holder or len(holder) > LONGEST_NAME:
        wrong["holder"] = [said("Le nom du titulaire, en 70 signes au plus.")]
    if signed_on > today(community.timezone):
        wrong["signed_on"] = [said("Ce jour n’est pas encore venu.")]
    reference = reference.strip() or _next_reference(organisation)
    if not _PLAIN.fullmatch(reference) or reference.startswith("/") or "//" in reference:
        wrong["reference"] = [said("Des lettres sans accent et des chiffres, 35 au plus.")]
    elif _taken(organisation, reference):
        wrong["reference"] = [said("Cette référence est déjà celle d’un autre mandat.")]
    if wrong:
        raise Invalid(wrong)
    mandate = DebitMandate(
        community=community,
        organisation=organisation,
        payer=payer,
        reference=reference,
        holder=holder,
        iban_sealed=seal(number),
        iban_end=number[-4:],
        kind=kind,
        signed_on=signed_on,
        notice_days=notice_days,
    )
    db.session.add(mandate)
    db.session.flush()
    return mandate


def _taken(organisation: Organisation, reference: str) -> bool:
    query = select(DebitMandate.id).where(
        DebitMandate.organisation_id == organisation.id, DebitMandate.reference == reference
    )
    return db.session.scalar(query) is not None


def _next_reference(organisation: Organisation) -> str:
    last = select(DebitMandate.id).order_by(DebitMandate.id.desc()).limit(1)
    number = (db.session.scalar(last) or 0) + 1
    while _taken(organisation, f"FREECO-{organisation.id}-{number}"):
        number += 1
    return f"FREECO-{organisation.id}-{number}"


def revoke(mandate: DebitMandate) -> None:
    """Stop a mandate: nothing is debited by it from now on. Raises MandateEnded."""
    lock(mandate)
    if mandate.revoked_on is not None:
        raise MandateEnded
    mandate.revoked_on = today(mandate.community.timezone)


def forget(mandate: DebitMandate) -> None:
    """Erase whose account it was and its number; that it existed stays, as a proof."""
    mandate.holder = mandate.iban_sealed = mandate.iban_end = ""
    if mandate.revoked_on is None:
        mandate.revoked_on = today(mandate.community.timezone)


def signed_for(household: Household) -> list[DebitMandate]:
    """Return the mandates by which a household is debited."""
    query = select(DebitMandate).where(DebitMandate.payer == party_of(household))
    return list(db.session.scalars(query.order_by(DebitMandate.id)))


def forget_signed(member: Member, household: Household) -> None:
    """Forget what a member who is erased signed: all when nobody is left in the household."""
    alone = not [each for each in people_of(household) if each is not member]
    own = set(plain(member.person.last_name).split()) if member.person is not None else set()
    for mandate in signed_for(household):
        if alone or (own and own <= set(plain(mandate.holder).split())):
            forget(mandate)


def export(household: Household) -> list[dict[str, Any]]:
    """Return a household's mandates, ready for JSON."""
    return [
        {
            "creditor": each.organisation.name,
            "reference": each.reference,
            "holder": each.holder,
            "account_ends_with": each.iban_end,
            "kind": each.kind,
            "signed_on": each.signed_on.isoformat(),
            "revoked_on": each.revoked_on.isoformat() if each.revoked_on else None,
        }
        for each in signed_for(household)
    ]


def allows(mandate: DebitMandate, on: date) -> bool:
    """Whether a mandate allows a debit on a day: not revoked, not spent, not lapsed."""
    used = mandate.last_used_on
    if mandate.revoked_on is not None or mandate.signed_on > on:
        return False
    if mandate.kind == MandateKind.ONCE and used is not None:
        return False
    return (on - (used or mandate.signed_on)).days <= LAPSES_AFTER_DAYS


def mandates_of(community: Community, organisation: Organisation) -> list[DebitMandate]:
    """Return an organisation's mandates in a community, the standing ones first."""
    query = select(DebitMandate).where(
        DebitMandate.community_id == community.id,
        DebitMandate.organisation_id == organisation.id,
    )
    found = db.session.scalars(query.order_by(DebitMandate.id.desc()))
    return sorted(found, key=lambda each: each.revoked_on is not None)


def standing(community: Community, organisation: Organisation, on: date) -> dict[str, DebitMandate]:
    """Return the mandate that allows debiting each payer on a day, the latest signed."""
    found = {}
    for mandate in reversed(mandates_of(community, organisation)):
        if allows(mandate, on):
            found[mandate.payer] = mandate
    return found
