"""What core states of a community's life, each in the transaction that caused it."""

from freeco.charter.models import CharterAcceptance
from freeco.clock import now
from freeco.kernel_models import Activation
from freeco.members.models import Member
from freeco.record.codes import as_code, local_day
from freeco.record.stating import Sealed, state

ACCEPTANCE = "charter_acceptance:"
"""Begins the key under which an acceptance of the charter is stated; its number follows."""
ACTIVATION = "activation:"
"""Likewise for a module's opening."""


def charter_accepted(acceptance: CharterAcceptance) -> None:
    """State that somebody accepted the charter; only they can read that it was they."""
    text, member = acceptance.text, acceptance.member
    fields = {"name": member.name, "at": acceptance.accepted_at.isoformat()}
    state(
        member.community,
        "charter.accepted",
        f"{ACCEPTANCE}{acceptance.id}",
        about={
            "version": as_code(text.version),
            "language": as_code(text.language),
            "text": text.sha256,
        },
        sealed={"member": Sealed(fields, member)},
        day=local_day(member.community, acceptance.accepted_at),
    )


def module_opened(activation: Activation) -> None:
    """State that a module opened, and with how many members."""
    state(
        activation.community,
        "module.opened",
        f"{ACTIVATION}{activation.id}",
        about={
            "module": activation.module,
            "members": activation.member_count,
            "threshold": activation.threshold,
        },
        day=local_day(activation.community, activation.opened_at),
    )


def module_paused(activation: Activation, steward: Member) -> None:
    """State that a module was paused; the steward keeps the proof of the reason they gave.

    Every member reads that reason on the module's page for as long as the pause lasts.
    """
    state(
        activation.community,
        "module.paused",
        f"{ACTIVATION}{activation.id}:paused:{now().isoformat()}",
        about={"module": activation.module},
        sealed={"reason": Sealed({"reason": activation.reason}, steward)},
    )


def module_resumed(activation: Activation) -> None:
    """State that a paused module opened again."""
    state(
        activation.community,
        "module.resumed",
        f"{ACTIVATION}{activation.id}:resumed:{now().isoformat()}",
        about={"module": activation.module},
    )
