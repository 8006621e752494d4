"""The file for the bank: pain.008, one for a collection, the same each time it is asked for.

``sepaxml`` writes it; its random names are replaced by the collection's own, so that a bank that
is given the file twice refuses the second (the MsgId is what it looks at), and the result is
checked against the schema of ISO 20022 before anybody sees it.
"""

from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

from lxml import etree
from sepaxml import SepaDD

from freeco.payments.debit_errors import NotReady, NotThere
from freeco.payments.debit_models import DebitCollection, ItemState
from freeco.payments.debit_sealing import unseal
from freeco.payments.debits import creditor

VERSIONS = ("pain.008.001.08", "pain.008.001.02")
"""The first is what banks ask for today; some still ask for the second, which needs a BIC."""


def file_of(collection: DebitCollection, version: str = VERSIONS[0]) -> bytes:
    """Return the file of a collection that was sent. Raises NotThere, NotReady, SealBroken."""
    billing = creditor(collection.organisation)
    if billing is None or (version == VERSIONS[1] and not billing.bic):
        raise NotReady
    if collection.sent_at is None:
        raise NotThere
    config = {
        "name": collection.organisation.name,
        "IBAN": billing.iban,
        "batch": True,
        "creditor_id": billing.creditor_identifier,
        "currency": "EUR",
    }
    if billing.bic:
        config["BIC"] = billing.bic
    writer = SepaDD(config, schema=version, clean=True)
    for item in collection.items:
        if item.state == ItemState.ANNOUNCED:
            continue
        writer.add_payment(
            {
                "name": item.mandate.holder,
                "IBAN": unseal(item.mandate.iban_sealed),
                "amount": item.payment.amount.cents,
                "type": item.sequence,
                "collection_date": collection.collects_on,
                "mandate_id": item.mandate.reference,
                "mandate_date": item.mandate.signed_on,
                "description": item.payment.reference,
                "endtoend_id": item.payment.reference,
            }
        )
    return _named(writer.export(validate=False), collection, version)


def message_id(collection: DebitCollection) -> str:
    """Return what names the file for the bank."""
    return f"FREECO-{collection.organisation_id}-{collection.number}"


def _named(content: bytes, collection: DebitCollection, version: str) -> bytes:
    root = etree.fromstring(content)
    name = message_id(collection)
    made = collection.sent_at
    if made is None:
        raise NotThere
    local = made.astimezone(ZoneInfo(collection.community.timezone))
    for element in root.iter("{*}MsgId"):
        element.text = name
    for element in root.iter("{*}CreDtTm"):
        element.text = local.strftime("%Y-%m-%dT%H:%M:%S")
    for group in root.iter("{*}PmtInf"):
        own, kind = group.find("{*}PmtInfId"), group.find("./{*}PmtTpInf/{*}SeqTp")
        if own is not None and kind is not None:
            own.text = f"{name}-{kind.text}"
    schema(version).assertValid(root)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


@cache
def schema(version: str) -> etree.XMLSchema:
    """Return the schema of a version of the message, as it comes with sepaxml."""
    file = resources.files("sepaxml") / "schemas" / f"{version}.xsd"
    return etree.XMLSchema(etree.fromstring(file.read_bytes()))
