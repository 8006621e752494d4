"""The kinds of community that can be founded ready to use: data, one row each."""

from collections.abc import Collection
from dataclasses import dataclass

from freeco.i18n import _, counted
from freeco.members.models import Admission
from freeco.module import Hat, Kind, Module, Text
from freeco.organisations.models import OrganisationKind


@dataclass(frozen=True)
class Preset:
    """A kind of community: who comes in, what opens when, what the founder answers for."""

    name: Kind
    title: Text
    text: Text
    """What it sets, in the words of those who choose it."""
    presentation: Text
    """A first presentation, to be made one's own."""
    organisation: OrganisationKind
    """The body that founds it, and becomes its first organisation."""
    named_after_place: bool = False
    """It bears the commune's name rather than the community's."""
    admission: Admission = Admission.OPEN
    hats: frozenset[Hat] = frozenset({"coordinator"})
    """The first person holds every permission worn with these hats, until others share them."""

    def openings(self, modules: Collection[Module]) -> list[str]:
        """Say from how many members each module opens here, the first to open first."""
        members = {each.name: each.opens_at_in.get(self.name, each.opens_at) for each in modules}
        return [
            counted(
                "%(module)s dès %(num)s membre",
                "%(module)s dès %(num)s membres",
                members[each.name],
                module=each.title,
            )
            for each in sorted(modules, key=lambda each: members[each.name])
        ]


PRESETS = (
    Preset(
        name="amap",
        title=_("Une AMAP"),
        text=_(
            "Ouverte à tous. Vous coordonnez et tenez les comptes en attendant que d’autres vous "
            "rejoignent."
        ),
        presentation=_(
            "Nous partageons les récoltes de fermes proches de chez nous. On s’engage pour une "
            "saison, on vient chercher son panier, et on tient une permanence à son tour."
        ),
        organisation=OrganisationKind.AMAP,
        hats=frozenset({"coordinator", "treasurer"}),
    ),
    Preset(
        name="commune",
        title=_("Une commune"),
        text=_(
            "Ouverte à tous les habitants. La commune est la première organisation membre ; les "
            "services s’ouvrent à mesure que les habitants arrivent."
        ),
        presentation=_(
            "Habitants, associations, commerces et fermes de la commune s’organisent ici : ce "
            "qui se passe, ce qui se partage, ce qui se décide ensemble."
        ),
        organisation=OrganisationKind.COMMUNE,
        named_after_place=True,
    ),
    Preset(
        name="cooperative",
        title=_("Une coopérative"),
        text=_(
            "Ouverte à tous. La coopérative est la première organisation membre ; vous "
            "coordonnez et tenez les comptes en attendant que d’autres vous rejoignent."
        ),
        presentation=_(
            "Nous produisons, achetons et décidons ensemble : une personne, une voix, et des "
            "prix qui disent ce qu’ils paient."
        ),
        organisation=OrganisationKind.COOPERATIVE,
        hats=frozenset({"coordinator", "treasurer"}),
    ),
    Preset(
        name="circle",
        title=_("Un cercle fermé"),
        text=_(
            "Sur invitation : une association, une entreprise, des amis. Personne d’autre "
            "n’apprend qu’il existe."
        ),
        presentation=_("Nous nous organisons entre nous. On entre sur l’invitation d’un membre."),
        organisation=OrganisationKind.ASSOCIATION,
        admission=Admission.INVITATION,
    ),
)
BY_NAME: dict[str, Preset] = {preset.name: preset for preset in PRESETS}
