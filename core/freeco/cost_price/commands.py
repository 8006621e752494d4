"""What the cooperative's treasurer does with the cost price: ``freeco cost``."""

from datetime import date
from typing import Any

import click
from rich.table import Table
from sqlalchemy import select

from freeco.cells import BadCell, cents
from freeco.cli_output import out
from freeco.clock import today
from freeco.cost_price import billing, items, keys, paying, true_up
from freeco.cost_price.models import HIGHEST_BASIS_POINTS, Basis, CostItem, Pool
from freeco.cost_price.share_models import Allocation, Settlement
from freeco.cost_price.words import BASES, POOLS
from freeco.db import db
from freeco.i18n import counted, money, percent
from freeco.money import Money
from freeco.record.parameter_names import decision

POOL = click.Choice([each.value for each in Pool])
BASIS = click.Choice([each.value for each in Basis])


class Euros(click.ParamType[Money]):
    """An amount as people type it: 12,50."""

    name = "euros"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Money:
        """Return Money; say what is wrong with what was typed."""
        if isinstance(value, Money):
            return value
        try:
            return Money(cents(str(value)))
        except BadCell as error:
            self.fail(str(error), param, ctx)


class Percent(click.ParamType[int]):
    """A rate as people type it: 3,75."""

    name = "pourcentage"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return basis points, 375 for 3.75 %."""
        if isinstance(value, int):
            return value
        try:
            return cents(str(value).rstrip("% \u00a0"))
        except BadCell:
            self.fail(f"« {value} » n’est pas un pourcentage à deux décimales.", param, ctx)


class Day(click.ParamType[date]):
    """A day: 2026-12-03, or a month, 2026-12, which is its first day."""

    name = "jour"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return a date."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(f"{value}-01" if value.count("-") == 1 else value)
        except ValueError:
            self.fail(f"« {value} » : écrivez un jour comme 2026-12-03.", param, ctx)


class Decision(click.ParamType[str]):
    """The decision behind a change, as ``module:kind:id``."""

    name = "décision"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return it as it was typed; say what is wrong with it."""
        if value and decision(str(value)) is None:
            self.fail(f"« {value} » : écrivez une décision comme vote:motion:12.", param, ctx)
        return str(value)


WHY = click.option("--why", "reason", default="", help="Pourquoi ; les membres le liront.")
DECIDED = click.option(
    "--decided", type=Decision(), default="", help="La décision prise, comme vote:motion:12."
)


@click.group()
def cost() -> None:
    """Le prix coûtant : factures réelles, clés, taux, facturation, régularisation."""


@cost.command()
@click.argument("pool", type=POOL)
@click.argument("supplier")
@click.argument("reference")
@click.argument("amount", type=Euros())
@click.option("--vat", type=Euros(), default=Money(0), help="TVA que la plateforme déduit.")
@click.option("--day", type=Day(), help="Jour de la facture ; aujourd’hui sinon.")
def add(
    pool: str, supplier: str, reference: str, amount: Money, vat: Money, day: date | None
) -> None:
    """Enregistrer une facture reçue : poste, fournisseur, sa référence, montant TTC."""
    if not Money(0) < amount or not vat < amount:
        raise click.ClickException("Le montant est plus grand que zéro, et que sa TVA.")
    item = items.add_item(Pool(pool), supplier, reference, day or today(), amount, vat)
    db.session.commit()
    out.print(
        f"Facture n° {item.id} enregistrée : {POOLS[Pool(pool)]}, {money(item.amount)}.",
        highlight=False,
    )


@cost.command()
@click.argument("pool", type=POOL)
@click.argument("reference")
@click.argument("hours", type=click.FloatRange(min=0, min_open=True, max=10_000))
@click.option("--worth", type=Euros(), default=Money(0), help="Ce qu’elles auraient coûté.")
@click.option("--day", type=Day(), help="Jour ; aujourd’hui sinon.")
def hours(pool: str, reference: str, hours: float, worth: Money, day: date | None) -> None:
    """Noter des heures données par des bénévoles ; elles ne sont jamais facturées."""
    minutes = max(round(hours * 60), 1)
    items.note_hours(Pool(pool), reference, day or today(), minutes, worth)
    db.session.commit()
    out.print("Heures notées.")


@cost.command(name="list")
@click.option("--year", type=click.IntRange(2000, 2999), help="Année ; celle en cours sinon.")
def list_items(year: int | None) -> None:
    """Lister les factures d’une année."""
    year = year or today().year
    table = Table("N°", "Jour", "Poste", "Fournisseur", "Référence", "Montant", "État")
    within = CostItem.day.between(date(year, 1, 1), date(year, 12, 31))
    for item in db.session.scalars(select(CostItem).where(within).order_by(CostItem.day)):
        table.add_row(
            str(item.id),
            item.day.isoformat(),
            str(POOLS[Pool(item.pool)]),
            item.supplier.name,
            item.reference,
            money(item.amount),
            "reprise" if item.taken_back_on else "",
        )
    out.print(table)


@cost.command(name="take-back")
@click.argument("number", type=int)
def take_back(number: int) -> None:
    """Reprendre une facture enregistrée par erreur ; son écriture est annulée par une autre."""
    items.take_item_back(number)
    db.session.commit()
    out.print(f"Facture n° {number} reprise.", highlight=False)


@cost.command()
@click.argument("pool", type=POOL)
@click.argument("basis", type=BASIS)
@click.option("--from", "since", type=Day(), required=True, help="Premier jour.")
@WHY
@DECIDED
def key(pool: str, basis: str, since: date, reason: str, decided: str) -> None:
    """Publier la clé de répartition d’un poste, à partir d’un jour."""
    made = keys.publish_key(Pool(pool), Basis(basis), since, reason=reason, decided=decided)
    db.session.commit()
    out.print(
        f"{POOLS[Pool(pool)]}, version {made.version} : {BASES[Basis(basis)]}.", highlight=False
    )


@cost.command()
@click.argument("percentage", type=Percent())
@click.option("--from", "since", type=Day(), required=True, help="Premier jour.")
@click.option("--per-gift", type=Euros(), default=Money(0), help="Part fixe d’un don.")
@WHY
@DECIDED
def rate(percentage: int, since: date, per_gift: Money, reason: str, decided: str) -> None:
    """Publier le taux provisoire, en pour cent (3,75), jusqu’à la fin de l’année."""
    if percentage > HIGHEST_BASIS_POINTS:
        raise click.ClickException("Le taux ne peut pas dépasser 5 %.")
    made = keys.publish_rate(percentage, since, per_gift, reason=reason, decided=decided)
    db.session.commit()
    out.print(
        f"{made.year}, version {made.version} : {percent(made.basis_points)}.", highlight=False
    )


@cost.command()
@click.option("--month", type=Day(), required=True, help="Mois, comme 2026-11.")
def bill(month: date) -> None:
    """Facturer les participations d’un mois écoulé ; relancer ne facture rien deux fois."""
    made = billing.bill_all(month)
    db.session.commit()
    for each in made:
        out.print(f"{each.organisation.name} : {money(each.amount)}", highlight=False)
    out.print(counted("%(num)s facture faite.", "%(num)s factures faites.", len(made)))


@cost.command()
def unpaid() -> None:
    """Lister les factures de participation qui restent à régler, les plus anciennes d’abord."""
    table = Table("Facture", "Jour", "Âge", "Organisation", "Reste à régler")
    found = paying.unpaid()
    for each in found:
        table.add_row(
            each.invoice.number,
            each.invoice.issued_on.isoformat(),
            str(counted("%(num)s jour", "%(num)s jours", each.days)),
            each.bill.organisation.name,
            money(each.left),
        )
    if found:
        out.print(table)
    out.print(counted("%(num)s facture à régler.", "%(num)s factures à régler.", len(found)))


@cost.command()
@click.argument("number")
@click.option("--day", type=Day(), help="Jour du virement ; aujourd’hui sinon.")
def paid(number: str, day: date | None) -> None:
    """Noter qu’une facture de participation est réglée, par virement, dans les deux livres."""
    made = paying.note_paid(number, day or today())
    db.session.commit()
    out.print(f"Facture réglée : {money(made.amount)}.", highlight=False)


@cost.command(name="true-up")
@click.argument("year", type=click.IntRange(2000, 2999))
@click.option("--dry-run", is_flag=True, help="Montrer sans rien écrire.")
def settle(year: int, dry_run: bool) -> None:
    """Régulariser une année finie : répartir les coûts réels, rendre le trop-perçu."""
    done = true_up.true_up(year)
    rows = db.session.scalars(select(Settlement).where(Settlement.year == year)).all()
    table = Table("Organisation", "Perçu HT", "Reporté", "Coût réel", "Rendu", "Porté")
    for each in rows:
        amounts = (each.collected, each.carried_in, each.real, each.credit, each.carried)
        table.add_row(each.organisation.name, *map(money, amounts))
    out.print(table)
    shares = Table("Organisation", "Poste", "Clé", "Poids", "Part")
    ids = [each.id for each in rows]
    for part in db.session.scalars(select(Allocation).where(Allocation.settlement_id.in_(ids))):
        shares.add_row(
            part.settlement.organisation.name,
            str(POOLS[Pool(part.pool)]),
            part.basis,
            str(part.weight),
            money(part.amount),
        )
    out.print(shares)
    out.print(
        f"{year} : coût réel {money(done.real)}, perçu {money(done.collected)}, "
        f"rendu {money(done.given_back)}.",
        highlight=False,
    )
    if dry_run:
        db.session.rollback()
        out.print("Rien n’est écrit (--dry-run).")
        return
    db.session.commit()
