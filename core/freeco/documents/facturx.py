"""Factur-X: the invoice as EN 16931 says it (CII), made from what the document keeps.

The library checks the XML against the schema as it writes it. Its ``xml_check_schematron``
is not called anywhere: without a Saxon server it answers yes to anything. The tests run the
EN 16931 and French CTC schematrons with saxonche.
"""

from datetime import date
from decimal import Decimal
from typing import Any

import facturx

from freeco.documents import notes as words
from freeco.documents.amounts import unit_price
from freeco.documents.models import Kind
from freeco.money import Money

LEVEL = "en16931"
CURRENCY = "EUR"
TYPE_CODES = {Kind.INVOICE: "380", Kind.CREDIT_NOTE: "381"}
"""BT-3. An invoice made by mandate is not one that the buyer makes (389)."""
UNITS = {
    "piece": "C62",
    "kilogram": "KGM",
    "gram": "GRM",
    "litre": "LTR",
    "hour": "HUR",
    "kilometre": "KMT",
    "month": "MON",
    "day": "DAY",
}
"""BT-130, from UN/ECE recommendation 20."""
TRANSFER, NOT_SAID = "30", "1"
"""BT-81, from UNTDID 4461."""
SIREN_SCHEME, SIRET_SCHEME, DIRECTORY_SCHEME, EMAIL_SCHEME = "0002", "0009", "0225", "EM"
NOBODY = "non-inscrit"
"""The electronic address of who has none: a household is not in the directory."""


def invoice_xml(content: dict[str, Any]) -> bytes:
    """Return the XML of an invoice or a credit note."""
    made: bytes = facturx.generate_xml(
        _terms(content), flavor="factur-x", level=LEVEL, check_xsd=True, check_schematron=None
    )
    return made


def _terms(content: dict[str, Any]) -> dict[str, Any]:
    """Return the business terms of EN 16931 (BT) and their groups (BG)."""
    kind = Kind(content["kind"])
    due = content["total"] - content.get("paid", 0)
    found: dict[str, Any] = {
        "BT-1": content["number"],
        "BT-2": date.fromisoformat(content["day"]),
        "BT-3": TYPE_CODES[kind],
        "BT-5": CURRENCY,
        "BT-23": _process(content, due),
        "BT-72": date.fromisoformat((content.get("period") or [content["day"]])[-1]),
        "BG-1": _notes(content),
        "BG-4": _seller(content["seller"]),
        "BG-7": _buyer(content["buyer"]),
        "BG-23": [_rate(each, content) for each in content["rates"]],
        "BG-25": [_line(number, each, content) for number, each in enumerate(content["lines"], 1)],
        "BT-106": _euros(content["net"]),
        "BT-109": _euros(content["net"]),
        "BT-110": _euros(content["vat"]),
        "BT-112": _euros(content["total"]),
        "BT-115": _euros(due),
    }
    if content.get("paid"):
        found["BT-113"] = _euros(content["paid"])
    if content.get("due_on"):
        found["BT-9"] = date.fromisoformat(content["due_on"])
    if content.get("period"):
        found["BT-73"], found["BT-74"] = map(date.fromisoformat, content["period"])
    if content.get("corrects"):
        before = content["corrects"]
        found["BG-3"] = [{"BT-25": before["number"], "BT-26": date.fromisoformat(before["day"])}]
        found["BT-20"] = "À déduire de ce qui reste dû, ou à rembourser."
    return found | _payment(content, due)


def _payment(content: dict[str, Any], due: int) -> dict[str, str]:
    iban = content["seller"]["iban"]
    if content["kind"] != Kind.INVOICE or not due:
        return {}
    if not iban:
        return {"BT-81": NOT_SAID}
    found = {"BT-81": TRANSFER, "BT-84": iban, "BT-85": content["seller"]["name"]}
    if content["seller"]["bic"]:
        found["BT-86"] = content["seller"]["bic"]
    if content.get("reference"):
        found["BT-83"] = content["reference"]
    return found


def _process(content: dict[str, Any], due: int) -> str:
    """Return BT-23: goods (B), services (S) or both (M); paid already (2) or to be paid (1)."""
    services = {each["nature"] in ("service", "fee") for each in content["lines"]}
    letter = "M" if len(services) == 2 else "S" if True in services else "B"
    return letter + ("2" if content["kind"] == Kind.INVOICE and not due else "1")


def _notes(content: dict[str, Any]) -> list[dict[str, str]]:
    found = [{"BT-21": code, "BT-22": text} for code, text in content["legal"].items()]
    found += [{"BT-22": text} for text in content.get("notes", [])]
    if content.get("reason"):
        found.append({"BT-22": content["reason"]})
    if content["mandate"]:
        found.append({"BT-22": words.MANDATE.format(name=content["seller"]["name"])})
    if content["rehearsal"]:
        found.append({"BT-22": words.REHEARSAL})
    return found


def _seller(said: dict[str, str]) -> dict[str, Any]:
    found = _party(said) | {"tax_identifier": said["siren"] or said["rna"]}
    if said["vat_number"]:
        found["vat_identifier"] = said["vat_number"]
    return found


def _buyer(said: dict[str, str]) -> dict[str, Any]:
    found = _party(said)
    if said["vat_number"]:
        found["vat_identifier"] = said["vat_number"]
    return found


def _party(said: dict[str, str]) -> dict[str, Any]:
    siren = said["siren"]
    found: dict[str, Any] = {
        "name": said["name"],
        "addr_l1": said["address"],
        "postcode": said["postal_code"],
        "city": said["commune"],
        "country_code": said.get("country", "FR"),
        "einvoicing_addr": siren or NOBODY,
        "einvoicing_addr_schemeid": DIRECTORY_SCHEME,
    }
    if siren:
        found |= {"legal_identifier": siren, "legal_identifier_schemeid": SIREN_SCHEME}
    if said["siret"]:
        found["identifiers"] = {SIRET_SCHEME: said["siret"]}
    return found


def _category(rate: int, content: dict[str, Any]) -> str:
    return "S" if rate else content["exemption"][0]


def _rate(each: dict[str, int], content: dict[str, Any]) -> dict[str, str]:
    category = _category(each["rate"], content)
    found = {
        "BT-116": _euros(each["net"]),
        "BT-117": _euros(each["vat"]),
        "BT-118": category,
    }
    if category != "O":
        found["BT-119"] = _percent(each["rate"])
    if not each["rate"]:
        _letter, found["BT-121"], found["BT-120"] = content["exemption"]
    return found


def _line(number: int, each: dict[str, Any], content: dict[str, Any]) -> dict[str, Any]:
    quantity, net = Decimal(each["quantity"]), abs(each["net"])
    price = unit_price(Money(net), quantity)
    category = _category(each["rate"], content)
    found: dict[str, Any] = {
        "BT-126": str(number),
        "BT-129": each["quantity"] if each["gross"] > 0 else f"-{each['quantity']}",
        "BT-130": UNITS[each["unit"]],
        "BT-131": _euros(each["net"]),
        "BT-146": str(price) if price is not None else _euros(net),
        "BT-151": category,
        "BT-153": each["label"],
    }
    if price is None:
        found["BT-149"] = each["quantity"]  # so much for that many, exactly
    if category != "O":
        found["BT-152"] = _percent(each["rate"])
    if each["detail"]:
        found["BT-154"] = each["detail"]
    return found


def _euros(cents: int) -> str:
    return f"{Decimal(cents) / 100:.2f}"


def _percent(basis_points: int) -> str:
    return f"{Decimal(basis_points) / 100:.2f}"
