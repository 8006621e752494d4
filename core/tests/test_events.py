"""What has happened is told if and only if it happened, and once."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import pytest

from freeco.db import db
from freeco.events import DomainEvent, deliver_events, publish
from freeco.kernel_models import EventDelivery, PublishedEvent
from freeco.members.models import Community
from freeco.module import Event, Module
from freeco.plugins import Plugins
from freeco.testing import make_community
from freeco.testing.modules import module_object, plugins_with
from freeco.testing.people import open_module


@dataclass(frozen=True, kw_only=True)
class Watered(DomainEvent):
    """The garden was watered."""

    name: ClassVar[str] = "garden.watered"
    litres: int


def listening(hear: Callable[[Event], None], name: str = "garden") -> Plugins:
    return plugins_with(module_object(Module(name, name, "", opens_at=1), freeco_event=hear))


def water(community: Community, litres: int = 10) -> None:
    publish(Watered(community_id=community.id, litres=litres))
    db.session.commit()


def test_an_event_arrives_with_what_it_says(community: Community) -> None:
    heard: list[Event] = []
    open_module(community, "garden")
    water(community)
    deliver_events(listening(lambda event: heard.append(event)))
    assert [(each.name, each.payload["litres"]) for each in heard] == [("garden.watered", 10)]


def test_what_was_taken_back_never_happened(community: Community) -> None:
    open_module(community, "garden")
    publish(Watered(community_id=community.id, litres=10))
    db.session.rollback()
    assert deliver_events(listening(lambda event: None)) == 0


def test_an_event_is_delivered_once(community: Community) -> None:
    heard: list[Event] = []
    open_module(community, "garden")
    water(community)
    plugins = listening(lambda event: heard.append(event))
    deliver_events(plugins)
    deliver_events(plugins)
    assert len(heard) == 1


def test_one_that_fails_is_tried_again_and_holds_up_nobody(
    community: Community, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[Event] = []
    broken = [True]

    def hear(event: Event) -> None:
        if broken and event.payload["litres"] == 1:
            raise RuntimeError("the pump is stuck")
        heard.append(event)

    open_module(community, "garden")
    water(community, 1)
    water(community, 2)
    with caplog.at_level(logging.ERROR):
        deliver_events(listening(hear))
    assert [each.payload["litres"] for each in heard] == [2]
    assert "garden" in caplog.text
    broken.clear()
    deliver_events(listening(hear))
    assert sorted(each.payload["litres"] for each in heard) == [1, 2]


def test_what_a_listener_wrote_before_failing_is_not_kept(
    community: Community, caplog: pytest.LogCaptureFixture
) -> None:
    def hear(event: Event) -> None:
        db.session.add(Community(slug="half", name="À moitié"))
        db.session.flush()
        raise RuntimeError("half done")

    open_module(community, "garden")
    water(community)
    with caplog.at_level(logging.CRITICAL):
        deliver_events(listening(hear))
    assert db.session.query(Community).filter_by(slug="half").count() == 0
    assert db.session.query(EventDelivery).count() == 0


def test_a_closed_module_hears_once_it_is_open(community: Community) -> None:
    heard: list[Event] = []
    plugins = listening(lambda event: heard.append(event))
    water(community)
    deliver_events(plugins)
    assert heard == []
    open_module(community, "garden")
    deliver_events(plugins)
    assert len(heard) == 1


def test_a_module_open_elsewhere_hears_nothing_of_us(community: Community) -> None:
    heard: list[Event] = []
    open_module(make_community("assiac", "Assiac"), "garden")
    water(community)
    deliver_events(listening(lambda event: heard.append(event)))
    assert heard == []


def test_events_wait_for_a_module_that_is_away(community: Community) -> None:
    heard: list[Event] = []
    open_module(community, "garden")
    water(community)
    assert deliver_events(Plugins()) == 0
    assert db.session.query(PublishedEvent).count() == 1
    deliver_events(listening(lambda event: heard.append(event)))
    assert len(heard) == 1
