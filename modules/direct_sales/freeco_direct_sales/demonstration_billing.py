"""The invented numbers of the demonstration's farms: SIRET, bank account, VAT, mandates."""

from datetime import timedelta

from stdnum import iban, luhn

from freeco.clock import today
from freeco.db import db
from freeco.members.models import Member
from freeco.organisations import services as organisations
from freeco.organisations.billing import Billing, VatRegime
from freeco_direct_sales import sellers
from freeco_direct_sales.models import Producer

LONG_AGO = timedelta(days=800)
WITH_MANDATE = 2
"""How many of the farms let Freeco invoice in their name; the first one charges VAT, too."""


def give_numbers(producer: Producer, number: int) -> None:
    """Give a farm what its payments and invoices need; ``number`` counts the farms from 1."""
    body = sellers.seller(producer)
    siren = _checked(f"9000000{number}")
    body.siren, body.siret = siren, _checked(f"{siren}0001")
    body.address, body.postal_code = f"{number} chemin de la Ferme", "46320"
    account = f"20041010050{number:06d}M02606"
    charges = number == 1
    db.session.add(
        Billing(
            organisation=body,
            iban=f"FR{iban.calc_check_digits(f'FR00{account}')}{account}",
            vat_regime=VatRegime.CHARGED if charges else VatRegime.FRANCHISE,
            vat_number=f"FR{(12 + 3 * int(siren)) % 97:02d}{siren}" if charges else "",
            self_billing_since=today() - LONG_AGO if number <= WITH_MANDATE else None,
            self_billing_by=_who_signs(producer),
        )
    )
    db.session.flush()


def _checked(digits: str) -> str:
    return digits + luhn.calc_check_digit(digits)


def _who_signs(producer: Producer) -> Member | None:
    member = producer.member
    if member is None or member.organisation is None:
        return member
    return next((each.member for each in organisations.holders(member)), None)
