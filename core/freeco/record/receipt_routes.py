"""What I did, with proofs: each member's own history, and their receipts."""

import segno
from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from freeco.errors import Absent
from freeco.i18n import said
from freeco.members.models import Member
from freeco.record import reading, showing, wording
from freeco.record.models import RecordEntry, RecordOpening
from freeco.web.lists import page_of_query

pages = Blueprint("record_receipts", __name__)


@pages.get("/registre/moi")
def home() -> ResponseReturnValue:
    """Show the statements that concern me, or an organisation I act for, newest first."""
    sides = reading.speaking_for(g.member)
    shown = _asked(sides)
    page = page_of_query(reading.history(shown))
    return render_template(
        "record/mine.html",
        page=page,
        days=wording.by_day(wording.told(page.rows, g.member)),
        shown=shown,
        sides=sides,
        folders=[
            (
                said("Moi") if each is g.member else each.name,
                url_for("record_receipts.home", pour=None if each is g.member else each.id),
                each is shown,
            )
            for each in sides
        ],
    )


@pages.get("/registre/recu/<reference>")
def receipt(reference: str) -> ResponseReturnValue:
    """Show a receipt to those whom it concerns: what was sealed, the seal, a code for phones."""
    entry, openings = _opened(reference)
    address = showing.public_address(
        url_for("record.entry", reference=reference, empreinte=entry.leaf.hex())
    )
    return render_template(
        "record/receipt.html",
        told=wording.told([entry], g.member)[0],
        sealed=wording.opened(entry, openings),
        seal=showing.seal_over(entry),
        address=address,
        code=segno.make(address, error="m").svg_data_uri(border=4, dark="black", light="white"),
    )


@pages.get("/registre/recu/<reference>.tlog-proof")
def file(reference: str) -> ResponseReturnValue:
    """Give the receipt as a file, with what it opens: it is its keeper's own."""
    return showing.proof_answer(*_opened(reference), "recu")


def _asked(sides: list[Member]) -> Member:
    """Return whose history is asked for: mine, or that of an organisation I act for."""
    asked = request.args.get("pour", "")
    found = [each for each in sides if str(each.id) == asked] if asked else sides
    if not found:
        raise Absent
    return found[0]


def _opened(reference: str) -> tuple[RecordEntry, list[RecordOpening]]:
    """Return a statement and what I may open of it; for anybody else there is none."""
    log = reading.log_if_any(g.community)
    entry = reading.entry_named(log, reference) if log is not None else None
    openings = reading.openings_for(g.member, entry) if entry is not None else []
    if entry is None or not openings:
        raise Absent
    return entry, openings
