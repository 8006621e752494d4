"""The application: reads like a table of contents."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask
from flask.json.provider import DefaultJSONProvider
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from freeco.accords.routes import pages as accords_pages
from freeco.accounting.organisation_routes import pages as organisation_books_pages
from freeco.accounting.routes import pages as books_pages
from freeco.agenda.feed_routes import pages as agenda_feed_pages
from freeco.agenda.routes import pages as agenda_pages
from freeco.charter.routes import pages as charter_pages
from freeco.config import Settings
from freeco.cost_price.routes import pages as cost_price_pages
from freeco.db import init_database
from freeco.documents.receipt_routes import pages as receipt_pages
from freeco.documents.routes import pages as documents_pages
from freeco.doors import init_doors
from freeco.errors import init_errors
from freeco.first_run.rehearsal_routes import pages as rehearsal_pages
from freeco.first_run.routes import pages as first_run_pages
from freeco.i18n import init_languages
from freeco.kernel import Kernel, init_kernel
from freeco.members.account_routes import pages as account_pages
from freeco.members.circle_routes import pages as circle_pages
from freeco.members.household_routes import pages as household_pages
from freeco.members.steward_routes import pages as steward_pages
from freeco.notifications.post_office_routes import pages as post_office_pages
from freeco.notifications.routes import pages as notification_pages
from freeco.notifications.unsubscribe_routes import pages as letter_pages
from freeco.notifications.unsubscribe_routes import unsubscribe
from freeco.notifications.wording_routes import pages as wordings_pages
from freeco.offline.queue_routes import pages as offline_queue_pages
from freeco.offline.routes import pages as offline_pages
from freeco.organisations.billing_routes import pages as billing_pages
from freeco.organisations.routes import pages as organisation_pages
from freeco.payments.card_routes import pages as cards_pages
from freeco.payments.mandate_routes import pages as debits_pages
from freeco.payments.own_routes import pages as own_payments_pages
from freeco.payments.payment_routes import pages as payments_pages
from freeco.payments.producer_routes import pages as producer_payments_pages
from freeco.payments.slip_routes import pages as slips_pages
from freeco.payments.statement_import_routes import pages as statements_pages
from freeco.payments.treasury_routes import pages as treasury_pages
from freeco.payments.webhook_routes import hear as hear_of_payments
from freeco.payments.webhook_routes import pages as webhooks_pages
from freeco.places.routes import pages as place_pages
from freeco.plugins import BadModule, Plugins
from freeco.programs.forgery import Forgery
from freeco.programs.routes import pages as program_pages
from freeco.record.log_routes import pages as record_log_pages
from freeco.record.parameter_routes import pages as record_parameter_pages
from freeco.record.receipt_routes import pages as record_receipt_pages
from freeco.record.routes import pages as record_pages
from freeco.record.witness_routes import add_checkpoint
from freeco.record.witness_routes import pages as record_witness_pages
from freeco.web.busy import init_busy
from freeco.web.compression import init_compression
from freeco.web.confirming import init_confirming
from freeco.web.design import pages as design_pages
from freeco.web.forms import LARGEST_ROW_ID
from freeco.web.module_files import pages as module_file_pages
from freeco.web.pages import pages as site_pages
from freeco.web.shell import init_headers, init_shell
from freeco.web.unfinished import init_unfinished
from freeco.web.unfinished import pages as unfinished_pages

HERE = Path(__file__).parent
LARGEST_UPLOAD = 6 * 1024 * 1024


class Json(DefaultJSONProvider):
    """Flask's own, but for brackets without end: bad JSON, and no fault of ours."""

    def loads(self, s: str | bytes, **options: Any) -> Any:
        """Read JSON. Raises ValueError."""
        try:
            return super().loads(s, **options)
        except RecursionError as error:
            raise ValueError("too deep") from error


class RowId(IntegerConverter):
    """An id in an address: ASCII digits, and no larger than a row's id can be."""

    regex = "[0-9]{1,10}"

    def __init__(self, url_map: Map, *args: int, **options: int) -> None:
        super().__init__(url_map, max=LARGEST_ROW_ID)


def create_app(settings: Settings | None = None, plugins: Plugins | None = None) -> Flask:
    """Build the application from its settings and the installed modules.

    Raises BadConfiguration or BadModule, naming what is wrong.
    """
    settings = settings or Settings.from_environment()
    plugins = plugins or Plugins.installed()
    app = Flask(
        "freeco",
        root_path=str(HERE),
        template_folder="web/templates",
        static_folder="web/static",
    )
    configure(app, settings)
    init_kernel(app, Kernel(settings, plugins))
    init_database(app)
    init_languages(app, translation_folders(plugins))
    init_errors(app)
    # Before the others, since it acts after them: what is to be sent is complete by then.
    init_compression(app)
    module_of_blueprint = mount_modules(app, plugins)
    mount_core(app)
    init_doors(app, module_of_blueprint)
    # After the guard's community: a forged form is refused on a page that knows where it is.
    # A mail program that unsubscribes, the payment provider and a log that asks for a witness
    # have no form of ours: what is signed is their proof.
    forms = Forgery(app)
    forms.exempt(unsubscribe)
    forms.exempt(hear_of_payments)
    forms.exempt(add_checkpoint)
    init_unfinished(app)
    init_busy(app)
    init_confirming(app)
    init_shell(app)
    init_headers(app)
    return app


def configure(app: Flask, settings: Settings) -> None:
    """Write Flask's own configuration."""
    app.url_map.converters["int"] = RowId
    app.json = Json(app)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url.replace(
            "postgresql://", "postgresql+psycopg://"
        ),
        SQLALCHEMY_ENGINE_OPTIONS={
            "pool_pre_ping": not settings.is_sqlite,
            # What a constraint refuses goes to the log, with its hour: never what was written.
            "hide_parameters": True,
        },
        MAX_CONTENT_LENGTH=LARGEST_UPLOAD,
        MAX_FORM_MEMORY_SIZE=LARGEST_UPLOAD,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.production,
        PERMANENT_SESSION_LIFETIME=timedelta(days=30),
        WTF_CSRF_TIME_LIMIT=24 * 3600,
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(days=7),
    )
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=count, x_proto=count, x_host=count
        )
    if settings.is_sqlite:
        Path(settings.database_url.removeprefix("sqlite:///")).parent.mkdir(
            parents=True, exist_ok=True
        )


def translation_folders(plugins: Plugins) -> list[Path]:
    """Return core's translations and those of each module."""
    folders = [HERE / "translations"]
    for name in plugins.modules:
        folder = plugins.folder(name)
        if folder is not None and (folder / "translations").is_dir():
            folders.append(folder / "translations")
    return folders


def mount_core(app: Flask) -> None:
    """Serve core's own pages: the whole site's, then those of each community."""
    for blueprint in (
        site_pages,
        account_pages,
        design_pages,
        first_run_pages,
        letter_pages,
        module_file_pages,
        offline_pages,
        unfinished_pages,
        agenda_feed_pages,
        books_pages,
        cost_price_pages,
        webhooks_pages,
        record_witness_pages,
    ):
        app.register_blueprint(blueprint)
    for blueprint in (
        circle_pages,
        charter_pages,
        household_pages,
        organisation_pages,
        steward_pages,
        agenda_pages,
        notification_pages,
        post_office_pages,
        wordings_pages,
        program_pages,
        offline_queue_pages,
        place_pages,
        rehearsal_pages,
        organisation_books_pages,
        documents_pages,
        receipt_pages,
        billing_pages,
        treasury_pages,
        payments_pages,
        slips_pages,
        own_payments_pages,
        producer_payments_pages,
        statements_pages,
        debits_pages,
        cards_pages,
        record_pages,
        record_log_pages,
        record_receipt_pages,
        record_parameter_pages,
        accords_pages,
    ):
        app.register_blueprint(blueprint, url_prefix="/<community>")


def mount_modules(app: Flask, plugins: Plugins) -> dict[str, str]:
    """Serve each module's pages and API under its own address; return whose blueprint is whose."""
    owners: dict[str, str] = {}
    for module in plugins.modules.values():
        path = module.name.replace("_", "-")
        for prefix, blueprints in (
            (f"/<community>/{path}", module.blueprints),
            (f"/api/<community>/{path}", module.api),
        ):
            for blueprint in blueprints:
                _check_name(module.name, blueprint)
                app.register_blueprint(blueprint, url_prefix=prefix)
                owners[blueprint.name] = module.name
    return owners


def _check_name(module: str, blueprint: Blueprint) -> None:
    if blueprint.name != module and not blueprint.name.startswith(f"{module}_"):
        raise BadModule(
            f"Le module « {module} » apporte des pages nommées « {blueprint.name} » : "
            f"leur nom doit commencer par « {module} »"
        )
