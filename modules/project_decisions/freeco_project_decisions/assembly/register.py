"""The register of decisions over some time, on paper and as a table."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from freeco.i18n import _, day, day_of, said
from freeco.listings import CONTENT_TYPES, Format, Listing, written
from freeco.members.models import Community
from freeco_project_decisions.polls import results, wording
from freeco_project_decisions.polls.models import Decision

TYPES = CONTENT_TYPES


def content(
    community: Community, found: Sequence[Decision], since: date | None, until: date | None
) -> dict[str, Any]:
    """Return what the paper says."""
    return {
        "community": community.name,
        "title": said("Relevé des décisions"),
        "period": _period(since, until),
        "rows": [
            {
                "title": said(
                    "n° %(number)s : %(title)s", number=each.number, title=each.poll.title
                ),
                "when": f"{day_of(each.decided_at)}, {_method(each)}",
                "sentence": results.sentence_of(each),
                "minority": said("Objections maintenues : %(words)s", words=each.minority)
                if each.minority
                else "",
            }
            for each in found
        ],
        "empty": said("Rien n’a été décidé dans cette période."),
    }


def _method(decision: Decision) -> str:
    name = str(wording.METHODS[decision.poll.method])
    return name[:1].lower() + name[1:]


def _period(since: date | None, until: date | None) -> str:
    if since and until:
        return said("Du %(since)s au %(until)s.", since=day(since), until=day(until))
    if since:
        return said("Depuis le %(since)s.", since=day(since))
    if until:
        return said("Jusqu’au %(until)s.", until=day(until))
    return said("Toutes les décisions.")


def table(found: Sequence[Decision], form: Format) -> bytes:
    """Return the register as a file of a spreadsheet."""
    listing = Listing(
        "releve-des-decisions",
        _("Relevé des décisions"),
        (
            _("Numéro"),
            _("Jour"),
            _("Question"),
            _("Mode de décision"),
            _("Adoptée"),
            _("Résultat"),
            _("Objections maintenues"),
            _("Empreinte SHA-256"),
        ),
        [
            [
                each.number,
                each.decided_at.astimezone(ZoneInfo(each.community.timezone)).date(),
                each.poll.title,
                str(wording.METHODS[each.poll.method]),
                said("oui") if each.adopted else said("non"),
                results.sentence_of(each),
                each.minority,
                each.sha256,
            ]
            for each in found
        ],
    )
    return written(listing, form)
