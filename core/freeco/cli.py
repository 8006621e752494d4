"""The command line: ``freeco``. Core's commands, and those the modules bring."""

import copy
import functools
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from apscheduler.schedulers.blocking import BlockingScheduler
from flask import Flask
from granian.constants import Interfaces
from granian.server import Server
from rich.progress import Progress
from rich.table import Table
from sqlalchemy import func, select

from freeco import activation, backup, demonstration
from freeco.accounting.commands import books
from freeco.accounting.export_commands import export_book, fec_check
from freeco.app import create_app
from freeco.cli_output import err, out, tell
from freeco.config import DEVELOPMENT_SECRET, BadConfiguration, Settings
from freeco.cost_price.commands import cost
from freeco.db import db
from freeco.errors import Refusal
from freeco.first_run import drafts
from freeco.first_run.commands import first_run, found, print_first_run
from freeco.i18n import counted
from freeco.kernel import kernel
from freeco.members import membership, people_entry
from freeco.members.models import Community
from freeco.members.people_import import read_people
from freeco.migrations import runner
from freeco.notifications.commands import bounces, pushkey
from freeco.places import gazetteer, geojson, prepare
from freeco.plugins import BadModule, Plugins
from freeco.record.commands import record
from freeco.record.sequencer import sequence_due
from freeco.record.verify_command import verify
from freeco.record.witness_commands import mirror, witness
from freeco.record.witnessing import policy_problem
from freeco.spreadsheets import read_table
from freeco.worker import schedule

AT_ANY_VERSION = frozenset({"demo", "upgrade", "doctor", "write_backup", "restore"})
"""Commands that work on a database that waits for migrations."""
LOOPBACK = ("127.0.0.1", "::1", "localhost")
AnyCommand = TypeVar("AnyCommand", bound=click.Command)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="freeco")
def freeco() -> None:
    """Freeco : une plateforme coopérative, au prix coûtant."""


def application(home: Path | None = None) -> Flask:
    """Build the application of this environment; ``home`` wins over FREECO_HOME."""
    environment = dict(os.environ)
    if home is not None:
        environment["FREECO_HOME"] = str(home)
    return create_app(Settings.from_environment(environment))


def within(act: Callable[..., Any]) -> Callable[..., Any]:
    """Run a command inside the application, and say a refusal in one line."""

    @functools.wraps(act)
    def run(*args: Any, **options: Any) -> Any:
        app = application(options.get("home"))
        with app.app_context():
            if act.__name__ not in AT_ANY_VERSION:
                refuse_behind()
            try:
                return act(*args, **options)
            except Refusal as refusal:
                db.session.rollback()
                raise click.ClickException(str(refusal)) from refusal

    return run


def installed() -> Plugins:
    """Return the modules of the application in whose context we are."""
    return kernel().plugins


def refuse_behind() -> None:
    """Refuse to serve a database that waits for migrations."""
    behind = [
        each.history.name for each in runner.standing(db.engine, installed()) if each.is_behind
    ]
    if behind:
        raise click.ClickException(
            f"La base n’est pas à jour ({', '.join(behind)}) : lancez « freeco db upgrade »."
        )


@freeco.command()
@click.option(
    "--home", type=click.Path(path_type=Path, file_okay=False), help="Dossier de la démonstration."
)
@click.option(
    "--members",
    type=click.IntRange(demonstration.FEWEST_MEMBERS, 20_000),
    default=64,
    show_default=True,
)
@click.option("--seed", type=int, default=2026, show_default=True)
@click.option("--year", is_flag=True, help="Jouer aussi l’année d’avant, comptes compris.")
@within
def demo(home: Path | None, members: int, seed: int, year: bool) -> None:
    """Créer une communauté de démonstration : une AMAP, quatre producteurs, une commune."""
    plugins = installed()
    runner.upgrade(db.engine, plugins)
    if demonstration.staged_community() is None:
        if db.session.scalar(select(func.count(Community.id))):
            raise click.ClickException(
                "Cette base contient déjà une communauté : choisissez un autre dossier avec --home."
            )
        with Progress(console=err, transient=True) as progress:
            task = progress.add_task("Les membres arrivent…", total=members)
            staged = demonstration.stage(
                plugins, members, seed, lambda count: progress.advance(task, count), year=year
            )
        db.session.commit()
        while sequence_due():
            pass  # a year was stated in an instant, and nothing is served yet to give it its places
        for sentence in staged.sentences:
            out.print(sentence, highlight=False)
    out.print("Pour se connecter :", highlight=False)
    for each in demonstration.sign_ins():
        out.print(f"  {each.email}  ({each.charge})", highlight=False)
    out.print(f"  mot de passe de chacun : {demonstration.PASSWORD}", highlight=False)


def serve_with(host: str, port: int, workers: int) -> None:
    """Serve until stopped; on SQLite one process, which does the background work too."""
    Server(
        "freeco.wsgi:app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=8,
        # One that dies, for want of memory perhaps, must not take the others with it.
        respawn_failed_workers=True,
        log_access=False,
    ).serve()


def check_before_serving(host: str, address: str = "") -> bool:
    """Refuse to serve what is not ready or not safe; return whether the database is SQLite.

    On a site where nothing is founded yet, print how to begin; ``address`` is where it is served.
    """
    app = application()
    with app.app_context():
        if host not in LOOPBACK and not kernel().settings.production:
            raise click.ClickException(
                "Hors de cette machine, le site ne se sert qu’avec FREECO_ENVIRONMENT=production"
                " et un secret à soi (FREECO_SECRET_KEY)."
            )
        refuse_behind()
        if drafts.is_new_site():
            print_first_run(address or kernel().settings.base_url)
        sqlite = db.engine.dialect.name == "sqlite"
        db.engine.dispose()
    return sqlite


@freeco.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65_535), default=8000, show_default=True)
def run(host: str, port: int) -> None:
    """Servir le site sur cette machine, avec le travail de fond."""
    sqlite = check_before_serving(host, f"http://{host}:{port}")
    out.print(f"Freeco est servi sur http://{host}:{port} (Ctrl+C pour arrêter)", highlight=False)
    if not sqlite:
        out.print("Avec PostgreSQL, lancez aussi « freeco worker ».", highlight=False)
    serve_with(host, port, workers=1)


@freeco.command()
@click.option("--host", default="0.0.0.0", show_default=True)  # noqa: S104 - behind a proxy
@click.option("--port", type=click.IntRange(1, 65_535), default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
def serve(host: str, port: int, workers: int) -> None:
    """Servir en production : plusieurs processus avec PostgreSQL, un seul avec SQLite."""
    if check_before_serving(host):
        workers = 1
    serve_with(host, port, workers)


@freeco.command()
def worker() -> None:
    """Livrer les événements et les e-mails, lancer les balayages (PostgreSQL)."""
    app = application()
    with app.app_context():
        refuse_behind()
    scheduler = schedule(app, BlockingScheduler(timezone="UTC"))
    signal.signal(signal.SIGTERM, lambda *_signal: scheduler.shutdown(wait=False))
    out.print("Le travail de fond tourne (Ctrl+C pour arrêter).")
    try:
        scheduler.start()
    except KeyboardInterrupt:
        scheduler.shutdown(wait=False)


@freeco.group(name="db")
def database() -> None:
    """La base de données."""


@database.command()
@within
def upgrade() -> None:
    """Amener la base à la version installée : le cœur d’abord, puis chaque module."""
    moved = runner.upgrade(db.engine, installed())
    for each in moved:
        out.print(f"{each.history.name} : {each.current or 'vide'} → {each.head}", highlight=False)
    if not moved:
        out.print("La base est à jour.")


@freeco.command(name="modules")
@within
def list_modules() -> None:
    """Lister les modules installés, et où ils sont ouverts."""
    table = Table("Module", "Titre", "Seuil", "Ouvert dans")
    communities = db.session.scalars(select(Community).order_by(Community.id)).all()
    for module in installed().modules.values():
        places = [each.slug for each in communities if activation.is_open(each, module.name)]
        table.add_row(module.name, str(module.title), str(module.opens_at), ", ".join(places))
    out.print(table)


@freeco.group(name="import")
def imports() -> None:
    """Reprendre un tableur existant : tout, ou rien."""


@imports.command(name="members")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--community", "slug", required=True, help="Communauté, comme dans l’adresse.")
@click.option("--signed", is_flag=True, help="La charte est signée sur papier, et gardée.")
@click.option("--dry-run", is_flag=True, help="Montrer sans rien écrire.")
@within
def import_members(file: Path, slug: str, signed: bool, dry_run: bool) -> None:
    """Inscrire ou inviter les personnes d’une liste (CSV, XLSX, ODS)."""
    community = db.session.scalar(select(Community).where(Community.slug == slug))
    if community is None:
        raise click.ClickException(f"La communauté « {slug} » n’existe pas.")
    keepers = membership.stewards(community)
    if not keepers:
        raise click.ClickException("Cette communauté n’a personne pour veiller sur elle.")
    reading = read_people(read_table(file.name, file.read_bytes()))
    problems = [*reading.problems, *people_entry.problems(reading.people, signed=signed)]
    tell(problems, reading.notices)
    if dry_run:
        people = counted("%(num)s personne lue", "%(num)s personnes lues", len(reading.people))
        out.print(f"{people} ; rien n’est écrit (--dry-run).")
        return
    with err.status("Inscription…"):
        done = people_entry.enter_people(
            installed(), community, reading.people, keepers[0], signed=signed
        )
    db.session.commit()
    out.print(f"{done}.", highlight=False)


@freeco.command()
@within
def doctor() -> None:
    """Vérifier l’installation, et dire quoi faire."""
    plugins = installed()
    settings = Settings.from_environment()
    lines: list[tuple[bool, str]] = []
    for each in runner.standing(db.engine, plugins):
        state = "à jour" if not each.is_behind else "à migrer : lancez « freeco db upgrade »"
        lines.append((not each.is_behind, f"tables de {each.history.name} : {state}"))
    orphans = runner.orphan_tables(db.engine, plugins)
    lines.append((True, f"tables d’un module absent, laissées en place : {len(orphans)}"))
    lines.append(
        (
            settings.production or settings.is_sqlite,
            "production" if settings.production else "développement",
        )
    )
    own_secret = settings.secret_key != DEVELOPMENT_SECRET
    lines.append((own_secret, "secret à soi (FREECO_SECRET_KEY)"))
    real_mail = not settings.mail_url.startswith("file:")
    lines.append((real_mail, "e-mails envoyés par un serveur (FREECO_MAIL_URL)"))
    returns = bool(settings.mail_return) or not real_mail
    lines.append((returns, "adresse où reviennent les e-mails non remis (FREECO_MAIL_RETURN)"))
    problem = policy_problem()
    state = problem or "lisible, ou sans témoin"
    lines.append((not problem, f"témoins du registre (FREECO_RECORD_POLICY) : {state}"))
    htmx = Path(__file__).parent / "web/static/npm/htmx.min.js"
    lines.append((htmx.exists(), "paquets npm (facultatifs) : « make front » les installe"))
    for good, text in lines:
        out.print(("[green]bien[/] " if good else "[yellow]à voir[/] ") + text, highlight=False)


@freeco.command(name="backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@within
def write_backup(file: Path) -> None:
    """Sauvegarder toute la base dans un fichier, sans arrêter le site."""
    with err.status("Sauvegarde…"):
        size = backup.write(db.engine, file)
    out.print(f"{file} : {size} octets", highlight=False)


@freeco.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--yes", is_flag=True, help="Ne pas demander de confirmation.")
@within
def restore(file: Path, yes: bool) -> None:
    """Remettre la base dans l’état d’une sauvegarde (le site doit être arrêté)."""
    if not yes:
        click.confirm("Tout ce qui est dans la base est remplacé. Continuer ?", abort=True)
    with err.status("Restauration…"):
        backup.restore(db.engine, file)
    out.print("La base est restaurée.")


@freeco.command("outlines")
@click.argument("communes", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--source", required=True, help="À qui sont ces contours ; écrit sous la carte.")
@within
def install_outlines(communes: Path, source: str) -> None:
    """Préparer le fond de carte depuis un GeoJSON de communes (code, nom), en degrés."""
    with err.status("Les contours se préparent…"):
        try:
            home = kernel().settings.home / "ground"
            names = gazetteer.department_names()
            many = prepare.prepare(geojson.lands(communes), names, home, source)
        except prepare.BadOutlines as error:
            raise click.ClickException(str(error)) from error
    out.print(
        counted("%(num)s commune est sur la carte.", "%(num)s communes sont sur la carte.", many)
    )


def add_module_commands(group: click.Group, plugins: Plugins) -> None:
    """Add the modules' commands, each inside the application; a group joins core's group."""
    for module in plugins.modules.values():
        for command in module.commands:
            present = group.commands.get(command.name or "")
            if isinstance(command, click.Group) and isinstance(present, click.Group):
                for child in command.commands.values():
                    present.add_command(_inside(child))
            else:
                group.add_command(_inside(command))


def _inside(command: AnyCommand) -> AnyCommand:
    wrapped = copy.copy(command)
    if isinstance(wrapped, click.Group):
        wrapped.commands = {name: _inside(each) for name, each in wrapped.commands.items()}
    elif command.callback is not None and not hasattr(command.callback, "anywhere"):
        wrapped.callback = within(command.callback)
    return wrapped


for exporting in (export_book, fec_check):
    books.add_command(exporting)
freeco.add_command(_inside(books))
freeco.add_command(_inside(bounces))
freeco.add_command(_inside(cost))
freeco.add_command(pushkey)
recording = _inside(record)
recording.add_command(_inside(witness))
# Anybody verifies a receipt or keeps a copy, anywhere: no application is built for it.
for anywhere in (verify, mirror):
    recording.add_command(anywhere)
freeco.add_command(recording)


for founding in (found, first_run):
    freeco.add_command(_inside(founding))


def main() -> None:
    """Run the command line; what is wrong with the installation is said in one sentence."""
    try:
        add_module_commands(freeco, Plugins.installed())
        freeco()
    except (BadConfiguration, BadModule) as error:
        err.print(str(error), style="red", markup=False)
        sys.exit(2)
