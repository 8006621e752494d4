"""Producers and their products."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Absent
from freeco.i18n import counted, listed
from freeco.members.models import Community, Member
from freeco.money import Money
from freeco.organisations.models import OrganisationRole
from freeco.organisations.numbers import normal_siret
from freeco_direct_sales.errors import SameProducer
from freeco_direct_sales.models import Producer, Product
from freeco_direct_sales.product_import import ProductDraft

DEFAULT_VAT = 550
"""Basis points: food at the reduced rate, CGI article 278-0 bis."""


def producers_of(community: Community) -> Sequence[Producer]:
    """Return the producers of a community, by name."""
    found = db.session.scalars(select(Producer).where(Producer.community_id == community.id))
    return sorted(found, key=lambda producer: producer.name.casefold())


def find_producer(community: Community, producer_id: int) -> Producer:
    """Return a producer of this community; raise Absent for another's."""
    producer = db.session.get(Producer, producer_id)
    if producer is None or producer.community_id != community.id:
        raise Absent
    return producer


def add_producer(
    community: Community,
    name: str,
    *,
    place: str = "",
    presentation: str = "",
    address: str = "",
    siret: str = "",
    member: Member | None = None,
) -> Producer:
    """Enter a producer. Raises SameProducer when the name is taken here, Invalid for the SIRET."""
    _refuse_same_name(community, name, None)
    producer = Producer(
        community=community,
        name=name,
        place=place,
        presentation=presentation,
        address=address,
        siret=normal_siret(siret),
        member=member,
    )
    db.session.add(producer)
    db.session.flush()
    return producer


def change_producer(
    producer: Producer,
    *,
    name: str,
    place: str,
    presentation: str,
    address: str,
    siret: str,
    member: Member | None,
) -> None:
    """Correct a producer. Raises SameProducer, and Invalid for the SIRET."""
    _refuse_same_name(producer.community, name, producer.id)
    producer.name, producer.place, producer.presentation = name, place, presentation
    producer.address, producer.member = address, member
    producer.siret = normal_siret(siret)


def _refuse_same_name(community: Community, name: str, but: int | None) -> None:
    db.session.execute(
        select(Community.id).where(Community.id == community.id).with_for_update(key_share=True)
    )
    # Compared here: SQLite's lower() leaves É as it is.
    if any(
        each.name.casefold() == name.casefold() and each.id != but
        for each in producers_of(community)
    ):
        raise SameProducer


def acts_for(producer: Producer, member: Member) -> bool:
    """Whether this member signs in the producer's name: itself, or through a role."""
    if producer.member is None:
        return False
    if producer.member_id == member.id:
        return True
    organisation = producer.member.organisation_id
    if organisation is None or member.person_id is None:
        return False
    return (
        db.session.scalar(
            select(func.count(OrganisationRole.id)).where(
                OrganisationRole.organisation_id == organisation,
                OrganisationRole.person_id == member.person_id,
            )
        )
        or 0
    ) > 0


def represented_by(community: Community, member: Member) -> Sequence[Producer]:
    """Return the producers in whose name this member signs, by name; one query."""
    through_a_role = select(OrganisationRole.organisation_id).where(
        OrganisationRole.person_id == member.person_id
    )
    return db.session.scalars(
        select(Producer)
        .join(Member, Member.id == Producer.member_id)
        .where(
            Producer.community_id == community.id,
            (Producer.member_id == member.id) | Member.organisation_id.in_(through_a_role),
        )
        .order_by(Producer.name)
    ).all()


def products_of(producer: Producer) -> Sequence[Product]:
    """Return a producer's products, by category and name."""
    found = db.session.scalars(select(Product).where(Product.producer_id == producer.id))
    return sorted(found, key=lambda each: (each.category.casefold(), each.name.casefold()))


def find_product(producer: Producer, product_id: int) -> Product:
    """Return a product of this producer; raise Absent for another's."""
    product = db.session.get(Product, product_id)
    if product is None or product.producer_id != producer.id:
        raise Absent
    return product


def add_product(
    producer: Producer,
    name: str,
    price: Money,
    *,
    unit: str = "piece",
    vat_basis_points: int = DEFAULT_VAT,
    grams: int | None = None,
    category: str = "",
    is_service: bool = False,
) -> Product:
    """Enter a product by hand."""
    product = Product(
        producer=producer,
        name=name,
        price=price,
        unit=unit,
        vat_basis_points=vat_basis_points,
        grams=grams,
        category=category,
        is_service=is_service,
    )
    db.session.add(product)
    db.session.flush()
    return product


@dataclass(frozen=True)
class Imported:
    """What an import did: how many products were new, changed, or already the same."""

    added: int
    changed: int
    same: int

    def __str__(self) -> str:
        return listed(
            [
                counted("%(num)s produit ajouté", "%(num)s produits ajoutés", self.added),
                counted("%(num)s modifié", "%(num)s modifiés", self.changed),
                counted("%(num)s inchangé", "%(num)s inchangés", self.same),
            ]
        )


def import_products(
    producer: Producer,
    drafts: Sequence[ProductDraft],
    told: Callable[[Sequence[Product]], Mapping[int, ProductDraft]] | None = None,
) -> Imported:
    """Take all the products of a file that read without a problem.

    A product is recognised by its reference, else by its name and packaging, so that the
    same file twice changes nothing. Products of the producer that the file does not name
    stay as they are: contracts may hold them. ``told`` gives, by id, how a list of the same
    format tells our products: only what a file says otherwise is changed, so that what a format
    has no words for is not lost.
    """
    lock(producer)
    held = products_of(producer)
    as_told = told(held) if told is not None else {}
    known = {_key(as_told[each.id]): each for each in held if each.id in as_told}
    known |= {_key(each): each for each in held}
    counts = {"added": 0, "changed": 0, "same": 0}
    for draft in drafts:
        counts[_take(producer, draft, known, as_told)] += 1
    db.session.flush()
    return Imported(**counts)


def _key(product: Product | ProductDraft) -> tuple[str, str, str]:
    if product.reference:
        return ("reference", product.reference.casefold(), "")
    return ("name", product.name.casefold(), product.packaging.casefold())


def _take(
    producer: Producer,
    draft: ProductDraft,
    known: dict[tuple[str, str, str], Product],
    told: Mapping[int, ProductDraft],
) -> str:
    values = _values(draft)
    product = known.get(_key(draft))
    if product is None:
        product = Product(producer=producer, **values)
        db.session.add(product)
        known[_key(draft)] = product
        return "added"
    if draft.vat_basis_points is None:
        del values["vat_basis_points"]  # the file does not know better than who checked it
    before = _values(told[product.id]) if product.id in told else {}
    values = {
        name: value
        for name, value in values.items()
        if name not in draft.untold and (name not in before or before[name] != value)
    }
    if all(getattr(product, name) == value for name, value in values.items()):
        return "same"
    for name, value in values.items():
        setattr(product, name, value)
    product.changed_at = now()
    return "changed"


def _values(draft: ProductDraft) -> dict[str, Any]:
    vat = draft.vat_basis_points
    return {
        "name": draft.name,
        "price": Money(draft.price_cents),
        "unit": draft.unit,
        "grams": draft.grams,
        "millilitres": draft.millilitres,
        "packaging": draft.packaging,
        "vat_basis_points": DEFAULT_VAT if vat is None else vat,
        "deposit": Money(draft.deposit_cents),
        "reference": draft.reference,
        "description": draft.description,
        "category": draft.category,
        "origin": draft.origin,
        "note": draft.note,
        "stock": draft.stock,
        "available": draft.available,
    }
