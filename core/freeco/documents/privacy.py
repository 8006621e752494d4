"""What documents know about a member; nothing of them is forgotten."""

from typing import Any

from freeco.db import db
from freeco.documents.finding import of_member
from freeco.members.models import Member


def export(member: Member) -> list[dict[str, Any]]:
    """Return the documents made out to a member's table, ready for JSON.

    Once erased, a member leaves them as they are, name and address with them: who sells keeps
    invoices and receipts ten years (Code de commerce, art. L123-22; LPF art. L102 B), and an
    invoice without its buyer is none (CGI annex II art. 242 nonies A).
    """
    return [
        {
            "kind": each.kind,
            "number": each.number,
            "issued_on": each.issued_on.isoformat(),
            "total_cents": each.total.cents,
            "vat_cents": each.vat.cents,
            "content": each.content,
        }
        for each in db.session.scalars(of_member(member))
    ]
