"""What only some members may do in project decisions."""

from freeco.i18n import _
from freeco.module import Permission

PREPARE = Permission(
    "project_decisions.prepare",
    _("Préparer, ouvrir et annuler les votes"),
    hat="coordinator",
)

ASSEMBLY = Permission(
    "project_decisions.assembly",
    _("Convoquer les assemblées, tenir l’émargement et le procès-verbal"),
    hat="coordinator",
)
