from collections.abc import Sequence

import pytest

from freeco.db import db
from freeco.errors import Absent, Invalid
from freeco.members.models import Community, Member
from freeco.money import Money
from freeco.organisations.models import Organisation, OrganisationRole
from freeco.spreadsheets import read_table
from freeco_direct_sales import catalogue
from freeco_direct_sales.catalogue import Imported
from freeco_direct_sales.errors import SameProducer
from freeco_direct_sales.models import Producer, Product
from freeco_direct_sales.product_import import ProductDraft, read_products

LIST = (
    "Référence;Produit;Prix;Unité;TVA\nCAR;Carottes;3,20 €;kg;5,5 %\nRAD;Radis;1,80;botte;5,5 %\n"
)


def drafts(text: str) -> Sequence[ProductDraft]:
    reading = read_products(read_table("liste.csv", text.encode()))
    assert reading.problems == ()
    return reading.products


def names(producer: Producer) -> list[str]:
    return [product.name for product in catalogue.products_of(producer)]


@pytest.mark.parametrize("again", ["Épicerie du Célé", "épicerie du célé"])
def test_two_producers_of_a_community_do_not_share_a_name(community: Community, again: str) -> None:
    catalogue.add_producer(community, "Épicerie du Célé")
    with pytest.raises(SameProducer):
        catalogue.add_producer(community, again)


def test_a_producer_of_another_community_may_have_the_same_name(
    producer: Producer, elsewhere: Community
) -> None:
    other = catalogue.add_producer(elsewhere, producer.name)
    assert catalogue.producers_of(elsewhere) == [other]


def test_a_producer_keeps_its_name_when_the_rest_is_corrected(producer: Producer) -> None:
    catalogue.change_producer(
        producer,
        name=producer.name,
        place="Figeac",
        presentation="",
        address="",
        siret="",
        member=None,
    )
    assert (producer.name, producer.place) == ("GAEC des Vergnes", "Figeac")


def test_a_producer_does_not_take_the_name_of_another(producer: Producer, bakery: Producer) -> None:
    with pytest.raises(SameProducer):
        catalogue.change_producer(
            bakery,
            name="gaec des vergnes",
            place="",
            presentation="",
            address="",
            siret="",
            member=None,
        )


def test_producers_are_listed_by_name_whatever_the_case(community: Community) -> None:
    for name in ("Zoé", "apiculteur", "Berger"):
        catalogue.add_producer(community, name)
    assert [each.name for each in catalogue.producers_of(community)] == [
        "apiculteur",
        "Berger",
        "Zoé",
    ]


def test_a_producer_is_absent_from_another_community(
    producer: Producer, elsewhere: Community
) -> None:
    with pytest.raises(Absent):
        catalogue.find_producer(elsewhere, producer.id)


def test_a_product_is_absent_from_another_producer(
    products: Sequence[Product], bakery: Producer
) -> None:
    with pytest.raises(Absent):
        catalogue.find_product(bakery, products[0].id)


def test_the_farmer_acts_for_the_farm_and_a_neighbour_does_not(
    producer: Producer, farmer: Member, neighbour: Member
) -> None:
    assert catalogue.acts_for(producer, farmer)
    assert not catalogue.acts_for(producer, neighbour)


def test_nobody_acts_for_a_producer_without_account(bakery: Producer, member: Member) -> None:
    assert not catalogue.acts_for(bakery, member)


def test_who_has_a_role_in_the_organisation_acts_for_its_farm(
    community: Community, member: Member, neighbour: Member
) -> None:
    company = Organisation(kind="company", name="EARL du Causse")
    shop = Member(community=community, organisation=company)
    assert member.person_id is not None
    db.session.add(
        OrganisationRole(organisation=company, person_id=member.person_id, role="producer")
    )
    farm = catalogue.add_producer(community, "EARL du Causse", member=shop)
    assert catalogue.acts_for(farm, member)
    assert not catalogue.acts_for(farm, neighbour)


def test_food_has_the_reduced_rate_unless_said(producer: Producer) -> None:
    product = catalogue.add_product(producer, "Carottes", Money(320))
    assert product.vat_basis_points == 550


def test_a_list_enters_its_products(producer: Producer) -> None:
    assert catalogue.import_products(producer, drafts(LIST)) == Imported(2, 0, 0)
    carrots, radishes = catalogue.products_of(producer)
    assert (carrots.name, carrots.price, carrots.unit) == ("Carottes", Money(320), "kg")
    assert (radishes.name, radishes.price, radishes.unit) == ("Radis", Money(180), "bunch")


def test_the_same_list_twice_changes_nothing(producer: Producer) -> None:
    catalogue.import_products(producer, drafts(LIST))
    before = [(each.id, each.changed_at) for each in catalogue.products_of(producer)]
    assert catalogue.import_products(producer, drafts(LIST)) == Imported(0, 0, 2)
    assert [(each.id, each.changed_at) for each in catalogue.products_of(producer)] == before


def test_a_new_price_changes_the_product_of_that_reference(producer: Producer) -> None:
    catalogue.import_products(producer, drafts(LIST))
    later = drafts(LIST.replace("3,20", "3,40").replace("Carottes", "Carottes de Nantes"))
    assert catalogue.import_products(producer, later) == Imported(0, 1, 1)
    carrots = catalogue.products_of(producer)[0]
    assert (carrots.reference, carrots.name, carrots.price) == (
        "CAR",
        "Carottes de Nantes",
        Money(340),
    )


def test_a_product_without_reference_is_known_by_its_name_and_packaging(
    producer: Producer,
) -> None:
    honey = "Produit;Prix;Conditionnement\nMiel;7,80;500 g\nMiel;4,20;250 g\n"
    catalogue.import_products(producer, drafts(honey))
    done = catalogue.import_products(producer, drafts(honey.replace("4,20", "4,50")))
    assert done == Imported(0, 1, 1)
    assert sorted(each.price.cents for each in catalogue.products_of(producer)) == [450, 780]


def test_products_the_list_does_not_name_stay(
    producer: Producer, products: Sequence[Product]
) -> None:
    catalogue.import_products(producer, drafts(LIST))
    assert names(producer) == ["Carottes", "Grand panier", "Petit panier", "Radis"]


def test_a_list_without_rate_leaves_the_rate_somebody_checked(producer: Producer) -> None:
    catalogue.import_products(producer, drafts("Produit;Prix;TVA\nCidre;4,00;20 %\n"))
    catalogue.import_products(producer, drafts("Produit;Prix\nCidre;4,10\n"))
    (cider,) = catalogue.products_of(producer)
    assert (cider.price, cider.vat_basis_points) == (Money(410), 2000)


def test_two_producers_may_import_the_same_list(producer: Producer, bakery: Producer) -> None:
    catalogue.import_products(producer, drafts(LIST))
    assert catalogue.import_products(bakery, drafts(LIST)) == Imported(2, 0, 0)


def test_a_weight_no_column_could_hold_is_kept_as_words(producer: Producer) -> None:
    catalogue.import_products(producer, drafts("Produit;Prix;Poids\nSable;3,00;9000000 kg\n"))
    db.session.commit()
    (sand,) = catalogue.products_of(producer)
    assert (sand.grams, sand.packaging) == (None, "9000000 kg")


def test_a_siret_that_does_not_add_up_is_refused(community: Community) -> None:
    with pytest.raises(Invalid) as refused:
        catalogue.add_producer(community, "Ferme du Pech", siret="732 829 320 00075")
    assert list(refused.value.fields) == ["siret"]


def test_a_siret_is_kept_without_its_spaces(community: Community) -> None:
    farm = catalogue.add_producer(community, "Ferme du Pech", siret="732 829 320 00074")
    assert farm.siret == "73282932000074"
