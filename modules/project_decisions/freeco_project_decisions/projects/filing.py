"""The documents of a project, kept in the database like everything else."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import PurePath

from sqlalchemy import func, select

from freeco.db import db, lock
from freeco.errors import Absent
from freeco.members.models import Community, Member
from freeco.web.uploads import NoFile
from freeco_project_decisions.projects import rights
from freeco_project_decisions.projects.errors import StrangeFile, TooManyFiles
from freeco_project_decisions.projects.models import Project, ProjectDocument

MOST = 100
TYPES = {
    ".pdf": "application/pdf",
    ".txt": "text/plain; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".odp": "application/vnd.oasis.opendocument.presentation",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".ics": "text/calendar; charset=utf-8",
}
"""What may be kept. It is always given as a file to keep, never shown as a page of this site."""
BEGINNINGS = {
    "application/pdf": b"%PDF-",
    "image/jpeg": b"\xff\xd8",
    "image/png": b"\x89PNG",
    "application/vnd.": b"PK\x03\x04",
}


def documents_of(project: Project) -> Sequence[ProjectDocument]:
    """Return the documents of a project by name, without what they hold."""
    found = db.session.scalars(
        select(ProjectDocument)
        .where(ProjectDocument.project_id == project.id)
        .order_by(ProjectDocument.id)
    ).all()
    return sorted(found, key=lambda each: each.name.casefold())


def find_document(community: Community, document_id: int) -> ProjectDocument:
    """Return a document of a project of this community; raise Absent for another's."""
    found = db.session.get(ProjectDocument, document_id)
    if found is None or found.project.community_id != community.id:
        raise Absent
    return found


def type_of(name: str) -> str:
    """Return the type of a document by its name; empty for what is none."""
    return TYPES.get(PurePath(name).suffix.lower(), "")


def add(project: Project, member: Member, name: str, content: bytes) -> ProjectDocument:
    """Keep a document; the same content again is the one there is.

    Raises ``NoFile``, ``StrangeFile``, ``TooManyFiles``, ``NotYourProject`` and ``ProjectOver``.
    """
    rights.require_changing(project, member)
    name = PurePath(name.replace("\\", "/").replace("\0", "")).name[-120:]
    if not name or not content:
        raise NoFile
    _require_document(name, content)
    return keep(project, member, name, content)


def _require_document(name: str, content: bytes) -> None:
    kind = type_of(name)
    begins = [first for known, first in BEGINNINGS.items() if kind.startswith(known)]
    if not kind or (begins and not content.startswith(begins[0])):
        raise StrangeFile


def keep(project: Project, member: Member | None, name: str, content: bytes) -> ProjectDocument:
    """Keep what was read as a document already."""
    digest = sha256(content).hexdigest()
    known = [each for each in documents_of(project) if each.sha256 == digest]
    if known:
        return known[0]
    many = db.session.scalar(select(func.count()).where(ProjectDocument.project_id == project.id))
    if (many or 0) >= MOST:
        raise TooManyFiles
    document = ProjectDocument(
        project=project,
        added_by=member,
        name=name,
        size=len(content),
        sha256=digest,
        content=content,
    )
    db.session.add(document)
    db.session.flush()
    return document


def remove(document: ProjectDocument, member: Member) -> None:
    """Throw a document away; raises ``NotYourProject`` and ``ProjectOver``."""
    rights.require_changing(document.project, member)
    lock(document)
    db.session.delete(document)
    db.session.flush()
