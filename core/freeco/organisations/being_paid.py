"""Saying how an organisation is paid and invoices, checked number by number."""

import re
from collections.abc import Callable
from datetime import date

from stdnum import bic as bic_number
from stdnum import iban as iban_number
from stdnum.eu import at_02
from stdnum.exceptions import ValidationError
from stdnum.fr import tva

from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Absent, Invalid
from freeco.i18n import said
from freeco.members.models import Member
from freeco.organisations.account_notices import tell_of_change
from freeco.organisations.billing import Billing, VatRegime
from freeco.organisations.models import Organisation, Role
from freeco.organisations.services import holds_role

MONEY_ROLES = (Role.COORDINATOR, Role.TREASURER, Role.PRODUCER)
"""Who sees an organisation's money and says how it is paid."""


def keeps_money(organisation: Member, member: Member) -> bool:
    """Whether a member sees an organisation's money: its documents, its books, its account."""
    return holds_role(organisation, member.person_id, *MONEY_ROLES)


def money_of(organisation: Member, member: Member) -> Organisation:
    """Return an organisation to who sees its money. Raises Absent for everybody else."""
    body = organisation.organisation
    if body is None or not keeps_money(organisation, member):
        raise Absent
    return body


def billing_of(organisation: Organisation) -> Billing | None:
    """Return how an organisation is paid, or None when nobody has said it."""
    return db.session.get(Billing, organisation.id)


def say_billing(
    organisation: Organisation,
    *,
    iban: str = "",
    bic: str = "",
    vat_regime: str = VatRegime.FRANCHISE,
    vat_number: str = "",
    creditor_identifier: str = "",
    by: Member | None = None,
) -> Billing:
    """Say how an organisation is paid and whether it charges VAT. Raises Invalid by field.

    Another IBAN is told at once to the others who keep its money; ``by`` is who says it, nobody
    where nobody is to be told (an import).
    """
    lock(organisation)
    wrong: dict[str, list[str]] = {}

    def checked(field: str, typed: str, validate: Callable[[str], object], reason: str) -> str:
        tidy = re.sub(r"[\s.\u00a0\u202f-]", "", typed).upper()
        try:
            return str(validate(tidy)) if tidy else ""
        except ValidationError:
            wrong[field] = [reason]
            return tidy

    iban = checked("iban", iban, iban_number.validate, _wrong_iban())
    bic = checked("bic", bic, bic_number.validate, said("Un BIC a huit ou onze caractères."))
    number = checked("vat_number", vat_number, _french_vat, _wrong_vat())
    creditor = checked(
        "creditor_identifier",
        creditor_identifier,
        at_02.validate,
        said("Cet identifiant (ICS) ne se vérifie pas : recopiez-le du courrier de la banque."),
    )
    siren = organisation.siren or organisation.siret[:9]
    if number and siren and "vat_number" not in wrong and not number.endswith(siren):
        wrong["vat_number"] = [said("Ce numéro de TVA n’est pas celui du SIREN de l’organisation.")]
    if vat_regime not in set(VatRegime):
        wrong["vat_regime"] = [said("Ce choix n’existe pas.")]
    elif vat_regime == VatRegime.CHARGED and not number:
        wrong["vat_number"] = [
            said("Avec la TVA, il faut le numéro de TVA : il va sur la facture.")
        ]
    if wrong:
        raise Invalid(wrong)
    billing = _opened(organisation)
    lock(billing)
    before = billing.iban
    billing.iban, billing.bic = iban, bic
    billing.vat_regime, billing.vat_number = vat_regime, number
    billing.creditor_identifier = creditor
    billing.changed_at = now()
    db.session.flush()
    if by is not None and iban != before:
        tell_of_change(organisation, before, iban, by, MONEY_ROLES)
    return billing


def give_mandate(organisation: Organisation, by: Member, on: date) -> Billing:
    """Ask Freeco to make one's invoices from a day on; giving it again changes nothing."""
    lock(organisation)
    billing = _opened(organisation)
    if billing.self_billing_since is None:
        billing.self_billing_since, billing.self_billing_by = on, by
    db.session.flush()
    return billing


def end_mandate(organisation: Organisation) -> None:
    """Make one's invoices oneself again."""
    lock(organisation)
    billing = _opened(organisation)
    billing.self_billing_since = billing.self_billing_by = None
    db.session.flush()


def say_receipts(organisation: Organisation, proof: str, since: date | None) -> Billing:
    """Say on what one's gift receipts rest and from when, or no longer (both empty).

    CGI art. 200 and 238 bis: bodies of general interest only; the proof is the reference and
    the day of the administration's answer (LPF art. L80 C). Raises Invalid by field.
    """
    lock(organisation)
    wrong = {}
    if since is not None and not proof:
        wrong["gift_receipts_proof"] = [
            said("Indiquez la réponse de l’administration : sans elle, pas de reçu.")
        ]
    if proof and since is None:
        wrong["gift_receipts_since"] = [said("Indiquez à partir de quel jour.")]
    if not (organisation.siren or organisation.rna or not proof):
        wrong["gift_receipts_proof"] = [
            said("Un reçu fiscal porte le SIREN ou le RNA : complétez d’abord la fiche.")
        ]
    if wrong:
        raise Invalid(wrong)
    billing = _opened(organisation)
    billing.gift_receipts_proof, billing.gift_receipts_since = proof, since
    billing.changed_at = now()
    db.session.flush()
    return billing


def _opened(organisation: Organisation) -> Billing:
    found = billing_of(organisation)
    if found is None:
        found = Billing(organisation=organisation)
        db.session.add(found)
        db.session.flush()
    return found


def _french_vat(number: str) -> str:
    return f"FR{tva.validate(number)}"


def _wrong_iban() -> str:
    return said("Cet IBAN ne se vérifie pas : un chiffre a dû être mal recopié.")


def _wrong_vat() -> str:
    return said("Un numéro de TVA français est FR, deux chiffres, puis le SIREN.")
