"""What only some members may do in direct sales."""

from freeco.i18n import _
from freeco.module import Permission

COORDINATE = Permission(
    "direct_sales.coordinate", _("Coordonner les contrats et les distributions")
)
TREASURE = Permission("direct_sales.treasure", _("Tenir les chèques"))
