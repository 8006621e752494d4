"""Core's models in one place, for modules and for the migrations."""

from freeco.charter.models import CharterAcceptance, CharterText
from freeco.db import Model, MoneyCents, UtcDateTime, db
from freeco.kernel_models import (
    Activation,
    EventDelivery,
    Intention,
    ModuleThreshold,
    PublishedEvent,
    SweepRun,
)
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
from freeco.notifications.models import OutgoingMail
from freeco.organisations.models import Organisation, OrganisationKind, OrganisationRole, Role

__all__ = [
    "STEWARD",
    "Activation",
    "Admission",
    "Agreement",
    "Attempt",
    "CharterAcceptance",
    "CharterText",
    "Community",
    "EventDelivery",
    "Household",
    "HouseholdMember",
    "Intention",
    "Invitation",
    "Member",
    "Model",
    "ModuleThreshold",
    "MoneyCents",
    "OneTimeLink",
    "Organisation",
    "OrganisationKind",
    "OrganisationRole",
    "OutgoingMail",
    "PermissionGrant",
    "Person",
    "PublishedEvent",
    "Role",
    "SweepRun",
    "Territory",
    "UtcDateTime",
    "db",
]
