"""The four farms of the demonstration, and what they sell."""

from dataclasses import dataclass

from freeco_direct_sales.models import ContractKind


@dataclass(frozen=True)
class Farm:
    """What a producer of the demonstration offers."""

    name: str
    place: str
    presentation: str
    contract: str
    kind: ContractKind
    every: int
    """A delivery every so many weeks."""
    capacity: int | None
    taken_by: int
    """Percentage of the households that subscribe."""
    goods: tuple[tuple[str, int, str, int | None], ...]
    """Name, price in cents, unit, grams."""


FARMS = (
    Farm(
        "GAEC des Vergnes",
        "Assiac, 9 km",
        "Légumes de saison en agriculture biologique sur trois hectares, Denis et Marion Couderc.",
        "Légumes d’hiver",
        ContractKind.FIXED,
        1,
        56,
        82,
        (("Petit panier", 1150, "basket", 4200), ("Grand panier", 1800, "basket", 7000)),
    ),
    Farm(
        "Le Fournil de Lise",
        "Lavergne-sur-Célé, 2 km",
        "Pains au levain, blés de pays moulus sur meule, cuisson au feu de bois le jeudi matin.",
        "Pain au levain",
        ContractKind.FREE,
        1,
        None,
        55,
        (
            ("Pain de campagne 1 kg", 520, "piece", 1000),
            ("Pain de seigle 500 g", 340, "piece", 500),
            ("Brioche", 480, "piece", 400),
        ),
    ),
    Farm(
        "Chèvrerie du Causse",
        "Le Mas-du-Causse, 17 km",
        "Quarante chèvres alpines, fromages au lait cru ; pas de traite de Noël à fin janvier.",
        "Fromages de chèvre",
        ContractKind.FREE,
        2,
        40,
        45,
        (
            ("Cabécou frais", 190, "piece", 60),
            ("Cabécou affiné", 210, "piece", 50),
            ("Tomme, 250 g", 650, "piece", 250),
        ),
    ),
    Farm(
        "Les Ruchers du Célé",
        "Saint-Loup-le-Pont, 6 km",
        "Miels de châtaignier, de causse et de printemps, récoltés et mis en pot à la ferme.",
        "Miel et pain d’épices",
        ContractKind.FREE,
        4,
        30,
        25,
        (
            ("Miel de châtaignier 500 g", 780, "jar", 500),
            ("Miel de causse 500 g", 820, "jar", 500),
            ("Pain d’épices", 600, "piece", 350),
        ),
    ),
)
