"""What accords say on the home page: that somebody waits for an answer."""

from flask import url_for

from freeco.accords import services as accords
from freeco.accords.speaking import voices_of
from freeco.i18n import counted, listed, said
from freeco.members.models import Community, Member, Person
from freeco.module import Card

NAMED = 2


def cards_for(community: Community, member: Member, person: Person) -> list[Card]:
    """Give the card of the proposals that a reader may answer, if any waits."""
    asked = accords.awaiting(voices_of(member, person))
    if not asked:
        return []
    url = url_for("accords.index", community=community.slug)
    if len(asked) == 1:
        url = url_for("accords.page", community=community.slug, accord_id=asked[0].id)
    names = list(dict.fromkeys(each.proposer.name for each in asked))
    text = said("De %(names)s.", names=listed(names[:NAMED]))
    if len(names) > NAMED:
        text = said("De %(names)s et d’autres.", names=", ".join(names[:NAMED]))
    return [
        Card(
            title=counted(
                "%(num)s accord vous est proposé", "%(num)s accords vous sont proposés", len(asked)
            ),
            text=text,
            url=url,
            action=said("Lire et répondre"),
            urgent=True,
        )
    ]
