"""The library as Freeco sees it: the module's table of contents."""

from freeco.hookspecs import hookimpl
from freeco.i18n import _
from freeco.module import Module, NavItem
from freeco_library import routes


@hookimpl
def freeco_module() -> Module:
    """Introduce the library."""
    return Module(
        name="library",
        title=_("Bibliothèque"),
        summary=_("Les livres que les membres se prêtent."),
        opens_at=5,
        colour="ochre",
        blueprints=(routes.pages,),
        navigation=(NavItem(_("Bibliothèque"), "library.home"),),
    )
