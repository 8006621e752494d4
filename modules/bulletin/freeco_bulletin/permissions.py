"""What only some members may do in the bulletin."""

from freeco.i18n import _
from freeco.module import Permission

PUBLISH = Permission("bulletin.publish", _("Écrire les annonces et la gazette"), hat="coordinator")
