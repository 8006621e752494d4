"""django-oscar, a shop program from PyPI, taking the same storm of orders: the figures beside ours.

``python benchmarks/oscar_beside.py URL`` installs django-oscar in an environment of its own
(``.venv/oscar``, kept for the next time), migrates the empty PostgreSQL database of the URL and
lets clients check the stock and place orders through oscar's own functions, in threads, without
HTTP. One JSON object comes out on stdout; where it does not install,
``{"installed": false, "why": …}``.
"""

import json
import os
import secrets
import sys
import threading
import time
from pathlib import Path
from queue import Empty, Queue
from typing import Any
from urllib.parse import parse_qs, urlsplit

from juntagrico_beside import Bounded

VERSION = "4.2.1"
ENVIRONMENT = Path(__file__).resolve().parents[1] / ".venv" / "oscar"
SECONDS = 900.0
STORM_SECONDS = 300.0
CLIENTS = 20
"""Fewer than over HTTP: each holds a connection of its own to the database."""
ATTEMPTS = int(os.environ.get("FREECO_STORM", "2000"))
UNITS = ATTEMPTS // 20
INSIDE = "--inside"
APPS = {
    "analytics": "Analytics",
    "checkout": "Checkout",
    "address": "Address",
    "shipping": "Shipping",
    "catalogue": "Catalogue",
    "catalogue.reviews": "CatalogueReviews",
    "communication": "Communication",
    "partner": "Partner",
    "basket": "Basket",
    "payment": "Payment",
    "offer": "Offer",
    "order": "Order",
    "customer": "Customer",
    "search": "Search",
    "voucher": "Voucher",
    "wishlists": "Wishlists",
    "dashboard": "Dashboard",
    "dashboard.reports": "ReportsDashboard",
    "dashboard.users": "UsersDashboard",
    "dashboard.orders": "OrdersDashboard",
    "dashboard.catalogue": "CatalogueDashboard",
    "dashboard.offers": "OffersDashboard",
    "dashboard.partners": "PartnersDashboard",
    "dashboard.pages": "PagesDashboard",
    "dashboard.ranges": "RangesDashboard",
    "dashboard.reviews": "ReviewsDashboard",
    "dashboard.vouchers": "VouchersDashboard",
    "dashboard.communications": "CommunicationsDashboard",
    "dashboard.shipping": "ShippingDashboard",
}
"""The parts of oscar, which want each other, and how each calls its configuration."""


def install(bounded: Bounded) -> tuple[str, str]:
    """Make oscar's environment, or find it made; return its Python, and why there is none."""
    python = str(ENVIRONMENT / "bin" / "python")
    wanted = [f"django-oscar=={VERSION}", "psycopg2-binary"]
    pip = [python, "-m", "pip", "install", "--quiet", "--no-input", *wanted]
    try:
        if not Path(python).exists():
            bounded.run([sys.executable, "-m", "venv", str(ENVIRONMENT)])
        status, _said, complained = bounded.run(pip)
    except TimeoutError:
        return python, "l’installation n’a pas fini dans le temps imparti."
    return python, complained.strip().rpartition("\n")[2] if status else ""


def inside(url: str) -> dict[str, Any]:
    """Set oscar up on the database and let the storm blow; needs oscar's environment."""
    open_project(url)
    product = stock_product()
    return storm(product)


def open_project(url: str) -> None:
    """Configure oscar as its own documentation does, and migrate."""
    import django
    import oscar.defaults
    from django.conf import settings
    from django.core.management import call_command

    parts = urlsplit(url)
    given = {name: getattr(oscar.defaults, name) for name in dir(oscar.defaults) if name.isupper()}
    settings.configure(
        **given,
        SECRET_KEY=secrets.token_hex(),
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": parts.path.strip("/"),
                "USER": parts.username,
                "HOST": parse_qs(parts.query)["host"][0],
            }
        },
        INSTALLED_APPS=[
            *(
                f"django.contrib.{name}"
                for name in [
                    "admin",
                    "auth",
                    "contenttypes",
                    "sessions",
                    "messages",
                    "staticfiles",
                    "sites",
                    "flatpages",
                ]
            ),
            "oscar.config.Shop",
            *(f"oscar.apps.{name}.apps.{config}Config" for name, config in APPS.items()),
            "widget_tweaks",
            "haystack",
            "treebeard",
            "django_tables2",
        ],
        HAYSTACK_CONNECTIONS={
            "default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}
        },
        ROOT_URLCONF="oscar.config",
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        SITE_ID=1,
        USE_TZ=True,
    )
    django.setup()
    call_command("migrate", verbosity=0)


def stock_product() -> int:
    """Create a product of which there are so many; return its number."""
    from oscar.test.factories import create_product

    product = create_product(price=2, num_in_stock=UNITS)
    return int(product.id)


def buy(product_id: int, number: int) -> bool:
    """Fill a basket, check the stock as the checkout does, and place the order."""
    from oscar.core.loading import get_class, get_model

    basket = get_model("basket", "Basket").objects.create()
    basket.strategy = get_class("partner.strategy", "Selector")().strategy()
    product = get_model("catalogue", "Product").objects.get(pk=product_id)
    if not basket.strategy.fetch_for_product(product).availability.is_purchase_permitted(1)[0]:
        return False
    basket.add_product(product, 1)
    shipping = get_class("shipping.methods", "Free")()
    charge = shipping.calculate(basket)
    sums = get_class("checkout.calculators", "OrderTotalCalculator")().calculate(basket, charge)
    get_class("order.utils", "OrderCreator")().place_order(
        basket=basket,
        total=sums,
        shipping_method=shipping,
        shipping_charge=charge,
        order_number=f"N{number}",
    )
    return True


def storm(product_id: int) -> dict[str, Any]:
    """Let the clients click; return what was sold and how long each click took."""
    from django.db import connection
    from oscar.core.loading import get_model

    waiting: Queue[int] = Queue()
    for number in range(ATTEMPTS):
        waiting.put(number)
    seconds: list[float] = []
    errors: list[str] = []
    until = time.monotonic() + STORM_SECONDS

    def click() -> None:
        while time.monotonic() < until:
            try:
                number = waiting.get_nowait()
            except Empty:
                break
            begun = time.perf_counter()
            try:
                buy(product_id, number)
            except Exception as error:
                errors.append(type(error).__name__)
            seconds.append(time.perf_counter() - begun)
        connection.close()

    threads = [threading.Thread(target=click) for _client in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sold = get_model("order", "Line").objects.count()
    seconds.sort()
    return {
        "installed": True,
        "attempts": len(seconds),
        "clients": CLIENTS,
        "units": UNITS,
        "sold": sold,
        "oversold": max(0, sold - UNITS),
        "errors": len(errors),
        "median": round(seconds[len(seconds) // 2], 3),
        "p99": round(seconds[int(len(seconds) * 0.99)], 3),
    }


def main() -> int:
    """Print the figures, or say why there are none."""
    if sys.argv[1] == INSIDE:
        print(json.dumps(inside(sys.argv[2])))
        return 0
    bounded = Bounded(SECONDS)
    python, why = install(bounded)
    if why:
        print(json.dumps({"installed": False, "why": why}, ensure_ascii=False))
        return 0
    try:
        status, said, complained = bounded.run(
            [python, str(Path(__file__).resolve()), INSIDE, sys.argv[1]]
        )
    except TimeoutError:
        status, said, complained = 1, "", "pas fini dans le temps imparti."
    sys.stderr.write(complained if status else "")
    print(
        said.splitlines()[-1]
        if not status
        else json.dumps({"installed": True, "why": complained[-300:]})
    )
    return status


if __name__ == "__main__":
    sys.exit(main())
