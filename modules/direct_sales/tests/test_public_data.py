"""What anybody reads: the page for search engines, the calendar, and where the rest is."""

import json
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import vobject
from icalendar import Calendar
from pyld import jsonld

from freeco.db import db
from freeco.members.models import Community, Member
from freeco.testing.visitor import Visitor
from freeco_direct_sales.models import Distribution, Producer, SeasonContract, Subscription

HERE = "/lavergne/direct-sales"
Visit = Callable[[Member], Visitor]
Take = Callable[..., Subscription]
LINKS = ("availability", "eventAttendanceMode", "eventStatus", "url")
NEEDED = {
    "LocalBusiness": {"name"},
    "Product": {"name", "brand", "offers"},
    "Offer": {"price", "priceCurrency", "availability", "seller", "url"},
    "Event": {"name", "startDate", "location", "eventStatus"},
    "Place": {"name", "address"},
    "Brand": {"name"},
    "Organization": {"name"},
    "PostalAddress": {"addressLocality"},
}
"""What search engines ask of each kind."""
ALSO = {"description", "address", "validThrough", "endDate", "eventAttendanceMode", "organizer"}
DATA = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def graph(text: str) -> list[dict[str, Any]]:
    """Return what the page says to search engines."""
    (found,) = DATA.findall(text)
    told = json.loads(found)
    assert told["@context"] == "https://schema.org"
    things: list[dict[str, Any]] = told["@graph"]
    return things


def test_a_stranger_reads_contracts_prices_and_dates(
    client: Visitor,
    opened: None,
    vegetables: SeasonContract,
    take: Take,
    member: Member,
    thursdays: Sequence[Distribution],
) -> None:
    take(vegetables, member, {"Petit panier": 1})
    answer = client.get(f"{HERE}/vitrine")
    assert answer.status_code == 200
    assert "Légumes d’hiver" in answer.text
    assert "Marie" not in answer.text
    things = graph(answer.text)
    kinds = [each["@type"] for each in things]
    assert [kinds.count(kind) for kind in ("LocalBusiness", "Product", "Event")] == [1, 2, 3]
    offer = next(each for each in things if each.get("name") == "Petit panier")["offers"]
    assert (offer["price"], offer["priceCurrency"]) == ("11.50", "EUR")
    assert offer["availability"] == "https://schema.org/InStock"
    evening = next(each for each in things if each["@type"] == "Event")
    assert evening["startDate"] == "2026-11-05T17:30:00+00:00"
    assert evening["location"]["name"] == "Salle des fêtes"
    ids = [each["@id"] for each in things]
    assert len(set(ids)) == len(ids)
    assert offer["seller"]["@id"] in ids


def schema_org(url: str, _options: Any = None) -> dict[str, Any]:
    """Give the context of schema.org in a line: each name is a term of its vocabulary."""
    assert url == "https://schema.org"
    terms = {"@vocab": "http://schema.org/", **{name: {"@type": "@id"} for name in LINKS}}
    return {"contextUrl": None, "documentUrl": url, "document": {"@context": terms}}


def test_a_reader_of_linked_data_finds_every_name_in_schema_org_s_vocabulary(
    client: Visitor, opened: None, vegetables: SeasonContract, thursdays: Sequence[Distribution]
) -> None:
    (found,) = DATA.findall(client.get(f"{HERE}/vitrine").text)
    things = jsonld.flatten(jsonld.expand(json.loads(found), {"documentLoader": schema_org}))
    kinds: dict[str, set[str]] = {}
    for each in things:
        (kind,) = each["@type"]
        names = {name.removeprefix("http://schema.org/") for name in each if name[0] != "@"}
        kinds.setdefault(kind.removeprefix("http://schema.org/"), set()).update(names)
    for kind, names in kinds.items():
        assert NEEDED[kind] <= names <= NEEDED[kind] | ALSO, kind
    assert set(kinds) == set(NEEDED)


def test_words_of_a_producer_never_end_the_data(
    client: Visitor, opened: None, vegetables: SeasonContract, producer: Producer
) -> None:
    producer.presentation = "</script><script>alert(1)</script>"
    db.session.commit()
    answer = client.get(f"{HERE}/vitrine")
    assert "<script>alert" not in answer.text
    business = next(each for each in graph(answer.text) if each["@type"] == "LocalBusiness")
    assert business["description"] == producer.presentation


def test_a_drafted_contract_is_not_shown(
    client: Visitor, opened: None, vegetables: SeasonContract
) -> None:
    vegetables.state = "draft"
    db.session.commit()
    assert "Légumes d’hiver" not in client.get(f"{HERE}/vitrine").text


def test_a_closed_circle_shows_nothing_to_strangers(
    client: Visitor, opened: None, community: Community, vegetables: SeasonContract
) -> None:
    community.admission = "invitation"
    db.session.commit()
    assert community.is_closed
    for name in ("vitrine", "distributions.ics"):
        assert client.get(f"{HERE}/{name}").status_code == 404


def test_the_distributions_are_a_calendar_one_can_follow(
    client: Visitor, opened: None, thursdays: Sequence[Distribution]
) -> None:
    first = client.get(f"{HERE}/distributions.ics")
    assert first.content_type == "text/calendar; charset=utf-8"
    events: list[Any] = list(Calendar.from_ical(first.data).walk("VEVENT"))
    assert len(events) == 3
    assert {str(each["class"]) for each in events} == {"PUBLIC"}
    assert str(events[0]["location"]) == "Salle des fêtes"
    assert events[0]["dtstart"].dt == thursdays[0].starts_at
    headers = {"If-None-Match": first.headers["ETag"]}
    assert client.get(f"{HERE}/distributions.ics", headers=headers).status_code == 304


def test_a_calendar_keeps_its_hour_when_the_clocks_change(
    client: Visitor, opened: None, community: Community
) -> None:
    zone = ZoneInfo("Europe/Paris")
    evenings = [datetime(2027, 3, day, 18, 30, tzinfo=zone) for day in (25, 28)]
    evenings += [datetime(2027, 10, day, 18, 30, tzinfo=zone) for day in (28, 31)]
    for each in evenings:
        db.session.add(
            Distribution(
                community=community,
                starts_at=each,
                ends_at=each + timedelta(hours=1),
                place="Préau ; école",
            )
        )
    db.session.commit()
    content = client.get(f"{HERE}/distributions.ics").data
    told: Any = Calendar.from_ical(content)
    assert [str(each["tzid"]) for each in told.walk("VTIMEZONE")] == ["Europe/Paris"]
    starts = [each["dtstart"].dt for each in told.walk("VEVENT")]
    assert [each.astimezone(zone).strftime("%H:%M") for each in starts] == ["18:30"] * 4
    assert [each.utcoffset() for each in starts] == [
        timedelta(hours=hours) for hours in (1, 2, 2, 1)
    ]
    # Another program, which reads the rules of the zone from the file alone,
    # once it has forgotten those of the files that other tests gave it to read.
    vobject.icalendar.registerTzid("Europe/Paris", None)
    other = vobject.readOne(content.decode()).vevent_list
    assert sorted(each.dtstart.value.astimezone(UTC) for each in other) == sorted(
        each.astimezone(UTC) for each in evenings
    )
    assert {each.location.value for each in other} == {"Préau ; école"}
    assert len({each.uid.value for each in other}) == 4


def test_each_address_of_the_data_page_answers(
    visiting: Visit, coordinator: Member, vegetables: SeasonContract
) -> None:
    client = visiting(coordinator)
    page = client.get(f"{HERE}/donnees")
    found = set(re.findall(r'href="(/(?:api/)?lavergne/direct-sales/[^"]+)"', page.text))
    assert len(found) > 12
    for address in found:
        assert client.get(address).status_code == 200, address
