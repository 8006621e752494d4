"""Core's models in one place, for modules and for the migrations."""

from freeco.accounting.models import Account, AccountBalance, Book, Entry, Journal, Posting
from freeco.agenda.models import CalendarFeed
from freeco.charter.models import CharterAcceptance, CharterText
from freeco.db import Model, MoneyCents, UtcDateTime, db
from freeco.first_run.models import FoundingDraft
from freeco.kernel_models import (
    Activation,
    EventDelivery,
    Intention,
    ModuleThreshold,
    PublishedEvent,
    SweepRun,
)
from freeco.mail.models import FailingAddress, OutgoingMail
from freeco.members.models import (
    STEWARD,
    Admission,
    Agreement,
    Attempt,
    Community,
    Household,
    HouseholdMember,
    Invitation,
    Member,
    OneTimeLink,
    PermissionGrant,
    Person,
    Territory,
)
from freeco.notifications.models import (
    ChannelChoice,
    DigestTime,
    Notice,
    OutgoingSignal,
    PushDevice,
    SuppressedAddress,
    TopicChoice,
    Turn,
)
from freeco.organisations.models import Organisation, OrganisationKind, OrganisationRole, Role

__all__ = [
    "STEWARD",
    "Account",
    "AccountBalance",
    "Activation",
    "Admission",
    "Agreement",
    "Attempt",
    "Book",
    "CalendarFeed",
    "ChannelChoice",
    "CharterAcceptance",
    "CharterText",
    "Community",
    "DigestTime",
    "Entry",
    "EventDelivery",
    "FailingAddress",
    "FoundingDraft",
    "Household",
    "HouseholdMember",
    "Intention",
    "Invitation",
    "Journal",
    "Member",
    "Model",
    "ModuleThreshold",
    "MoneyCents",
    "Notice",
    "OneTimeLink",
    "Organisation",
    "OrganisationKind",
    "OrganisationRole",
    "OutgoingMail",
    "OutgoingSignal",
    "PermissionGrant",
    "Person",
    "Posting",
    "PublishedEvent",
    "PushDevice",
    "Role",
    "SuppressedAddress",
    "SweepRun",
    "Territory",
    "TopicChoice",
    "Turn",
    "UtcDateTime",
    "db",
]
