"""The figures of the public page as data: JSON, and a table for anybody's spreadsheet."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

from freeco.cost_price.models import AllocationKey, CostRate
from freeco.cost_price.reading import Year

COLUMNS = ("annee", "quoi", "poste", "cle", "depuis", "centimes", "points_de_base")


def as_table(years: Sequence[Year], keys: Sequence[AllocationKey]) -> str:
    """Return the figures as CSV: ``;``, UTF-8 with its mark, one fact a line.

    ``points_de_base`` are hundredths of a percent: 375 is 3.75 %.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for year in years:
        writer.writerows(_lines(year))
    for key in keys:
        writer.writerow(("", "cle", key.pool, key.basis, key.in_force_from.isoformat(), "", ""))
    return "\ufeff" + text.getvalue()


def _lines(year: Year) -> Iterator[tuple[object, ...]]:
    for rate in year.rates:
        yield (year.year, "taux_provisoire", "", "", rate.in_force_from, "", rate.basis_points)
        yield (year.year, "part_par_don", "", "", rate.in_force_from, rate.per_gift.cents, "")
    for each in year.pools:
        key = each.key.basis if each.key is not None else ""
        yield (year.year, "cout_reel", each.pool.value, key, "", each.cost.cents, "")
        if each.minutes:
            yield (year.year, "minutes_donnees", each.pool.value, "", "", each.minutes, "")
    yield (
        year.year,
        "cout_reel_total",
        "",
        "",
        "",
        year.real.cents,
        _or_none(year.real_basis_points),
    )
    if year.telling:
        yield (year.year, "volume", "", "", "", year.volume.cents, "")
        points = _or_none(year.collected_basis_points)
        yield (year.year, "percu", "", "", "", year.collected.cents, points)
        yield (year.year, "rendu", "", "", "", year.given_back.cents, "")
        yield (year.year, "porte_par_la_cooperative", "", "", "", -year.carried.cents, "")


def _or_none(points: int | None) -> object:
    return "" if points is None else points


def as_json(years: Sequence[Year], keys: Sequence[AllocationKey]) -> dict[str, Any]:
    """Return the figures for programs; amounts are cents, rates hundredths of a percent."""
    return {
        "currency": "EUR",
        "years": [_year(each) for each in years],
        "keys": [
            {
                "pool": each.pool,
                "version": each.version,
                "basis": each.basis,
                "in_force_from": each.in_force_from.isoformat(),
                "published_at": each.published_at.isoformat(),
            }
            for each in keys
        ],
    }


def _year(year: Year) -> dict[str, Any]:
    return {
        "year": year.year,
        "settled": year.settled is not None,
        "rates": [_rate(each) for each in year.rates],
        "pools": [
            {
                "pool": each.pool.value,
                "cost_cents": each.cost.cents,
                "volunteer_minutes": each.minutes,
                "basis": each.key.basis if each.key is not None else None,
            }
            for each in year.pools
        ],
        "real_cents": year.real.cents,
        "real_basis_points": year.real_basis_points,
        **(_telling(year) if year.telling else {}),
    }


def _telling(year: Year) -> dict[str, int]:
    """Return what would tell the sales of one, were there only one or two."""
    return {
        "volume_cents": year.volume.cents,
        "collected_cents": year.collected.cents,
        "given_back_cents": year.given_back.cents,
        "carried_cents": -year.carried.cents,
    }


def _rate(rate: CostRate) -> dict[str, Any]:
    return {
        "version": rate.version,
        "basis_points": rate.basis_points,
        "per_gift_cents": rate.per_gift.cents,
        "in_force_from": rate.in_force_from.isoformat(),
        "published_at": rate.published_at.isoformat(),
    }
