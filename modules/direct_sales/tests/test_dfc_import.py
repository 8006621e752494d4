"""Documents of the DFC read as products: everything taken, or said line by line why not."""

import json
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from freeco.db import db
from freeco.members.models import Member
from freeco.testing.visitor import Visitor
from freeco.workbooks import UnreadableFile
from freeco_direct_sales import catalogue
from freeco_direct_sales.exchange.dfc_import import read_dfc, read_list
from freeco_direct_sales.exchange.dfc_terms import CONTEXT
from freeco_direct_sales.models import Producer

SHARED = Path(__file__).parents[4] / "shared/data/dfc/minimal.jsonld"
AT = "https://coop.example/dfc"
Visit = Callable[[Member], Visitor]


def document(*things: Mapping[str, Any], context: Any = CONTEXT) -> bytes:
    """Write a document."""
    return json.dumps({"@context": context, "@graph": things}).encode()


def leeks(number: int = 1, **changes: Any) -> list[dict[str, Any]]:
    """Give leeks by the bunch, as another platform would write them."""
    product = {
        "@id": f"{AT}/products/{number}",
        "@type": "dfc-b:SuppliedProduct",
        "dfc-b:name": f"Poireaux {number}",
        "dfc-b:hasQuantity": {
            "@type": "dfc-b:QuantitativeValue",
            "dfc-b:hasUnit": "dfc-m:Bunch",
            "dfc-b:value": 1.0,
        },
    }
    item = {
        "@id": f"{AT}/items/{number}",
        "@type": "dfc-b:CatalogItem",
        "dfc-b:references": f"{AT}/products/{number}",
        "dfc-b:sku": f"P-{number}",
        "dfc-b:stockLimitation": 12,
        "dfc-b:offeredThrough": f"{AT}/offers/{number}",
    }
    price = {
        "@type": "dfc-b:Price",
        "dfc-b:value": 2.8,
        "dfc-b:VATrate": 5.5,
        "dfc-b:hasUnit": "dfc-m:Euro",
    }
    offer = {"@id": f"{AT}/offers/{number}", "@type": "dfc-b:Offer", "dfc-b:hasPrice": price}
    for name, value in changes.items():
        part = {"product": product, "item": item, "price": price, "offer": offer}[name]
        part.update({f"dfc-b:{key}": each for key, each in value.items()})
    return [product, item, offer]


def test_a_product_of_another_platform_is_read() -> None:
    reading = read_dfc(document(*leeks()))
    assert reading.problems == ()
    (draft,) = reading.products
    assert (draft.name, draft.reference, draft.unit) == ("Poireaux 1", "P-1", "bunch")
    assert (draft.price_cents, draft.vat_basis_points, draft.stock) == (280, 550, 12)


@pytest.mark.parametrize(
    ("unit", "value", "expected"),
    [
        ("Kilogram", 1, ("kg", 1000, None)),
        ("Gram", 500, ("piece", 500, None)),
        ("Litre", "0.75", ("piece", None, 750)),
        ("Piece", 1, ("piece", None, None)),
        ("Dozen", 1, ("dozen", None, None)),
    ],
)
def test_a_quantity_says_the_unit_and_its_weight(
    unit: str, value: Any, expected: tuple[str, int | None, int | None]
) -> None:
    quantity = {"dfc-b:hasUnit": f"dfc-m:{unit}", "dfc-b:value": value}
    things = leeks(product={"hasQuantity": {"@type": "dfc-b:QuantitativeValue", **quantity}})
    (draft,) = read_dfc(document(*things)).products
    assert (draft.unit, draft.grams, draft.millilitres) == expected


def test_full_addresses_mean_the_same_as_prefixes() -> None:
    text = document(*leeks()).decode()
    for prefix, iri in (
        ("dfc-b", "ontology/releases/latest/download/DFC_BusinessOntology.owl#"),
        ("dfc-m", "taxonomies/releases/latest/download/measures.rdf#"),
    ):
        text = text.replace(f'"{prefix}:', f'"https://github.com/datafoodconsortium/{iri}')
    assert read_dfc(text.encode()) == read_dfc(document(*leeks()))


def test_what_is_inside_another_thing_is_read_too() -> None:
    product, item, offer = leeks()
    nested = {**item, "dfc-b:references": product, "dfc-b:offeredThrough": offer}
    (draft,) = read_dfc(document(nested)).products
    assert (draft.name, draft.price_cents) == ("Poireaux 1", 280)


def test_an_offer_may_name_the_product_itself_as_open_food_network_does() -> None:
    product, _item, offer = leeks()
    (draft,) = read_dfc(document(product, {**offer, "dfc-b:offeredItem": product["@id"]})).products
    assert (draft.price_cents, draft.stock) == (280, None)


def test_a_stock_of_minus_one_is_without_limit() -> None:
    (draft,) = read_dfc(document(*leeks(item={"stockLimitation": -1}))).products
    assert draft.stock is None


def test_a_family_of_variants_and_what_a_case_holds_are_no_products_to_sell() -> None:
    family = {
        "@id": f"{AT}/families/1",
        "@type": "dfc-b:SuppliedProduct",
        "dfc-b:name": "Poireaux",
        "dfc-b:hasVariant": f"{AT}/products/1",
    }
    reading = read_dfc(document(*leeks(), family))
    assert [each.name for each in reading.products] == ["Poireaux 1"]
    assert reading.problems == ()


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"price": {"value": "douze"}}, "dfc-b:value"),
        ({"price": {"value": -3}}, "dfc-b:value"),
        ({"price": {"value": 1.234}}, "dfc-b:value"),
        ({"price": {"value": "1e400"}}, "dfc-b:value"),
        ({"price": {"hasUnit": "dfc-m:AustralianDollar"}}, "dfc-b:hasPrice"),
        ({"price": {"VATrate": 5000}}, "dfc-b:VATrate"),
        ({"product": {"name": ""}}, "dfc-b:name"),
        ({"product": {"name": "Ail\x00"}}, "dfc-b:name"),
        ({"item": {"stockLimitation": "beaucoup"}}, "dfc-b:stockLimitation"),
        ({"offer": {"hasPrice": "https://elsewhere.example/price"}}, "dfc-b:hasPrice"),
    ],
)
def test_what_is_wrong_is_said_at_its_line_and_nothing_else_is_lost(
    changes: Mapping[str, Any], column: str
) -> None:
    reading = read_dfc(document(*leeks(1), *leeks(2, **changes)))
    assert [each.name for each in reading.products] == ["Poireaux 1"]
    assert {each.column for each in reading.problems} >= {column}
    assert all(each.line > 3 for each in reading.problems)


def test_an_unknown_class_is_said_and_not_dropped() -> None:
    strange = {"@id": f"{AT}/baskets/1", "@type": "dfc-b:Basket", "dfc-b:name": "Panier"}
    reading = read_dfc(document(*leeks(), strange))
    assert [each.column for each in reading.problems] == ["@type"]
    assert "dfc-b:Basket" in reading.problems[0].reason


def test_two_products_of_one_reference_are_one_too_many() -> None:
    reading = read_dfc(document(*leeks(1), *leeks(2, item={"sku": "P-1"})))
    assert len(reading.problems) == 1


def test_known_things_that_are_no_products_are_told_as_left_aside() -> None:
    farm = {"@id": f"{AT}/enterprises/1", "@type": "dfc-b:Enterprise", "dfc-b:name": "Ferme"}
    reading = read_dfc(document(farm, *leeks()))
    assert reading.problems == ()
    assert any("Enterprise" in each.text for each in reading.notices)


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"[1]",
        b'{"@graph": []}',
        b'{"@context": "https://elsewhere.example/context.json", "@graph": []}',
        b'{"@context": {"dfc-b": "https://elsewhere.example/"}, "@graph": []}',
        b'{"@context": "https://w3id.org/dfc/ontology/context/context_2.0.0.json"}',
        b"[" * 100_000,
        document(*leeks())[:-2],
        document({"@id": 3}),
    ],
)
def test_what_is_no_document_of_the_standard_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableFile):
        read_dfc(content)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["@id", "@type", "@value", "@list", "dfc-b:hasPrice", "dfc-b:name"])
                | st.text(),
                inner,
            )
        ),
        max_leaves=20,
    )
)
def test_anything_at_all_is_read_or_refused(anything: Any) -> None:
    product, item, offer = leeks()
    try:
        read_dfc(document({**product, "dfc-b:hasQuantity": anything}, item, offer))
        read_dfc(document(product, {**item, "dfc-b:sku": anything}, anything))
    except UnreadableFile:
        pass


def test_a_table_is_still_read_as_a_table() -> None:
    reading = read_list("prix.csv", b"Produit;Prix TTC\nPoireaux;2,80\n")
    assert [each.price_cents for each in reading.products] == [280]


@pytest.mark.skipif(not SHARED.exists(), reason="the sample is not on this machine")
def test_the_sample_the_connector_was_tried_with_is_read() -> None:
    (draft,) = read_dfc(SHARED.read_bytes()).products
    assert (draft.name, draft.unit, draft.price_cents) == ("Tomates rondes", "kg", 280)


def test_a_document_is_previewed_then_taken_whole(
    visiting: Visit, coordinator: Member, producer: Producer
) -> None:
    client = visiting(coordinator)
    address = f"/lavergne/direct-sales/producteurs/{producer.id}/importer"
    sent = client.post(
        address, data={"file": (BytesIO(document(*leeks(1), *leeks(2))), "produits.jsonld")}
    )
    page = client.get(sent.location)
    assert "Poireaux 1" in page.text
    assert catalogue.products_of(producer) == []
    token = sent.location.partition("fichier=")[2]
    taken = client.post(f"{address}/enregistrer", data={"fichier": token})
    assert taken.status_code == 302
    db.session.expire_all()
    assert [each.reference for each in catalogue.products_of(producer)] == ["P-1", "P-2"]


def test_another_program_sends_a_document_all_or_nothing(
    visiting: Visit, coordinator: Member, member: Member, producer: Producer
) -> None:
    address = f"/api/lavergne/direct-sales/dfc/enterprises/{producer.id}/supplied_products"
    bad = document(*leeks(1), *leeks(2, price={"value": "douze"}))
    assert visiting(member).post(address, data=bad).status_code == 403
    client = visiting(coordinator)
    refused = client.post(address, data=bad)
    assert refused.status_code == 422
    assert [name.partition(".")[2] for name in refused.get_json()["errors"]] >= ["dfc-b:hasPrice"]
    assert client.post(address, data=b"{").status_code == 422
    assert catalogue.products_of(producer) == []
    db.session.commit()
    good = document(*leeks(1), *leeks(2))
    assert client.post(address, data=good).get_json()["added"] == 2
    assert client.post(address, data=good).get_json()["same"] == 2
