"""One graph, written in any of the shapes of JSON-LD, is one list; and none is a bomb."""

import json
import os
import re
import time
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from pyld import jsonld

from freeco.db import db
from freeco.money import Money
from freeco.workbooks import UnreadableFile
from freeco_direct_sales import catalogue
from freeco_direct_sales.exchange import dfc_context, dfc_export
from freeco_direct_sales.exchange.dfc_context import context, expand
from freeco_direct_sales.exchange.dfc_import import read_dfc
from freeco_direct_sales.exchange.dfc_terms import CONTEXT, PREFIXES
from freeco_direct_sales.models import Producer, Product

AT = "https://coop.example/dfc"
READER = Path(__file__).parent / "dfc_reader/node_modules/@datafoodconsortium/connector"
B, M = PREFIXES["dfc-b"][0], PREFIXES["dfc-m"][0]


def graph(many: int = 2) -> dict[str, Any]:
    """Give a document of leeks by the kilogram."""
    things = []
    for number in range(1, many + 1):
        things += [
            {
                "@id": f"{AT}/products/{number}",
                "@type": "dfc-b:SuppliedProduct",
                "dfc-b:name": f"Poireaux d’été {number}",
                "dfc-b:hasQuantity": {
                    "@type": "dfc-b:QuantitativeValue",
                    "dfc-b:hasUnit": "dfc-m:Kilogram",
                    "dfc-b:value": 1,
                },
                "dfc-b:referencedBy": f"{AT}/items/{number}",
            },
            {
                "@id": f"{AT}/items/{number}",
                "@type": "dfc-b:CatalogItem",
                "dfc-b:sku": f"P-{number}",
                "dfc-b:references": f"{AT}/products/{number}",
                "dfc-b:offeredThrough": f"{AT}/offers/{number}",
            },
            {
                "@id": f"{AT}/offers/{number}",
                "@type": "dfc-b:Offer",
                "dfc-b:offeredItem": {"@id": f"{AT}/items/{number}"},
                "dfc-b:hasPrice": {
                    "@type": "dfc-b:Price",
                    "dfc-b:value": 2.85,
                    "dfc-b:VATrate": 5.5,
                    "dfc-b:hasUnit": "dfc-m:Euro",
                },
            },
        ]
    return {"@context": CONTEXT, "@graph": things}


def nested() -> dict[str, Any]:
    """Give the same with each thing inside another, some of them named from the far end."""
    things = graph()["@graph"]
    inside = []
    for product, item, offer in zip(things[::3], things[1::3], things[2::3], strict=True):
        product = {name: value for name, value in product.items() if name != "dfc-b:referencedBy"}
        item = {name: value for name, value in item.items() if name != "dfc-b:references"}
        product["@reverse"] = {"dfc-b:references": {**item, "dfc-b:offeredThrough": [offer]}}
        inside.append(product)
    return {"@context": [CONTEXT], "@included": inside, "@id": f"{AT}/"}


def renamed() -> dict[str, Any]:
    """Give the same under other prefixes and names of its own."""
    own = {
        "food": B,
        "unit": M,
        "called": "food:name",
        "measure": {"@id": "food:hasUnit", "@type": "@vocab"},
        "price": {"@id": "food:hasPrice", "@container": "@set"},
        "item": {"@id": "food:offeredItem", "@type": "@id"},
        **{
            f"food:{name}": {"@type": "@id"}
            for name in ("references", "referencedBy", "offeredThrough")
        },
    }
    text = json.dumps(graph()["@graph"], ensure_ascii=False)
    for old, new in (
        ("dfc-b:name", "called"),
        ("dfc-b:hasUnit", "measure"),
        ("dfc-b:hasPrice", "price"),
        ("dfc-b:", "food:"),
        ("dfc-m:", "unit:"),
    ):
        text = text.replace(f'"{old}', f'"{new}')
    return {"@context": own, "@graph": json.loads(text)}


def shapes() -> dict[str, Any]:
    """Return the same graph in each shape."""
    full = jsonld.expand(graph(), {"documentLoader": dfc_context._load})
    return {
        "compact": graph(),
        "expanded": full,
        "flattened": jsonld.flatten(full),
        "in a list": [{"@context": CONTEXT, **each} for each in graph()["@graph"]],
        "nested": nested(),
        "other prefixes": renamed(),
        "quoted numbers": json.loads(json.dumps(graph()), parse_float=str),
        "a named graph": {"@context": CONTEXT, "@id": f"{AT}/all", "@graph": graph()["@graph"]},
    }


@pytest.mark.parametrize("shape", shapes())
def test_each_shape_says_the_same(shape: str) -> None:
    reading = read_dfc(json.dumps(shapes()[shape]).encode())
    assert reading.problems == ()
    assert [
        (each.name, each.reference, each.unit, each.price_cents, each.vat_basis_points)
        for each in sorted(reading.products, key=lambda each: each.name)
    ] == [(f"Poireaux d’été {n}", f"P-{n}", "kg", 285, 550) for n in (1, 2)]


def test_french_is_read_before_other_languages() -> None:
    document = graph(1)
    document["@graph"][0]["dfc-b:name"] = [
        {"@value": "Leeks", "@language": "en"},
        {"@value": "Poireaux", "@language": "fr"},
    ]
    assert [each.name for each in read_dfc(json.dumps(document).encode()).products] == ["Poireaux"]


@pytest.mark.parametrize(
    "foreign",
    [
        "https://elsewhere.example/context.json",
        "http://127.0.0.1:9/context",
        "file:///etc/passwd",
        "relative.json",
        {"@import": "https://elsewhere.example/context.json"},
        {"a": {"@id": "https://a.example/", "@context": "https://elsewhere.example/c.json"}},
        [CONTEXT, "https://elsewhere.example/context.json"],
        3,
    ],
)
def test_a_context_that_is_not_ours_is_refused_and_never_fetched(
    foreign: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def going_out(*_what: Any, **_how: Any) -> None:
        raise AssertionError("a reader of files goes nowhere")

    monkeypatch.setattr("socket.socket.connect", going_out)
    monkeypatch.setattr("socket.getaddrinfo", going_out)
    inside = graph(1)
    inside["@graph"][0]["dfc-b:hasQuantity"]["@context"] = foreign
    for document in ({**graph(1), "@context": foreign}, inside):
        with pytest.raises(UnreadableFile) as refused:
            read_dfc(json.dumps(document).encode())
        assert isinstance(foreign, int) or "contexte" in str(refused.value)


def deep(many: int) -> Any:
    """Nest things within one another."""
    found: dict[str, Any] = {"dfc-b:name": "fond"}
    for _level in range(many):
        found = {"dfc-b:hasPart": found}
    return {"@context": CONTEXT, **found}


MANY_TERMS = {f"t{n}": f"https://x.example/{n}" for n in range(3000)}
BOMBS: dict[str, Any] = {
    "depth": deep(500),
    "lists in lists": {"@context": CONTEXT, "dfc-b:hasPart": json.loads("[" * 90 + "]" * 90)},
    "many things": {"@context": CONTEXT, "@graph": [{"@id": "a:b"}] * 60_000},
    "a long prefix": {
        "@context": {"p": f"https://x.example/{'x' * 1_000_000}#"},
        "@graph": [{f"p:{n}": "p:a"} for n in range(20_000)],
    },
    "prefixes on prefixes": {
        "@context": {"p0": "https://x.example/"}
        | {f"p{n}": f"p{n - 1}:{'x' * 2000}" for n in range(1, 60)},
        "@graph": [{f"p59:{n}": "p59:a"} for n in range(20_000)],
    },
    "contexts everywhere": {
        "@context": CONTEXT,
        "@graph": [{"@context": {f"t{n}": "https://x.example/"}} for n in range(1000)],
    },
    "a circle of terms": {"@context": {"a": "b:x", "b": "a:x"}, "a:name": 1},
    "a long context within a term": {
        "@context": {"p": {"@id": "https://x.example/", "@context": MANY_TERMS}},
        "@graph": [{"p": {"p:a": "b"}}] * 20_000,
    },
    "a long context within a class": {
        "@context": {"T": {"@id": "https://x.example/", "@context": MANY_TERMS}},
        "@graph": [{"@type": "T", "p:a": "b"}] * 20_000,
    },
    "a short context within a class": {
        "@context": {"T": {"@id": "https://x.example/", "@context": {"t": "https://x.example/"}}},
        "@graph": [{"@type": "T", "p:a": "b"}] * 20_000,
    },
    "a number without end": {"@context": CONTEXT, "dfc-b:name": int("9" * 4000)},
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_document_made_to_hurt_is_refused_quickly_in_little_memory(name: str) -> None:
    content = json.dumps(BOMBS[name]).encode()
    tracemalloc.start()
    began = time.process_time()
    try:
        with pytest.raises(UnreadableFile):
            read_dfc(content)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert time.process_time() - began < 5
    assert peak < 100_000_000


def sold(**shared: Any) -> dict[str, Any]:
    """Give three thousand products that share a catalogue line, with what stands besides."""
    product = {"@type": "dfc-b:SuppliedProduct", "dfc-b:referencedBy": {"@id": f"{AT}/item"}}
    things = [{**product, "@id": f"{AT}/{n}", "dfc-b:name": f"Poire {n}"} for n in range(3000)]
    item = {"@id": f"{AT}/item", "@type": "dfc-b:CatalogItem", **shared}
    return {"@context": CONTEXT, "@graph": [*things, item]}


@pytest.mark.parametrize(
    "document",
    [
        sold(**{"dfc-b:sku": [f"P-{n}" for n in range(50_000)]}),
        sold(**{"dfc-b:offeredThrough": [{"@id": f"{AT}/o{n}"} for n in range(40_000)]}),
        {
            "@context": CONTEXT,
            "@graph": [{"@id": AT, "@type": f"dfc-b:T{n}", "dfc-b:name": "x"} for n in range(9000)],
        },
    ],
    ids=["a reference", "offers", "classes"],
)
def test_what_many_things_share_is_not_read_anew_for_each(document: Any) -> None:
    content = json.dumps(document).encode()
    began = time.process_time()
    assert read_dfc(content).problems
    assert time.process_time() - began < 5


def test_a_thousand_products_are_read_in_less_than_two_seconds() -> None:
    content = json.dumps(graph(1000)).encode()
    began = time.process_time()
    assert len(read_dfc(content).products) == 1000
    assert time.process_time() - began < 2


def flat(expanded: list[dict[str, Any]]) -> dict[str, Any]:
    """Return an expanded document with one entry a thing, in one order."""
    return {each["@id"]: each for each in jsonld.flatten(expanded)}


def test_what_we_write_means_with_the_standard_s_context_what_it_means_with_ours(
    producer: Producer,
) -> None:
    module = READER / "lib/context.js"
    if not module.exists():
        if os.environ.get("FREECO_NOTHING_MAY_SKIP"):
            pytest.fail("the DFC connector is not installed")
        pytest.skip("the DFC connector is not installed")
    found = re.search(r"\{.*\}", module.read_text("utf-8"), re.DOTALL)
    assert found is not None
    theirs = json.loads(found[0])
    assert {name: theirs[name] for name in PREFIXES} == {n: context()[n] for n in PREFIXES}
    for rank, packaging in enumerate(("6 x 75 cl", "", "1 kg")):
        db.session.add(
            Product(
                producer=producer,
                name=f"Jus d’été {rank}",
                price=Money(1899),
                packaging=packaging,
                reference=f"J-{rank}",
                grams=500 if rank else None,
                stock=rank or None,
            )
        )
    db.session.commit()
    at = dfc_export.Addresses("https://coop.example/dfc", whole=True)
    products = catalogue.products_of(producer)
    things = dfc_export.enterprise(producer, at, products)
    things += [thing for each in products for thing in dfc_export.product(each, at)]
    document = dfc_export.document(things, "https://coop.example/1", "https://coop.example/2")
    with_theirs = jsonld.expand({**document, "@context": theirs})
    assert flat(expand(document)) == flat(with_theirs)
    written_ids = {each["@id"] for each in document["@graph"]}
    assert written_ids <= set(flat(with_theirs))
