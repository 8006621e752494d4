"""Modules made for a test, without installing anything."""

from collections.abc import Callable
from typing import Any

from freeco.hookspecs import hookimpl
from freeco.module import Module
from freeco.plugins import Plugins


class ModuleObject:
    """What a module's ``plugin.py`` is to pluggy: an object that holds its hooks."""

    freeco_module: Callable[[], Module]

    def __init__(self, **hooks: Callable[..., Any]) -> None:
        for name, hook in hooks.items():
            setattr(self, name, hookimpl(hook))


def module_object(module: Module, **hooks: Callable[..., Any]) -> ModuleObject:
    """Return a plugin that introduces a module and answers some hooks."""
    return ModuleObject(freeco_module=lambda: module, **hooks)


def plugins_with(*modules: ModuleObject) -> Plugins:
    """Return plugins that hold these modules only."""
    plugins = Plugins()
    for each in modules:
        plugins.add(each.freeco_module().name, each)
    plugins.check()
    return plugins
