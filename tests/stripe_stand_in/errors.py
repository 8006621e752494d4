"""Refusals in Stripe's own shape."""

from typing import Any


class Refused(Exception):
    """An answer that is an error: what the SDK turns into its exceptions."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        type: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        given = {"message": message, "type": type, "code": code, "param": param, **more}
        self.body = {"error": {key: value for key, value in given.items() if value is not None}}
        self.stored = True
        """Whether the idempotency key keeps this answer: yes once the endpoint has begun."""


class RefusedUnheard(Refused):
    """Refused before the endpoint began: a bad parameter, a bad key, too many requests."""

    def __init__(self, message: str, **more: Any) -> None:
        super().__init__(message, **more)
        self.stored = False


def missing(kind: str, object_id: str) -> Refused:
    """Say that an object is not there, or is another account's: the answer is the same."""
    return Refused(
        f"No such {kind}: '{object_id}'", status=404, code="resource_missing", param="id"
    )


def declined(decline_code: str, intent: dict[str, Any], charge: str) -> Refused:
    """Say that the bank refused the card."""
    code = decline_code if decline_code in OWN_CODES else "card_declined"
    return Refused(
        DECLINED.get(decline_code, "Your card was declined."),
        status=402,
        type="card_error",
        code=code,
        decline_code=decline_code,
        charge=charge,
        payment_intent=intent,
    )


OWN_CODES = frozenset({"expired_card", "incorrect_cvc", "processing_error"})
DECLINED = {
    "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again later.",
}
