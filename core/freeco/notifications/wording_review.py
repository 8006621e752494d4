"""Telling the stewards of the letters whose words no longer fit: Freeco changed since."""

from freeco.mail.wording import services
from freeco.members.membership import stewards
from freeco.members.models import Community
from freeco.notifications.notices import notify
from freeco.notifications.topics import WORDING


def tell_stewards(community: Community) -> None:
    """Tell each steward once of each text to mend; people receive our words meanwhile."""
    for row, kind in services.obsolete(community):
        for steward in stewards(community):
            notify(
                steward,
                WORDING.name,
                "wording_to_mend",
                key=f"{WORDING.name}:{row.id}",
                url=f"/{community.slug}/lettres/{kind.name}?langue={row.language}",
                community=community.name,
                title=str(kind.title),
            )
