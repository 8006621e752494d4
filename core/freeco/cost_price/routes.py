"""The public page of the cost price, and its data."""

from flask import Blueprint, Response, jsonify, render_template
from flask.typing import ResponseReturnValue

from freeco.clock import today
from freeco.cost_price import open_data, reading
from freeco.cost_price.words import BASES, POOLS, anatomy
from freeco.doors import public

pages = Blueprint("cost_price", __name__)
pages.add_app_template_global(anatomy, "anatomy")


@pages.get("/prix-coutant")
@public
def home() -> ResponseReturnValue:
    """Say what the platform costs, who bears it, and what was given back."""
    this_year = reading.read_year(today().year)
    last_year = reading.read_year(today().year - 1)
    shown = [each for each in (this_year, last_year) if not each.empty]
    return render_template(
        "cost_price/home.html",
        years=shown,
        this_year=this_year.year,
        telling=next((each for each in shown if each.ten_euros is not None), None),
        keys=reading.keys_published(),
        rates=reading.rates_published(),
        pools=POOLS,
        bases=BASES,
        fewest=reading.FEWEST_SELLERS,
    )


@pages.get("/prix-coutant.csv")
@public
def table() -> ResponseReturnValue:
    """Give every year's figures as a table."""
    text = open_data.as_table(_years(), reading.keys_published())
    answer = Response(text, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="prix-coutant.csv"'
    return answer


@pages.get("/prix-coutant.json")
@public
def data() -> ResponseReturnValue:
    """Give every year's figures to programs."""
    return jsonify(open_data.as_json(_years(), reading.keys_published()))


def _years() -> list[reading.Year]:
    return [reading.read_year(each) for each in reading.years()]
