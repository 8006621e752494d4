"""The monthly gazette: choose, write a line, print."""

from dataclasses import replace
from datetime import date

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from freeco import i18n
from freeco.doors import requires
from freeco.errors import Absent
from freeco.kernel import kernel
from freeco.web.downloads import pdf_answer
from freeco.web.forms import Form
from freeco_bulletin import gazette, papers
from freeco_bulletin.models import Gazette
from freeco_bulletin.permissions import PUBLISH
from freeco_bulletin.schemas import GazetteSchema

pages = Blueprint("bulletin_gazette", __name__, static_folder=None)
LETTERS_A_PAGE = 2600
"""Of the gazette's two columns, headings counted; good enough to say « environ »."""

MONTHS_BEFORE, MONTHS_AFTER = 3, 4


def _month(text: str) -> date:
    month = gazette.read_month(g.community, text)
    if month is None:
        raise Absent
    return month


@pages.get("/gazette")
@requires(PUBLISH.name)
def usual() -> ResponseReturnValue:
    """Go to the gazette one most likely prepares today."""
    wanted = request.args.get("mois", "")
    month = _month(wanted) if wanted else gazette.usual_month(g.community)
    return redirect(url_for("bulletin_gazette.page", month=f"{month:%Y-%m}"))


@pages.get("/gazette/<month>")
@requires(PUBLISH.name)
def page(month: str) -> ResponseReturnValue:
    """Show what the gazette of a month may tell."""
    return _show(_month(month), None)


def _show(month: date, form: Form | None) -> ResponseReturnValue:
    saved = gazette.find(g.community, month)
    last = saved or gazette.last_saved(g.community)
    offered = gazette.choices(kernel().plugins, g.community, month)
    form = form or Form.blank(
        editorial=saved.editorial if saved is not None else "",
        relay_phone=last.relay_phone if last is not None else "",
        contact=last.contact if last is not None else "",
    )
    if form.errors:
        ticked = form.values.get("stories", [])
        offered = [replace(each, kept=each.key in ticked) for each in offered]
    letters = sum(len(str(each.story.text)) + 90 for each in offered if each.kept)
    return (
        render_template(
            "bulletin/gazette.html",
            month=month,
            name=i18n.month(month),
            chosen=f"{month:%Y-%m}",
            months=_months(month),
            saved=saved,
            form=form,
            offered=offered,
            about_pages=1 + (letters + 900) // LETTERS_A_PAGE,
        ),
        form.status,
    )


def _months(chosen: date) -> list[tuple[str, str]]:
    """Return the months to choose among: a few before today's, the next ones, and the chosen."""
    month = gazette.usual_month(g.community)
    for _step in range(MONTHS_BEFORE):
        month = gazette.before(month)
    found = {chosen}
    for _step in range(MONTHS_BEFORE + MONTHS_AFTER):
        found.add(month)
        month = gazette.following(month)
    return [(f"{each:%Y-%m}", i18n.month(each)) for each in sorted(found)]


@pages.post("/gazette/<month>")
@requires(PUBLISH.name)
def save(month: str) -> ResponseReturnValue:
    """Keep what was chosen, and open the PDF."""
    of_month = _month(month)
    form = Form.sent()
    offered = gazette.choices(kernel().plugins, g.community, of_month)

    def act(stories: list[str], **words: str) -> Gazette:
        return gazette.save(g.community, of_month, offered, set(stories), **words)

    if not form.apply(GazetteSchema(), act):
        return _show(of_month, form)
    return redirect(url_for("bulletin_gazette.pdf", month=month))


@pages.get("/gazette/<month>.pdf")
@requires(PUBLISH.name)
def pdf(month: str) -> ResponseReturnValue:
    """Give the gazette as it was chosen, or with everything if nothing was."""
    of_month = _month(month)
    last = gazette.last_saved(g.community)
    kept = gazette.find(g.community, of_month) or Gazette(
        community=g.community,
        month=of_month,
        relay_phone=last.relay_phone if last is not None else "",
        contact=last.contact if last is not None else "",
    )
    offered = gazette.choices(kernel().plugins, g.community, of_month)
    content = papers.print_gazette(g.community, kept, offered, kernel().settings.base_url)
    return pdf_answer(content, f"gazette-{month}.pdf")
