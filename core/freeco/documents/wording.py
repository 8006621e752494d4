"""How a document is written for a reader: French words and figures, ready to be set."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from freeco import i18n
from freeco.documents import notes
from freeco.documents.amounts import unit_price
from freeco.documents.models import Kind
from freeco.money import Money
from freeco.organisations.billing import VatRegime

TITLES = {
    Kind.INVOICE: "Facture",
    Kind.CREDIT_NOTE: "Avoir",
    Kind.RECEIPT: "Reçu au titre des dons",
    Kind.CANCELLATION: "Annulation d’un reçu",
}
KINDS = {
    Kind.INVOICE: i18n._("Facture"),
    Kind.CREDIT_NOTE: i18n._("Avoir"),
    Kind.RECEIPT: i18n._("Reçu fiscal"),
    Kind.CANCELLATION: i18n._("Annulation d’un reçu"),
}
"""The same, on screen."""
MEANS = {
    "cheque": "Chèque",
    "cash": "Espèces",
    "transfer": "Virement, prélèvement ou carte bancaire",
    "debit": "Virement, prélèvement ou carte bancaire",
    "card": "Virement, prélèvement ou carte bancaire",
}
"""The three boxes of Cerfa 11580."""
UNITS = {
    "piece": "",
    "kilogram": "kg",
    "gram": "g",
    "litre": "l",
    "hour": "h",
    "kilometre": "km",
    "month": "mois",
    "day": "j",
}
WITH_VAT = ["Désignation", "Quantité", "Prix unitaire HT", "TVA", "Total HT", "Total TTC"]
WITHOUT_VAT = ["Désignation", "Quantité", "Prix unitaire", "Total"]


def euros(cents: int) -> str:
    """Write an amount: 1 234,50 €."""
    return i18n.money(Money(cents)).replace("-", "−")


def day(iso: str) -> str:
    """Write a day as figures, the way a ledger does: 30/11/2026."""
    return date.fromisoformat(iso).strftime("%d/%m/%Y")


def grouped(text: str, by: int = 4) -> str:
    """Part digits as they are read aloud: IBAN by four, SIREN by three."""
    return "\u00a0".join(re.findall(f".{{1,{by}}}", text))


def siret(digits: str) -> str:
    """Write a SIRET: its SIREN by three, then the five digits of the establishment."""
    return f"{grouped(digits[:9], 3)}\u00a0{digits[9:]}"


def identity(said: Mapping[str, str]) -> list[str]:
    """Return name, address and numbers of a seller or a buyer, a line each."""
    return [
        said["name"],
        said["address"],
        f"{said['postal_code']} {said['commune']}".strip(),
        f"SIRET {siret(said['siret'])}" if said["siret"] else "",
        f"SIREN {grouped(said['siren'], 3)}" if said["siren"] and not said["siret"] else "",
        f"RNA {said['rna']}" if said.get("rna") else "",
        f"TVA {said['vat_number']}" if said["vat_number"] else "",
    ]


def invoice_words(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return what ``papers/invoice.typ`` sets."""
    with i18n.spoken("fr"):
        return _invoice_words(content)


def _invoice_words(content: Mapping[str, Any]) -> dict[str, Any]:
    kind = Kind(content["kind"])
    seller, buyer = content["seller"], content["buyer"]
    charged = seller["vat_regime"] == VatRegime.CHARGED
    title = TITLES[kind]
    return {
        "title": title,
        "author": seller["name"],
        "foot": f"{title} {content['number']} · {seller['name']}",
        "warning": notes.REHEARSAL if content["rehearsal"] else "",
        "from": identity(seller),
        "to": identity(buyer),
        "addressed": "Pour",
        "facts": _facts(content),
        "opening": _opening(content),
        "columns": WITH_VAT if charged else WITHOUT_VAT,
        "lines": [_line(each, charged=charged) for each in content["lines"]],
        "rates": [
            [i18n.percent(each["rate"]), euros(each["net"]), euros(each["vat"])]
            for each in content["rates"]
        ]
        if charged
        else [],
        "exemption": content["exemption"][2] if content["exemption"] else "",
        "totals": _totals(content, charged=charged),
        "due": _due(content),
        "anatomy": [[label, euros(cents)] for label, cents in content.get("anatomy", [])],
        "payment": _payment(content),
        "notes": _notes(content),
        "legal": list(content["legal"].values()) if kind == Kind.INVOICE else [],
    }


def _facts(content: Mapping[str, Any]) -> list[list[str]]:
    found = [["Numéro", content["number"]], ["Date", day(content["day"])]]
    if content.get("due_on") and content["total"] > content.get("paid", 0):
        found.append(["À régler le", day(content["due_on"])])
    return found


def _opening(content: Mapping[str, Any]) -> list[str]:
    found = []
    if content.get("corrects"):
        before = content["corrects"]
        found.append(f"Sur la facture {before['number']} du {day(before['day'])}.")
        found.append(f"Motif : {content['reason']}")
    if content.get("period"):
        first, last = content["period"]
        goods = any(each["nature"] == "product" for each in content["lines"])
        what = "Livraisons" if goods else "Période"
        found.append(f"{what} du {day(first)} au {day(last)}.")
    return found


def _line(each: Mapping[str, Any], *, charged: bool) -> list[str]:
    quantity, net = Decimal(each["quantity"]), Money(abs(each["net"]))
    price = unit_price(net, quantity) or Decimal(net.cents) / 100 / quantity
    many = f"{_figure(quantity)}\u00a0{UNITS[each['unit']]}".strip()
    if each["gross"] < 0:
        many = f"−{many}"
    one = f"{_figure(price, least=2)}\u00a0€"
    total = euros(each["gross"])
    if not charged:
        return [each["label"], each["detail"], many, one, total]
    rate = i18n.percent(each["rate"])
    return [each["label"], each["detail"], many, one, rate, euros(each["net"]), total]


def _figure(value: Decimal, least: int = 0) -> str:
    """Write a number with the decimals it has, four at most."""
    text = f"{value:.4f}".rstrip("0")
    whole, _point, decimals = text.partition(".")
    return whole + ("," + decimals.ljust(least, "0") if decimals or least else "")


def _totals(content: Mapping[str, Any], *, charged: bool) -> list[list[str]]:
    found = []
    if charged:
        found += [["Total hors taxes", euros(content["net"])], ["TVA", euros(content["vat"])]]
    if content.get("paid"):
        label = "Total toutes taxes comprises" if charged else "Total"
        found += [[label, euros(content["total"])], ["Déjà réglé", f"−{euros(content['paid'])}"]]
    return found


def _due(content: Mapping[str, Any]) -> list[str]:
    if content["kind"] == Kind.CREDIT_NOTE:
        return ["En votre faveur", euros(content["total"])]
    left = content["total"] - content["paid"]
    return ["Reste à régler" if content["paid"] else "À régler", euros(left)]


def _payment(content: Mapping[str, Any]) -> list[list[str]]:
    iban = content["seller"]["iban"]
    if content["kind"] != Kind.INVOICE or not iban or content["total"] == content["paid"]:
        return []
    found = [["Virement à", content["seller"]["name"]], ["IBAN", grouped(iban)]]
    if content["seller"]["bic"]:
        found.append(["BIC", content["seller"]["bic"]])
    if content["reference"]:
        found.append(["Référence à recopier", grouped(content["reference"])])
    return found


def _notes(content: Mapping[str, Any]) -> list[str]:
    found = list(content.get("notes", []))
    if content["mandate"]:
        found.append(notes.MANDATE.format(name=content["seller"]["name"]))
    return found


def receipt_words(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return what ``papers/receipt.typ`` sets."""
    with i18n.spoken("fr"):
        return _receipt_words(content)


def _receipt_words(content: Mapping[str, Any]) -> dict[str, Any]:
    kind = Kind(content["kind"])
    seller, title = content["seller"], TITLES[kind]
    opening = [f"Cerfa n° {content['form']}, {content['article']}."]
    if kind == Kind.CANCELLATION:
        before = content["corrects"]
        opening = [
            f"Le reçu {before['number']} du {day(before['day'])} est annulé : il ne donne droit à "
            "aucune réduction d’impôt.",
            f"Motif : {content['reason']}",
        ]
    return {
        "title": title,
        "author": seller["name"],
        "foot": f"{title} {content['number']} · {seller['name']}",
        "warning": notes.REHEARSAL if content["rehearsal"] else "",
        "from": identity(seller | {"vat_number": ""}),
        "to": identity(content["buyer"]),
        "addressed": "Donateur",
        "facts": [["Numéro d’ordre", content["number"]], ["Date", day(content["day"])]],
        "opening": opening,
        "amount": f"*** {euros(content['total'])} ***",
        "gifts": [
            [day(each["day"]), MEANS[each["means"]], euros(each["amount"])]
            for each in content["gifts"]
        ],
        "statements": [
            "Forme du don : déclaration de don manuel. Nature du don : numéraire.",
            f"Organisme d’intérêt général : {content['proof']}.",
            f"Le bénéficiaire certifie sur l’honneur que les dons qu’il reçoit ouvrent droit à la "
            f"réduction d’impôt prévue à l’{content['article']}.",
        ]
        if kind == Kind.RECEIPT
        else [],
        "day": day(content["day"]),
        "signed_by": content["signed_by"],
    }
