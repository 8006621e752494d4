"""Loads the modules, and is the only caller of pluggy: every hook behind a typed method."""

import logging
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

import pluggy

from freeco import hookspecs
from freeco.members.models import Community, Member
from freeco.module import (
    AgendaItem,
    Asked,
    Card,
    Event,
    Exported,
    Found,
    Load,
    Module,
    Place,
    Question,
    Ref,
    RefLabel,
    Story,
    Tie,
)
from freeco.places.bounds import Bounds

ENTRY_POINT_GROUP = "freeco.modules"
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
T = TypeVar("T")
log = logging.getLogger(__name__)


class BadModule(Exception):
    """A module cannot be loaded; the message names it and says why."""


class Plugins:
    """The installed modules of one application."""

    def __init__(self) -> None:
        self._manager = pluggy.PluginManager("freeco")
        self._manager.add_hookspecs(hookspecs)
        self.modules: dict[str, Module] = {}
        self._plugins: dict[str, object] = {}

    @classmethod
    def installed(cls) -> "Plugins":
        """Load every module found in the environment's entry points, in order of name."""
        plugins = cls()
        for entry_point in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda e: e.name):
            plugins.add_entry_point(entry_point)
        plugins.check()
        return plugins

    def add_entry_point(self, entry_point: EntryPoint) -> None:
        """Load one declared module; raise BadModule naming it."""
        try:
            plugin = entry_point.load()
        except Exception as error:
            raise BadModule(
                f"Le module « {entry_point.name} » ({entry_point.value}) ne se charge pas : {error}"
            ) from error
        self.add(entry_point.name, plugin)

    def add(self, name: str, plugin: object) -> None:
        """Register a module's plugin; raise BadModule naming it and the hook at fault."""
        try:
            self._manager.register(plugin, name)
        except (pluggy.PluginValidationError, ValueError) as error:
            raise BadModule(f"Le module « {name} » a un hook incorrect : {error}") from error
        unknown = [
            hook for hook in dir(plugin) if _is_hook(plugin, hook) and not hasattr(hookspecs, hook)
        ]
        if unknown:
            raise BadModule(f"Le module « {name} » répond à un hook inconnu : {', '.join(unknown)}")
        module = self._introduce(name, plugin)
        if module.name != name or not NAME.fullmatch(name):
            raise BadModule(
                f"Le point d’entrée « {name} » introduit un module nommé « {module.name} »"
            )
        self.modules[name] = module
        self._plugins[name] = plugin

    def _introduce(self, name: str, plugin: object) -> Module:
        introduce = getattr(plugin, "freeco_module", None)
        if introduce is None:
            raise BadModule(f"Le module « {name} » ne se présente pas (freeco_module manque)")
        module = introduce()
        if not isinstance(module, Module):
            raise BadModule(f"Le module « {name} » ne rend pas un freeco.module.Module")
        return module

    def check(self) -> None:
        """Raise BadModule for a hook nobody asks, or a required module that is not installed."""
        try:
            self._manager.check_pending()
        except pluggy.PluginValidationError as error:
            raise BadModule(f"Hook inconnu : {error}") from error
        twice = Counter(kind.name for each in self.modules.values() for kind in each.record)
        if shared := sorted(name for name, count in twice.items() if count > 1):
            raise BadModule(f"Deux modules inscrivent au registre sous un nom : {shared[0]}")
        for module in self.modules.values():
            for required in module.requires:
                if required not in self.modules:
                    raise BadModule(
                        f"Le module « {module.name} » demande "
                        f"« {required} », qui n’est pas installé"
                    )

    def folder(self, name: str) -> Path | None:
        """Return the folder of a module's package, for its migrations and translations."""
        plugin = self._plugins.get(name)
        if isinstance(plugin, ModuleType) and plugin.__file__:
            return Path(plugin.__file__).parent
        return None

    def titled(self, names: Iterable[str]) -> list[Module]:
        """Return the installed modules of these names, in order of name."""
        wanted = set(names)
        return [module for name, module in sorted(self.modules.items()) if name in wanted]

    def _each(self, names: Iterable[str], hook: str, **values: Any) -> list[Any]:
        """Ask each module by itself: one that raises is named in the log, the page goes on."""
        answers = []
        for name in sorted(names):
            ask = self._hook(name, hook)
            if ask is None:
                continue
            try:
                answers.append(ask(**values))
            except Exception:
                log.exception("module %s: hook %s failed", name, hook)
        return answers

    def _hook(self, name: str, hook: str) -> Callable[..., Any] | None:
        plugin = self._plugins.get(name)
        if plugin is None or not hasattr(plugin, hook):
            return None
        others = [p for p in self._manager.get_plugins() if p is not plugin]
        caller = self._manager.subset_hook_caller(hook, others)
        first = bool(caller.spec and caller.spec.opts.get("firstresult"))

        def ask(**values: Any) -> Any:
            answer = caller(**values)
            return answer if first else (answer[0] if answer else None)

        return ask

    def event(self, name: str, event: Event) -> None:
        """Tell one module of an event; its errors are the worker's to retry."""
        tell = self._hook(name, "freeco_event")
        if tell is not None:
            tell(event=event)

    def answered(self, name: str) -> frozenset[str]:
        """Return the hooks a module answers."""
        plugin = self._plugins[name]
        return frozenset(hook for hook in dir(hookspecs) if _is_hook(plugin, hook))

    def listens(self, name: str) -> bool:
        """Whether a module hears events at all."""
        return hasattr(self._plugins.get(name), "freeco_event")

    def home(self, names: Iterable[str], community: Community, member: Member) -> list[Card]:
        """Collect the cards of the open modules, the urgent ones first."""
        answers = self._each(names, "freeco_home", community=community, member=member)
        return sorted(_flat(answers), key=lambda card: not card.urgent)

    def agenda(
        self,
        names: Iterable[str],
        community: Community,
        member: Member,
        since: datetime,
        until: datetime,
    ) -> list[AgendaItem]:
        """Collect the dated things between two instants, the soonest first."""
        answers = self._each(
            names, "freeco_agenda", community=community, member=member, since=since, until=until
        )
        return sorted(_flat(answers), key=lambda item: item.starts_at)

    def places(self, names: Iterable[str], community: Community, bounds: Bounds) -> list[Place]:
        """Collect the points of the map."""
        return _flat(self._each(names, "freeco_places", community=community, bounds=bounds))

    def search(
        self, names: Iterable[str], community: Community, member: Member, words: str
    ) -> list[Found]:
        """Collect the answers to a search."""
        return _flat(
            self._each(names, "freeco_search", community=community, member=member, words=words)
        )

    def stories(
        self, names: Iterable[str], community: Community, since: datetime, until: datetime
    ) -> list[Story]:
        """Collect what the gazette may tell, module by module."""
        return _flat(
            self._each(names, "freeco_stories", community=community, since=since, until=until)
        )

    def loads(self, names: Iterable[str], community: Community, day: date) -> list[Load]:
        """Collect what must be carried that day."""
        return _flat(self._each(names, "freeco_loads", community=community, day=day))

    def ask(self, names: Iterable[str], question: Question) -> Asked | None:
        """Put a question to the members through the first open module that takes it."""
        answers = self._each(names, "freeco_ask", question=question)
        return next((answer for answer in answers if answer), None)

    def ref(self, ref: Ref) -> RefLabel | None:
        """Find the label of an object; none when its module is gone or does not know it."""
        answers: list[RefLabel | None] = self._each([ref.module], "freeco_ref", ref=ref)
        return next((answer for answer in answers if answer), None)

    def linkable(
        self, names: Iterable[str], community: Community, member: Member
    ) -> list[tuple[Ref, RefLabel]]:
        """Collect what one may link to, module by module, each with what it is called."""
        found: list[Ref] = _flat(
            self._each(names, "freeco_linkable", community=community, member=member)
        )
        return [(ref, label) for ref in found if (label := self.ref(ref)) is not None]

    def leaving(self, member: Member) -> list[Tie]:
        """Collect, from closed modules too, what keeps a member from leaving. Errors stop it."""
        return _flat(self._all_or_error("freeco_leaving", member=member))

    def export(self, member: Member) -> dict[str, Mapping[str, Any]]:
        """Collect, from closed modules too, all that is known about a member."""
        answers: list[Exported | None] = self._all_or_error("freeco_export", member=member)
        return {answer.module: answer.content for answer in answers if answer}

    def erase(self, member: Member) -> None:
        """Have every module forget a member. Errors stop it: half forgotten is not forgotten."""
        self._all_or_error("freeco_erase", member=member)

    def _all_or_error(self, hook: str, **values: Any) -> list[Any]:
        asked = [self._hook(name, hook) for name in sorted(self.modules)]
        return [ask(**values) for ask in asked if ask is not None]


def _is_hook(plugin: object, name: str) -> bool:
    return name.startswith("freeco_") and hasattr(getattr(plugin, name, None), "freeco_impl")


def _flat(answers: Iterable[list[T] | None]) -> list[T]:
    return [item for answer in answers for item in (answer or [])]
