"""django-oscar, a shop program from PyPI, in the same races for the last pieces as ours.

``python benchmarks/oscar_beside.py URL`` installs django-oscar in an environment of its own
(``.venv/oscar``, kept for the next time), migrates the empty PostgreSQL database of the URL and
lets clients check the stock and place orders through oscar's own functions, in threads, without
HTTP. One JSON object comes out on stdout; where it does not install,
``{"installed": false, "why": …}``.
"""

import secrets
import sys
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

from beside import Peer, count_django, races, tell
from race import Shop

PEER = Peer("oscar", {"django-oscar": "4.2.1", "psycopg2-binary": "2.9.13"}, seconds=1200.0)
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
NUMBERS = count(1)


def inside(url: str) -> dict[str, Any]:
    """Set oscar up on the database and let the races run; needs oscar's environment."""
    open_project(url)
    return races(set_up, count_django())


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


def set_up(units: int) -> Shop:
    """Put so many of a new product on sale; return its shop."""
    from django.db import connection
    from oscar.core.loading import get_model
    from oscar.test.factories import create_product

    product = create_product(price=2, num_in_stock=units)
    lines = get_model("order", "Line").objects.filter(product=product)

    def leave() -> None:
        connection.close()  # the client's own: each thread has one behind this name

    return Shop(lambda _number: buy(product.id), leave, lines.count)


def buy(product_id: int) -> bool:
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
        order_number=f"N{next(NUMBERS)}",
    )
    return True


if __name__ == "__main__":
    sys.exit(tell(PEER, __file__, inside))
