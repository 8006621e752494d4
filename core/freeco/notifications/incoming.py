"""What comes to the return address: a word to stop, an answer, or a letter that came back."""

import re
from email import policy
from email.parser import BytesParser

from freeco.kernel import kernel
from freeco.mail import answers, bounces
from freeco.mail.bounces import Outcome
from freeco.notifications import unsubscribing


def handle(content: bytes) -> Outcome:
    """Take in a message that came to the return address; the same twice changes nothing."""
    if _unsubscribes(content):
        return Outcome.UNSUBSCRIBED
    answered = answers.hand_over(kernel().plugins, content)
    if answered is not None:
        return Outcome.ANSWERED if answered else Outcome.AUTOMATIC
    return bounces.handle(content)


def _unsubscribes(content: bytes) -> bool:
    """Obey the ``mailto:`` of List-Unsubscribe, whose subject is the token."""
    message = BytesParser(policy=policy.default).parsebytes(content, headersonly=True)
    token = re.sub(r"\s", "", str(message.get("Subject", "")))
    refused = unsubscribing.read_token(token) if token else None
    if refused is None:
        return False
    unsubscribing.refuse(refused)
    return True
