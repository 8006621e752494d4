"""pretix, which sells tickets and locks its quotas, in the same races: the figures beside ours.

``python benchmarks/pretix_beside.py URL`` installs pretix in an environment of its own
(``.venv/pretix``, kept for the next time; some minutes), migrates the empty PostgreSQL database of
the URL (some minutes more) and lets clients fill carts and order through pretix's own tasks, in
threads, without HTTP and without letters. One JSON object comes out on stdout; where it does not
install, ``{"installed": false, "why": …}``.

Tasks run where they are asked, as pretix does without a broker. Who waited three seconds for a
quota's lock is then counted among the errors (TypeError): as we read it, and have not shown it in
pretix itself, Celery's retry hands the event over in place of its number. With a broker it may
try again.
"""

import os
import sys
import tempfile
import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

from beside import Peer, count_django, races, tell
from race import Shop

PEER = Peer("pretix", {"pretix": "2026.8.0", "psycopg2-binary": "2.9.13"}, seconds=2400.0)


def inside(url: str) -> dict[str, Any]:
    """Set pretix up on the database and let the races run; needs pretix's environment."""
    with tempfile.TemporaryDirectory() as folder:
        open_site(url, folder)
        return races(set_up, count_django())


def open_site(url: str, folder: str) -> None:
    """Configure pretix by its own variables, without Celery: tasks run where they are asked."""
    parts = urlsplit(url)
    os.environ |= {
        "DATA_DIR": folder,
        "DJANGO_SETTINGS_MODULE": "pretix.settings",
        "PRETIX_DATABASE_BACKEND": "postgresql",
        "PRETIX_DATABASE_NAME": parts.path.strip("/"),
        "PRETIX_DATABASE_USER": str(parts.username),
        "PRETIX_DATABASE_HOST": parse_qs(parts.query)["host"][0],
        "PRETIX_PRETIX_INSTANCE_NAME": "beside",
    }
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def set_up(units: int) -> Shop:
    """Open an event that sells so many of one thing; return its shop."""
    from django.db import connection
    from django_scopes import scope, scopes_disabled
    from pretix.base.models import CartPosition, Event, OrderPosition, Organizer
    from pretix.base.services.cart import CartError, add_items_to_cart
    from pretix.base.services.orders import OrderError, perform_order

    name = uuid.uuid4().hex[:8]
    with scopes_disabled():
        organizer = Organizer.objects.create(name="AMAP", slug=name)
        event = Event.objects.create(
            organizer=organizer,
            name="Marché",
            slug=name,
            date_from=datetime.now(UTC) + timedelta(days=7),
            live=True,
            currency="EUR",
        )
        event.settings.payment_manual__enabled = True
        quota = event.quotas.create(name="Poireaux", size=units)
        item = event.items.create(name="Poireaux", default_price=Decimal("2.50"), admission=False)
        quota.items.add(item)

    def run(task: Any, **given: object) -> None:
        # Celery takes a task of another thread for one that this one is inside of.
        task.apply(kwargs={"event": event.pk, **given}).get(disable_sync_subtasks=False)

    wanted = dict.fromkeys(("variation", "price", "voucher", "subevent", "seat"))
    payment = {"provider": "manual", "multi_use_supported": False, "info_data": {}}

    def buy(number: int) -> bool:
        cart = f"{name}-{number}"
        try:
            run(add_items_to_cart, items=[{**wanted, "item": item.pk, "count": 1}], cart_id=cart)
            with scope(organizer=organizer):
                held = CartPosition.objects.filter(event=event, cart_id=cart)
                positions = list(held.values_list("pk", flat=True))
            run(
                perform_order,
                payments=[{**payment, "id": cart, "min_value": None, "max_value": None}],
                positions=positions,
                email=None,
                locale="en",
            )
        except (CartError, OrderError):
            return False
        return True

    def sold() -> int:
        with scopes_disabled():
            return int(OrderPosition.objects.filter(order__event=event).count())

    def leave() -> None:
        connection.close()  # the client's own: each thread has one behind this name

    return Shop(buy, leave, sold)


if __name__ == "__main__":
    sys.exit(tell(PEER, __file__, inside))
