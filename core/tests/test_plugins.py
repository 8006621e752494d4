"""A bad module is named; a good one is asked in the right places."""

import logging

import pytest

from freeco.clock import now
from freeco.members.models import Member
from freeco.module import Card, Event, Module, Ref, RefLabel, Tie
from freeco.plugins import BadModule, Plugins
from freeco.testing.modules import ModuleObject, module_object, plugins_with


def introduce(name: str, **values: object) -> Module:
    return Module(name=name, title=name, summary="", opens_at=1, **values)  # type: ignore[arg-type]


def test_a_hook_nobody_knows_names_the_module_and_the_hook() -> None:
    plugin = module_object(introduce("garden"), freeco_dig=lambda: None)
    with pytest.raises(BadModule, match=r"garden.*freeco_dig"):
        Plugins().add("garden", plugin)


def test_a_hook_with_an_unknown_argument_names_the_module() -> None:
    plugin = module_object(introduce("garden"), freeco_event=lambda happening: None)
    with pytest.raises(BadModule, match=r"garden.*incorrect"):
        Plugins().add("garden", plugin)


def test_a_module_that_does_not_introduce_itself_is_named() -> None:
    with pytest.raises(BadModule, match=r"garden.*freeco_module"):
        Plugins().add("garden", ModuleObject())


def test_a_module_bears_the_name_of_its_entry_point() -> None:
    with pytest.raises(BadModule, match=r"garden.*orchard"):
        Plugins().add("garden", module_object(introduce("orchard")))


def test_a_missing_requirement_is_named() -> None:
    plugins = Plugins()
    plugins.add("garden", module_object(introduce("garden", requires=("orchard",))))
    with pytest.raises(BadModule, match=r"garden.*orchard"):
        plugins.check()


def test_a_card_that_fails_leaves_the_others(
    member: Member, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(community: object, member: object) -> list[Card]:
        raise RuntimeError("no rain")

    card = Card(title="Semer", text="", url="/", action="Voir")
    plugins = plugins_with(
        module_object(introduce("garden"), freeco_home=broken),
        module_object(introduce("orchard"), freeco_home=lambda: [card]),
    )
    with caplog.at_level(logging.ERROR):
        assert plugins.home(["garden", "orchard"], member.community, member) == [card]
    assert "garden" in caplog.text


def test_only_the_open_modules_are_asked(member: Member) -> None:
    card = Card(title="Semer", text="", url="/", action="Voir")
    plugins = plugins_with(module_object(introduce("garden"), freeco_home=lambda: [card]))
    assert plugins.home([], member.community, member) == []


def test_urgent_cards_come_first(member: Member) -> None:
    calm = Card(title="Lire", text="", url="/", action="Voir")
    urgent = Card(title="Signer", text="", url="/", action="Voir", urgent=True)
    plugins = plugins_with(module_object(introduce("garden"), freeco_home=lambda: [calm, urgent]))
    assert plugins.home(["garden"], member.community, member) == [urgent, calm]


def test_a_link_to_an_object_of_a_module_that_is_gone_has_no_label() -> None:
    assert Plugins().ref(Ref("garden", "row", 1)) is None


def test_the_first_module_that_knows_an_object_names_it() -> None:
    label = RefLabel("Rang 1", "/rang/1")
    plugins = plugins_with(module_object(introduce("garden"), freeco_ref=lambda ref: label))
    assert plugins.ref(Ref("garden", "row", 1)) == label


def test_what_keeps_a_member_from_leaving_is_asked_of_closed_modules_too(member: Member) -> None:
    tie = Tie("Il reste des semis.", "/jardin")
    plugins = plugins_with(module_object(introduce("garden"), freeco_leaving=lambda: [tie]))
    assert plugins.leaving(member) == [tie]


def test_an_error_while_forgetting_somebody_is_not_swallowed(member: Member) -> None:
    def broken() -> None:
        raise RuntimeError("half forgotten")

    plugins = plugins_with(module_object(introduce("garden"), freeco_erase=broken))
    with pytest.raises(RuntimeError, match="half forgotten"):
        plugins.erase(member)


def test_a_module_that_listens_hears_an_event() -> None:
    heard: list[Event] = []
    plugin = module_object(introduce("garden"), freeco_event=lambda event: heard.append(event))
    plugins = plugins_with(plugin)
    assert plugins.listens("garden")
    happened = Event(id=1, name="core.x", community_id=1, at=now(), payload={})
    plugins.event("garden", happened)
    assert heard == [happened]
