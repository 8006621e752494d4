"""What anybody reads: the page for search engines, the calendar, and where the rest is."""

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from icalendar import Calendar

from freeco.db import db
from freeco.members.models import Community, Member
from freeco.testing.visitor import Visitor
from freeco_direct_sales.models import Distribution, Producer, SeasonContract, Subscription

HERE = "/lavergne/direct-sales"
Visit = Callable[[Member], Visitor]
Take = Callable[..., Subscription]
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
    events = Calendar.from_ical(first.data).walk("VEVENT")
    assert len(events) == 3
    assert {str(each["class"]) for each in events} == {"PUBLIC"}
    assert str(events[0]["location"]) == "Salle des fêtes"
    assert events[0]["dtstart"].dt == thursdays[0].starts_at
    headers = {"If-None-Match": first.headers["ETag"]}
    assert client.get(f"{HERE}/distributions.ics", headers=headers).status_code == 304


def test_each_address_of_the_data_page_answers(
    visiting: Visit, coordinator: Member, vegetables: SeasonContract
) -> None:
    client = visiting(coordinator)
    page = client.get(f"{HERE}/donnees")
    found = set(re.findall(r'href="(/(?:api/)?lavergne/direct-sales/[^"]+)"', page.text))
    assert len(found) > 12
    for address in found:
        assert client.get(address).status_code == 200, address
