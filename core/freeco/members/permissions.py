"""What only some members may do, in what core brings."""

from freeco.i18n import _
from freeco.members.models import STEWARD, TREASURER
from freeco.module import Permission

OWN_PERMISSIONS = (
    Permission(STEWARD, _("Veiller sur la communauté")),
    Permission(TREASURER, _("Tenir les paiements : chèques, virements, relances"), hat="treasurer"),
)
