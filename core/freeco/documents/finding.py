"""Finding documents: one's table's, and an organisation's for those who see its money."""

from sqlalchemy import Select, or_, select

from freeco.accounting.models import Book
from freeco.db import db
from freeco.documents.models import Document
from freeco.errors import Absent
from freeco.members.models import Community, Member
from freeco.organisations.models import Organisation
from freeco.payments.own import parties_of
from freeco.payments.parties import party_of


def of_member(member: Member) -> Select[Document]:
    """Return what finds the documents made out to a member's table, the latest first."""
    return _latest().where(
        Document.party.in_(parties_of(member)), Document.community_id == member.community_id
    )


def of_organisation(body: Organisation, community: Community) -> Select[Document]:
    """Return what finds the documents of an organisation, issued or received, the latest first."""
    return (
        _latest()
        .join(Book, Book.id == Document.book_id)
        .where(
            or_(Book.organisation_id == body.id, Document.party == party_of(body)),
            Book.rehearsal == community.rehearsal,
        )
    )


def one(query: Select[Document], document_id: int) -> Document:
    """Return one of the documents that a query finds. Raises Absent."""
    found = db.session.scalars(query.where(Document.id == document_id)).one_or_none()
    if found is None:
        raise Absent
    return found


def _latest() -> Select[Document]:
    return select(Document).order_by(Document.issued_on.desc(), Document.id.desc())
