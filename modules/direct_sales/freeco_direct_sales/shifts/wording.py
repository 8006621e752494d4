"""How hours of a shift are written."""

from zoneinfo import ZoneInfo

from freeco import i18n
from freeco_direct_sales.shifts.models import Shift


def when(shift: Shift) -> str:
    """Write the hours of a shift: de 18 h à 20 h."""
    zone = ZoneInfo(shift.distribution.community.timezone)
    return i18n.hours(
        shift.starts_at.astimezone(zone).time(), shift.ends_at.astimezone(zone).time()
    )
