"""What every module must keep, checked on the module itself.

A module's tests say ``class TestConformance(ModuleConformance): module = "direct_sales"``.
"""

import re
from collections.abc import Iterable
from typing import ClassVar

import pytest
from flask import Flask
from sqlalchemy import Engine, MetaData, inspect

from freeco.db import Model, db
from freeco.doors import READING, door_of
from freeco.kernel import kernel
from freeco.members.models import Community
from freeco.migrations import runner
from freeco.module import Module
from freeco.testing.people import make_community, make_member, open_module, sign_in_as
from freeco.testing.visitor import Visitor

EVENT = re.compile(r"[a-z0-9_]+\.[a-z0-9_]+")


class ModuleConformance:
    """The promises of a module, in tests; SQLite and PostgreSQL."""

    module: ClassVar[str]

    @pytest.fixture
    def it(self, app: Flask) -> Module:
        """Give the module under test."""
        return kernel().plugins.modules[self.module]

    def _tables(self) -> list[str]:
        modules = list(kernel().plugins.modules)
        return [t for t in Model.metadata.tables if runner.owner(t, modules) == self.module]

    def _pages(self, app: Flask) -> Iterable[str]:
        names = {blueprint.name for blueprint in (*self._it().blueprints, *self._it().api)}
        for endpoint in app.view_functions:
            if endpoint.rpartition(".")[0] in names:
                yield endpoint

    def _it(self) -> Module:
        return kernel().plugins.modules[self.module]

    def test_its_names_begin_with_its_own(self, it: Module) -> None:
        names = [each.name for each in it.permissions] + list(it.publishes)
        names += [each.kind for each in it.offline]
        assert all(name.startswith(f"{it.name}.") for name in names)
        assert all(EVENT.fullmatch(name) for name in it.publishes)
        blueprints = [blueprint.name for blueprint in (*it.blueprints, *it.api)]
        assert all(re.match(rf"{it.name}(_|$)", name) for name in blueprints)

    def test_it_introduces_itself_in_words(self, it: Module) -> None:
        assert str(it.title).strip()
        assert str(it.summary).strip()
        assert it.opens_at >= 1

    def test_its_navigation_leads_to_its_pages(self, app: Flask, it: Module) -> None:
        pages = set(self._pages(app))
        assert {item.endpoint for item in it.navigation} <= pages

    def test_every_page_is_guarded_while_it_is_closed(
        self, app: Flask, client: Visitor, community: Community
    ) -> None:
        everything = tuple(each.name for each in self._it().permissions)
        member = make_member(community, permissions=everything)
        assert member.person is not None
        sign_in_as(client, member.person)
        for rule in app.url_map.iter_rules():
            if rule.endpoint not in set(self._pages(app)):
                continue
            address = self._address(rule.rule, community)
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                answer = client.open(address, method=method)
                assert answer.status_code == 404, f"{method} {address} while closed"

    def test_every_page_is_guarded_against_strangers(
        self, app: Flask, client: Visitor, community: Community
    ) -> None:
        open_module(community, self.module)
        for rule in app.url_map.iter_rules():
            if rule.endpoint not in set(self._pages(app)):
                continue
            if door_of(app, rule.endpoint).public:
                continue
            address = self._address(rule.rule, community)
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                answer = client.open(address, method=method)
                refused = answer.status_code in {401, 403, 404}
                sent_away = answer.status_code == 302 and answer.location.startswith("/connexion")
                assert refused or sent_away, f"{method} {address} for a stranger"

    def test_every_page_asks_for_the_charter_before_acting(self, app: Flask) -> None:
        for rule in app.url_map.iter_rules():
            if rule.endpoint in set(self._pages(app)) and (rule.methods or set()) - READING:
                assert not door_of(app, rule.endpoint).before_charter, rule.rule

    def test_no_page_breaks_on_ids_that_do_not_exist(
        self, app: Flask, client: Visitor, community: Community
    ) -> None:
        open_module(community, self.module)
        everything = tuple(each.name for each in self._it().permissions)
        member = make_member(community, permissions=everything)
        assert member.person is not None
        sign_in_as(client, member.person)
        for rule in app.url_map.iter_rules():
            if rule.endpoint not in set(self._pages(app)):
                continue
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                address = self._address(rule.rule, community)
                answer = client.open(address, method=method, data={"unknown": "٣\x00"})
                assert answer.status_code < 500, f"{method} {address}"

    def _address(self, rule: str, community: Community) -> str:
        def value(found: re.Match[str]) -> str:
            inside = found[0].strip("<>")
            if inside == "community":
                return community.slug
            if inside.startswith("any("):
                return inside[4 : inside.index(")")].split(",")[0]
            return "2147483647" if inside.startswith("int") else "inconnu"

        return re.sub(r"<[^>]+>", value, rule)

    def test_its_migrations_make_its_models(self, app: Flask) -> None:
        assert runner.differences(db.engine, kernel().plugins, self.module) == []

    def test_its_tables_go_and_come_back(self, app: Flask) -> None:
        """Down to nothing and up again, without touching the others' tables."""
        before = _shape(db.engine)
        db.session.remove()
        runner.downgrade(db.engine, kernel().plugins, self.module)
        left = set(_shape(db.engine))
        assert not left.intersection(self._tables())
        assert left | set(self._tables()) == set(before)
        runner.upgrade(db.engine, kernel().plugins)
        assert _shape(db.engine) == before

    def test_nothing_of_the_core_hangs_on_its_tables(self, app: Flask) -> None:
        own = set(self._tables())
        for name, table in Model.metadata.tables.items():
            if name not in own:
                targets = {key.column.table.name for key in table.foreign_keys}
                assert not targets & own, f"{name} points at {targets & own}"

    def test_deleting_never_reaches_the_core(self, app: Flask) -> None:
        own = set(self._tables())
        for name in own:
            for key in Model.metadata.tables[name].foreign_keys:
                within = key.column.table.name in own
                assert within or key.ondelete is None, f"{name}.{key.parent.name} cascades"

    def test_it_exports_and_erases_what_it_knows(self, app: Flask, community: Community) -> None:
        points_at_people = {
            key.column.table.name
            for name in self._tables()
            for key in Model.metadata.tables[name].foreign_keys
        } & {"member", "person", "household"}
        if points_at_people:
            hooks = kernel().plugins.answered(self.module)
            assert {"freeco_export", "freeco_erase"} <= hooks
        member = make_member(community)
        kernel().plugins.export(member)
        kernel().plugins.erase(member)

    def test_another_community_s_home_shows_nothing_of_ours(
        self, app: Flask, client: Visitor, community: Community
    ) -> None:
        open_module(community, self.module)
        member = make_member(make_community("ailleurs", "Ailleurs"))
        assert member.person is not None
        sign_in_as(client, member.person)
        path = self.module.replace("_", "-")
        assert client.get(f"/ailleurs/{path}/").status_code == 404


def _shape(engine: Engine) -> dict[str, list[str]]:
    """Return every table with its columns and constraints' names, as the database has them."""
    reflected = MetaData()
    reflected.reflect(engine)
    found = {}
    for name, table in reflected.tables.items():
        inspector = inspect(engine)
        found[name] = sorted(
            [f"{column.name} {column.type}" for column in table.columns]
            + [str(each["name"]) for each in inspector.get_indexes(name)]
            + [str(each["name"]) for each in inspector.get_unique_constraints(name)]
            + [str(each["name"]) for each in inspector.get_check_constraints(name)]
        )
    return found
