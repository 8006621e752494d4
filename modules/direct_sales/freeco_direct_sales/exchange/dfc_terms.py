"""The names of the Data Food Consortium, ontology 1.16, as its connector 1.0.0-beta.2 reads them.

One table for a version: the next one stands beside this, and nothing else names its terms.
Where the ontology and the connector differ, the connector is followed (``offeredItem``).
"""

from collections.abc import Mapping

VERSION = "1.16.0"
CONTEXT = (
    "https://www.datafoodconsortium.org/wp-content/plugins/wordpress-context-jsonld/"
    f"context_{VERSION}.jsonld"
)
"""The only address the connector knows without network."""
CONTEXTS = frozenset(
    {
        CONTEXT,
        f"https://w3id.org/dfc/ontology/context/context_{VERSION}.json",
        "https://www.datafoodconsortium.org",
        "https://www.datafoodconsortium.org/",
    }
)
"""The addresses under which that context is named; nothing is ever fetched from there."""
_ONTOLOGY = "https://github.com/datafoodconsortium/ontology/releases/latest/download/"
_TAXONOMIES = "https://github.com/datafoodconsortium/taxonomies/releases/latest/download/"
_FORMER = "http://static.datafoodconsortium.org/"
PREFIXES: Mapping[str, tuple[str, ...]] = {
    "dfc-b": (
        f"{_ONTOLOGY}DFC_BusinessOntology.owl#",
        f"{_FORMER}ontologies/DFC_BusinessOntology.owl#",
    ),
    "dfc-m": (f"{_TAXONOMIES}measures.rdf#", f"{_FORMER}data/measures.rdf#"),
    "dfc-pt": (f"{_TAXONOMIES}productTypes.rdf#", f"{_FORMER}data/productTypes.rdf#"),
    "dfc-f": (f"{_TAXONOMIES}facets.rdf#", f"{_FORMER}data/facets.rdf#"),
    "dfc-v": (f"{_TAXONOMIES}vocabulary.rdf#",),
}
"""What each prefix stands for, and stood for in documents written before."""
OURS = "urn:x-freeco:"
"""Names of ours, for what the ontology cannot say; others leave them aside."""
HYDRA = "http://www.w3.org/ns/hydra/core#"

UNITS: Mapping[str, str] = {
    "piece": "dfc-m:Piece",
    "kg": "dfc-m:Kilogram",
    "g": "dfc-m:Gram",
    "l": "dfc-m:Litre",
    "cl": "dfc-m:Centilitre",
    "ml": "dfc-m:Millilitre",
    "bunch": "dfc-m:Bunch",
    "crate": "dfc-m:Crate",
    "box": "dfc-m:Box",
    "bag": "dfc-m:Bag",
    "jar": "dfc-m:Jar",
    "bottle": "dfc-m:Bottle",
    "dozen": "dfc-m:Dozen",
    "basket": "dfc-m:Basket",
}
"""Our units, as the standard names them."""
READ_UNITS: Mapping[str, str] = {
    **{theirs: ours for ours, theirs in UNITS.items()},
    "dfc-m:Unit": "piece",
    "dfc-m:Tonne": "t",
    "dfc-m:Decilitre": "dl",
    "dfc-m:PoundMass": "lb",
}
"""What the standard's units are for ``product_units.measured``."""
EURO = "dfc-m:Euro"
WEIGHT, VOLUME = "dfc-m:Weight", "dfc-m:Volume"
UNLIMITED = "-1"
"""A stock without limit, as Open Food Network writes it."""
HELD, COMPLETE, CANCELLED = "dfc-v:Held", "dfc-v:Complete", "dfc-v:Cancelled"
FULFILLED, UNFULFILLED = "dfc-v:Fulfilled", "dfc-v:Unfulfilled"

LINKS = frozenset(
    f"dfc-b:{name}"
    for name in (
        "belongsTo",
        "concerns",
        "consumes",
        "hasAddress",
        "hasFulfilmentStatus",
        "hasInput",
        "hasOrderStatus",
        "hasOutput",
        "hasPart",
        "hasPaymentStatus",
        "hasPhysicalCharacteristic",
        "hasPhysicalDimension",
        "hasPrice",
        "hasQuantity",
        "hasType",
        "hasUnit",
        "hasVariant",
        "listedIn",
        "lists",
        "maintainedBy",
        "managedBy",
        "manages",
        "offeredThrough",
        "orderedBy",
        "partOf",
        "produces",
        "referencedBy",
        "references",
        "soldBy",
        "suppliedBy",
        "supplies",
    )
)
"""What leads to a thing when it is written as a text: ``offeredItem`` does not, in 1.16."""

PRODUCT, ITEM, OFFER = "dfc-b:SuppliedProduct", "dfc-b:CatalogItem", "dfc-b:Offer"
FLOW_IN, FLOW_OUT = "dfc-b:AsPlannedConsumptionFlow", "dfc-b:AsPlannedProductionFlow"
PACKING = "dfc-b:AsPlannedTransformation"
ANONYMOUS = frozenset({"dfc-b:Price", "dfc-b:QuantitativeValue", "dfc-b:PhysicalCharacteristic"})
"""Values written inside what they say something of."""
LEFT_ASIDE = ANONYMOUS | {
    f"dfc-b:{name}"
    for name in (
        "Address",
        "AllergenCharacteristic",
        "AsPlannedConsumptionFlow",
        "AsPlannedProductionFlow",
        "AsPlannedTransformation",
        "Catalog",
        "Coordination",
        "CustomerCategory",
        "DeliveryOption",
        "Enterprise",
        "NutrientCharacteristic",
        "OpeningHoursSpecification",
        "Order",
        "OrderLine",
        "PaymentMethod",
        "Person",
        "PhoneNumber",
        "PhysicalPlace",
        "PhysicalProduct",
        "PickupOption",
        "RealStock",
        "SaleSession",
        "SocialMedia",
        "TheoreticalStock",
        "VirtualPlace",
    )
}
"""Classes of the standard that say nothing of a product one sells: known, and not imported."""
