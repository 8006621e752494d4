"""The pages that Stripe shows to people: Checkout, onboarding, the bank's check; plain forms."""

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from .errors import Refused

if TYPE_CHECKING:
    from .stand_in import StandIn

CARDS = {
    "pm_card_visa": "Carte acceptée",
    "pm_card_chargeDeclined": "Carte refusée",
    "pm_card_chargeDeclinedInsufficientFunds": "Provision insuffisante",
}
DEBITS = {"pm_success_fr": "Compte provisionné", "pm_failed_fr": "Compte sans provision"}


class Moved(Exception):
    """The page sends the browser elsewhere."""


def page(stand_in: "StandIn", method: str, path: str, body: str) -> tuple[int, str]:
    """Return the status and the HTML of a page, or the status and where to go."""
    _, _, kind, name = [*path.split("/", 3), ""][:4]
    shows = SHOWN.get(kind)
    if shows is None:
        return 404, "<h1>404</h1>"
    chosen = parse_qs(body).get("choice", [""])[0] if method == "POST" else None
    try:
        title, said = shows(stand_in, name, chosen)
    except Moved as moved:
        return 303, str(moved)
    except KeyError:
        return 404, "<h1>404</h1>"
    return 200, (
        f'<!doctype html><html lang="fr"><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width"><main>'
        f"<h1>{escape(title)}</h1><p>Doublure de Stripe : aucun argent n’est en jeu.</p>"
        f"{said}</main></html>"
    )


def _choices(choices: dict[str, str]) -> str:
    buttons = [
        f'<p><button name="choice" value="{escape(value)}">{escape(label)}</button></p>'
        for value, label in choices.items()
    ]
    return f'<form method="post">{"".join(buttons)}</form>'


def _checkout(stand_in: "StandIn", name: str, chosen: str | None) -> tuple[str, str]:
    session = stand_in.state.everywhere(name)[1]
    said = ""
    if session["status"] != "open":
        return "Page de paiement fermée", ""
    if chosen:
        try:
            stand_in.pay_session(name, chosen)
        except Refused as refusal:
            said = f'<p role="alert">{escape(str(refusal))}</p>'
        else:
            raise Moved(session["success_url"].replace("{CHECKOUT_SESSION_ID}", name))
    kinds = session["payment_method_types"]
    choices = {**(CARDS if "card" in kinds else {}), **(DEBITS if "sepa_debit" in kinds else {})}
    back = session["cancel_url"]
    cancel = f'<p><a href="{escape(back)}">Renoncer</a></p>' if back else ""
    euros = f"{session['amount_total'] / 100:.2f} €".replace(".", ",")
    return f"Payer {euros}", said + _choices(choices) + cancel


def _onboarding(stand_in: "StandIn", name: str, chosen: str | None) -> tuple[str, str]:
    link = stand_in.state.hidden[name]
    if chosen is not None:
        if chosen == "all":
            stand_in.complete_onboarding(link["account"])
        raise Moved(link["return_url"])
    return "Ouvrir un compte", _choices({"all": "Tout donner", "later": "Plus tard"})


def _authenticate(stand_in: "StandIn", name: str, chosen: str | None) -> tuple[str, str]:
    intent = stand_in.state.everywhere(name)[1]
    if intent["next_action"] is None:
        return "Rien à vérifier", ""
    if chosen is not None:
        back = intent["next_action"]["redirect_to_url"]["return_url"]
        stand_in.authenticate(name, succeeds=chosen == "yes")
        raise Moved(back)
    return "Votre banque demande si c’est vous", _choices({"yes": "C’est moi", "no": "Refuser"})


SHOWN: dict[str, Callable[["StandIn", str, str | None], tuple[str, str]]] = {
    "checkout": _checkout,
    "onboarding": _onboarding,
    "authenticate": _authenticate,
}
