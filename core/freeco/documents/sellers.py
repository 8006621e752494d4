"""Who sells and who buys, as a document says it on its day."""

import tomllib
from dataclasses import dataclass
from datetime import date

from stdnum.fr import siren as siren_number

from freeco.accounting.models import Book
from freeco.db import db
from freeco.documents.errors import NoMandate, SellerIncomplete, VatNumberMissing
from freeco.kernel import kernel
from freeco.members.models import Household, Person
from freeco.organisations.billing import Billing, VatRegime
from freeco.organisations.models import Organisation, OrganisationKind
from freeco.payments.parties import party_of

PLATFORM_FILE = "platform.toml"
"""In ``FREECO_HOME``: who the platform cooperative is, for the invoices of its own book."""
EXAMPLE = {
    "name": "Coopérative Freeco (exemple)",
    "address": "1 rue de l’Exemple",
    "postal_code": "46000",
    "commune": "Cahors",
    "siren": "000000000",
    "vat_regime": "charged",
    "vat_number": "FR12000000000",
}
"""Who it is while one develops: nobody, visibly."""


@dataclass(frozen=True)
class Seller:
    """Who issues a document: its legal identity, its VAT, how it is paid."""

    name: str
    address: str
    postal_code: str
    commune: str
    kind: str = OrganisationKind.COOPERATIVE
    siren: str = ""
    siret: str = ""
    rna: str = ""
    vat_regime: str = VatRegime.FRANCHISE
    vat_number: str = ""
    iban: str = ""
    bic: str = ""

    @property
    def registered_as(self) -> str:
        """SIREN, else RNA."""
        return self.siren or self.rna


@dataclass(frozen=True)
class Buyer:
    """Whom a document is for."""

    party: str
    """The reference that the books keep: see ``freeco.payments.parties``."""
    name: str
    address: str = ""
    postal_code: str = ""
    commune: str = ""
    siren: str = ""
    siret: str = ""
    vat_number: str = ""
    country: str = "FR"


def buyer_of(body: Household | Organisation | Person) -> Buyer:
    """Return somebody as a buyer, with the address that Freeco knows."""
    if isinstance(body, Organisation):
        billing = db.session.get(Billing, body.id)
        return Buyer(
            party=party_of(body),
            name=body.name,
            address=body.address,
            postal_code=body.postal_code,
            commune=body.commune,
            siren=body.siren or body.siret[:9],
            siret=body.siret,
            vat_number=billing.vat_number if billing is not None else "",
        )
    if isinstance(body, Person):
        lives = body
    else:
        people = [each.member.person for each in body.people if each.member.person is not None]
        if not people:
            return Buyer(party=party_of(body), name=body.name)
        lives = next((each for each in people if each.address), people[0])
    return Buyer(
        party=party_of(body),
        name=body.name,
        address=lives.address,
        postal_code=lives.postal_code,
        commune=lives.commune,
    )


def seller_of(book: Book) -> Seller:
    """Return whose book it is, fit for an invoice. Raises SellerIncomplete, VatNumberMissing."""
    seller = seller_of_receipts(book)
    if seller.vat_regime == VatRegime.CHARGED and not seller.vat_number:
        raise VatNumberMissing
    return seller


def seller_of_receipts(book: Book) -> Seller:
    """Return whose book it is, whatever it does about VAT. Raises SellerIncomplete."""
    seller = _platform() if book.organisation is None else _organisation(book.organisation)
    if not (seller.name and seller.address and seller.commune and seller.registered_as):
        raise SellerIncomplete
    return seller


def check_mandate(book: Book, day: date) -> None:
    """Refuse to invoice in the name of who has not asked for it before. Raises NoMandate."""
    billing = db.session.get(Billing, book.organisation_id) if book.organisation_id else None
    if billing is None or billing.self_billing_since is None or day < billing.self_billing_since:
        raise NoMandate


def _organisation(body: Organisation) -> Seller:
    billing = db.session.get(Billing, body.id)
    return Seller(
        name=body.name,
        address=body.address,
        postal_code=body.postal_code,
        commune=body.commune,
        kind=body.kind,
        siren=body.siren or body.siret[:9],
        siret=body.siret,
        rna=body.rna,
        vat_regime=billing.vat_regime if billing else VatRegime.FRANCHISE,
        vat_number=billing.vat_number if billing else "",
        iban=billing.iban if billing else "",
        bic=billing.bic if billing else "",
    )


def _platform() -> Seller:
    settings = kernel().settings
    file = settings.home / PLATFORM_FILE
    if file.exists():
        said = tomllib.loads(file.read_text("utf-8"))
        siren_number.validate(str(said.get("siren", "")))
    elif settings.production:
        raise SellerIncomplete
    else:
        said = EXAMPLE
    return Seller(**{key: str(value) for key, value in said.items()})
