"""juntagrico, the peer program from PyPI, producing its depot list: the figures beside ours.

Stands alone: ``python benchmarks/juntagrico_beside.py`` installs juntagrico in an environment of
its own (``.venv/juntagrico``, kept for the next time), migrates an SQLite database in a temporary
folder, fills it with juntagrico's own generator, and lets juntagrico render its depot list as it
does before making the PDF of it. One JSON object comes out on stdout.

Where juntagrico does not install, the object says ``{"installed": false, "why": …}`` and the exit
status is 0. Where it installs but gives no figures (too slow here, or broken), nothing comes out
on stdout, stderr has the sentence, and the exit status is 1. All is over in ten minutes.

The same file is run twice: by any Python 3.11, with the standard library only, then by the Python
of juntagrico's environment, in the temporary folder (``--inside``), where Django is.
"""

import json
import os
import random
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

VERSION = "2.0.10"
# Its generator asks for Faker, which its package does not declare.
REQUIREMENTS = {"juntagrico": VERSION, "faker": "40.54.0"}
ENVIRONMENT = Path(__file__).resolve().parents[1] / ".venv" / "juntagrico"
SECONDS = 590.0
FIRST_TRY_SECONDS = 330.0
PRODUCTS = 60
CATEGORIES = 6
SUBSCRIPTIONS_PER_DEPOT = 50
MEMBERS_PER_DEPOT = 2 * SUBSCRIPTIONS_PER_DEPOT
MEMBERS = 1000
FEWER_MEMBERS = 200
TUESDAY = 2
SEED = 2026
INSIDE = "--inside"


class NotInstalledError(Exception):
    """juntagrico does not install here."""


class NotMeasuredError(Exception):
    """juntagrico is installed, but gives no figures."""


class Bounded:
    """Runs child processes until one common moment; each ends with all of its own children."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def run(
        self, command: Sequence[str], folder: Path | None = None, seconds: float = SECONDS
    ) -> tuple[int, str, str]:
        """Return the exit status, stdout and stderr; raise TimeoutError when it takes too long."""
        left = min(seconds, self._end - time.monotonic())
        if left <= 0:
            raise TimeoutError
        with subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as child:
            try:
                said, complained = child.communicate(timeout=left)
            except subprocess.TimeoutExpired as too_long:
                raise TimeoutError from too_long
            finally:
                if child.poll() is None:
                    os.killpg(child.pid, signal.SIGKILL)
        return child.returncode, said, complained


def install(bounded: Bounded) -> str:
    """Make juntagrico's environment, or find it made; return its Python."""
    python = str(ENVIRONMENT / "bin" / "python")
    if _has_all(bounded, python):
        return python
    made = [sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)]
    wanted = [f"{name}=={version}" for name, version in REQUIREMENTS.items()]
    pip = [python, "-m", "pip", "install", "--quiet", "--no-input"]
    for tool, command in (
        ("venv", made),
        ("pip", [*pip, "--disable-pip-version-check", *wanted]),
    ):
        try:
            status, _, complained = bounded.run(command)
        except TimeoutError as too_long:
            raise NotInstalledError(f"{tool} n’a pas fini dans le temps imparti.") from too_long
        if status:
            raise NotInstalledError(f"{tool} a échoué\u00a0: {_reason(complained)}")
    return python


def _has_all(bounded: Bounded, python: str) -> bool:
    """Tell whether an earlier run left the whole environment."""
    asked = (
        "import json, sys; from importlib.metadata import version; "
        "print(json.dumps({name: version(name) for name in sys.argv[1:]}))"
    )
    try:
        status, said, _ = bounded.run([python, "-c", asked, *REQUIREMENTS])
    except OSError:
        return False
    return status == 0 and json.loads(said) == REQUIREMENTS


def _reason(complained: str) -> str:
    """Return the line of a program's complaints which says why it stopped."""
    lines = [line.strip() for line in complained.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR:")]
    return ([*lines, *errors] or ["aucune raison donnée"])[-1]


def measure(bounded: Bounded, python: str) -> dict[str, Any]:
    """Return the figures, with a thousand members or, where filling takes too long, fewer."""
    try:
        return _measure(bounded, python, MEMBERS, FIRST_TRY_SECONDS)
    except TimeoutError:
        pass
    try:
        return _measure(bounded, python, FEWER_MEMBERS, SECONDS)
    except TimeoutError as too_long:
        raise NotMeasuredError("la liste n’a pas fini dans le temps imparti.") from too_long


def _measure(bounded: Bounded, python: str, members: int, seconds: float) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        command = [python, str(Path(__file__).resolve()), INSIDE, str(members)]
        status, said, complained = bounded.run(command, Path(folder), seconds)
    if status:
        raise NotMeasuredError(_reason(complained))
    figures: dict[str, Any] = json.loads(said.splitlines()[-1])
    return figures


def inside(members: int) -> dict[str, Any]:
    """Fill a database in this folder and render depot lists; needs juntagrico's environment."""
    open_project(Path.cwd())
    columns = fill(members)
    render_list(0)
    half, whole = render_list(1), render_list(2)
    return {
        "installed": True,
        **half,
        "queries_per_row": round(half["queries"] / half["rows"], 1),
        "cpu_seconds_per_row": round(half["cpu_seconds"] / half["rows"], 4),
        "twice": whole,
        "members": members,
        "products": columns,
        "note": (
            f"juntagrico {VERSION}, SQLite, {members} membres et {columns} produits de son "
            f"générateur (jour de retrait fixé au mardi\u00a0: il tire 0, que la liste "
            f"refuse)\u00a0; page HTML d’un dépôt de {half['rows']} lignes, gabarits déjà "
            f"chargés, sans le PDF\u00a0; deux dépôts ({whole['rows']} lignes)\u00a0: "
            f"{whole['queries']} requêtes, {whole['cpu_seconds']} s de CPU."
        ),
    }


def open_project(folder: Path) -> None:
    """Set up a minimal Django project with juntagrico, its database in the folder, migrated."""
    import django
    from django.conf import settings
    from django.core.management import call_command

    processors = (
        "django.contrib.auth.context_processors.auth",
        "django.template.context_processors.request",
        "django.contrib.messages.context_processors.messages",
        "juntagrico.context_processors.vocabulary",
    )
    settings.configure(
        SECRET_KEY=secrets.token_hex(),
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": str(folder / "juntagrico.sqlite"),
            }
        },
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.sites",
            "django.contrib.messages",
            "django.contrib.staticfiles",
            "django.contrib.admin",
            "juntagrico",
            "adminsortable2",
            "crispy_forms",
            "crispy_bootstrap4",
            "django_select2",
            "djrichtextfield",
            "impersonate",
            "import_export",
            "polymorphic",
        ],
        ROOT_URLCONF="juntagrico.urls",
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {"context_processors": processors},
            }
        ],
        AUTHENTICATION_BACKENDS=["juntagrico.util.auth.AuthenticateWithEmail"],
        EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
        LANGUAGE_CODE="fr",
        SITE_ID=1,
        STATIC_URL="/static/",
        MEDIA_ROOT=str(folder),
        USE_TZ=True,
    )
    django.setup()
    call_command("migrate", verbosity=0)


def fill(members: int) -> int:
    """Fill the database with juntagrico's generator; return how many products the list shows.

    The generator shares the products out at random: those it left in no category, which the list
    would hide, are given to one. Half of the members subscribe, each with another member.
    """
    from django.core.management import call_command
    from faker import Faker
    from juntagrico.entity.subtypes import (
        ProductSize,
        SubscriptionBundle,
        SubscriptionBundleProductSize,
        SubscriptionProduct,
    )

    random.seed(SEED)
    Faker.seed(SEED)
    call_command(
        "generate_testdata_advanced",
        categories=[f"Panier {number}/Lot {number}" for number in range(1, CATEGORIES + 1)],
        products=[f"Produit {number}" for number in range(1, PRODUCTS + 1)],
        depots=members // MEMBERS_PER_DEPOT,
        subs_per_depot=SUBSCRIPTIONS_PER_DEPOT,
        days=[TUESDAY],
        verbosity=0,
    )
    bundles = list(SubscriptionBundle.objects.order_by("id"))
    SubscriptionBundleProductSize.objects.bulk_create(
        SubscriptionBundleProductSize(bundle=bundles[index % len(bundles)], product_size=size)
        for index, size in enumerate(ProductSize.objects.filter(bundles=None).order_by("id"))
    )
    return int(SubscriptionProduct.objects.on_depot_list().count())


def render_list(depots: int) -> dict[str, Any]:
    """Render the list of so many depots; return its rows, SQL queries and CPU seconds."""
    from django.db import connection
    from django.template.loader import get_template
    from juntagrico.config import Config
    from juntagrico.util.depot_list import depot_list_data

    queries = 0

    def count(execute: Any, *arguments: Any) -> Any:
        nonlocal queries
        queries += 1
        return execute(*arguments)

    with connection.execute_wrapper(count):
        begun = time.process_time()
        context = depot_list_data()
        context["depots"] = context["depots"].order_by("id")[:depots]
        (listed,) = (
            found for found in Config.depot_lists(context=context) if found["name"] == "depotlist"
        )
        page = get_template(listed["template"]).render(context | listed["extra_context"])
        spent = time.process_time() - begun
    rows = page.count('<td class="namecol')
    if rows != depots * SUBSCRIPTIONS_PER_DEPOT:
        raise NotMeasuredError(f"la liste de juntagrico a {rows} lignes, pas celles attendues.")
    return {"rows": rows, "queries": queries, "cpu_seconds": round(spent, 2)}


def main() -> int:
    """Print the figures, or say why there are none; return the exit status."""
    if sys.argv[1:2] == [INSIDE]:
        print(json.dumps(inside(int(sys.argv[2])), ensure_ascii=False))
        return 0
    # An end asked from outside goes through the same cleaning up as an error.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    bounded = Bounded(SECONDS)
    try:
        figures = measure(bounded, install(bounded))
    except NotInstalledError as error:
        why = f"juntagrico {VERSION} ne s’installe pas ici\u00a0: {error}"
        print(why, file=sys.stderr)
        figures = {"installed": False, "why": why}
    except NotMeasuredError as error:
        print(f"juntagrico {VERSION} s’installe, mais sans mesure\u00a0: {error}", file=sys.stderr)
        return 1
    print(json.dumps(figures, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
