"""The words of cost price: pools, bases, and the labels of its entries."""

from typing import NamedTuple

from freeco.cost_price.models import Basis, Pool
from freeco.cost_price.price import PriceParts
from freeco.i18n import _
from freeco.module import Text
from freeco.money import Money

POOLS: dict[Pool, Text] = {
    Pool.DEVELOPMENT: _("Développement"),
    Pool.SERVERS: _("Serveurs"),
    Pool.GEOLOCATION: _("Géolocalisation"),
    Pool.POST: _("Courrier et SMS"),
    Pool.MAINTENANCE: _("Maintenance"),
    Pool.INSURANCE: _("Assurance"),
    Pool.AUDIT: _("Comptabilité et audit"),
}
BASES: dict[Basis, Text] = {
    Basis.ORGANISATION: _("à parts égales entre les organisations qui ont vendu dans l’année"),
    Basis.PAYMENT: _("selon le nombre de paiements reçus"),
    Basis.DOCUMENT: _("selon le nombre de factures et de reçus établis"),
    Basis.EURO: _("selon les euros échangés"),
    Basis.MEMBER: _("selon le nombre de foyers servis"),
}
LABELS: dict[Pool, str] = {
    Pool.DEVELOPMENT: "Coût réel : développement",
    Pool.SERVERS: "Coût réel : serveurs",
    Pool.GEOLOCATION: "Coût réel : géolocalisation",
    Pool.POST: "Coût réel : courrier et SMS",
    Pool.MAINTENANCE: "Coût réel : maintenance",
    Pool.INSURANCE: "Coût réel : assurance",
    Pool.AUDIT: "Coût réel : comptabilité et audit",
}
"""As the books keep them, in French for ever."""
PARTS: dict[str, Text] = {
    "producer": _("Producteur"),
    "transport": _("Transport"),
    "solidarity": _("Solidarité"),
    "platform": _("Plateforme, au prix coûtant"),
    "payment_fee": _("Frais exacts du paiement"),
}


class PartTold(NamedTuple):
    """A part of a price with its words, for a page or an invoice."""

    name: str
    label: Text
    amount: Money


def anatomy(parts: PriceParts) -> list[PartTold]:
    """Return the parts of a price in the order they are read.

    What is nothing is left out, but for the producer and the platform: its share is always said.
    """
    told = [PartTold(name, label, getattr(parts, name)) for name, label in PARTS.items()]
    return [each for each in told if each.amount or each.name in ("producer", "platform")]
