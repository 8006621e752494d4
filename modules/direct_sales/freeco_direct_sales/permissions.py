"""What only some members may do in direct sales."""

from freeco.i18n import _
from freeco.members.models import TREASURER
from freeco.module import Permission

COORDINATE = Permission(
    "direct_sales.coordinate",
    _("Coordonner les contrats et les distributions"),
    rehearses=True,
)
HAND_OUT = Permission(
    "direct_sales.hand_out", _("Noter qui a pris son panier, à la distribution"), hat="member"
)
"""For a volunteer at the table, who needs nothing else."""
SOLIDARITY_READER = Permission(
    "direct_sales.solidarity_reader",
    _("Lire les déclarations de revenu (deux personnes, pas une de plus)"),
    hat="member",
    most=2,
)
AT_THE_TABLE = (COORDINATE.name, TREASURER, HAND_OUT.name)
"""Any of these holds the sign-off sheet."""
