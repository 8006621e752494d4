"""What only some members may do in direct sales."""

from freeco.i18n import _
from freeco.module import Permission

COORDINATE = Permission(
    "direct_sales.coordinate", _("Coordonner les contrats et les distributions")
)
HAND_OUT = Permission(
    "direct_sales.hand_out", _("Noter qui a pris son panier, à la distribution"), hat="member"
)
"""For a volunteer at the table, who needs nothing else."""
TREASURE = Permission("direct_sales.treasure", _("Tenir les chèques"), hat="treasurer")
AT_THE_TABLE = (COORDINATE.name, TREASURE.name, HAND_OUT.name)
"""Any of these holds the sign-off sheet."""
