"""A November morning in Lavergne: the clerk writes, the neighbours read."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import BytesIO

import pytest
from PIL import Image

from freeco.clock import held_at
from freeco.db import db
from freeco.members.models import Community, Member
from freeco.testing.people import make_community, make_member, open_module, sign_in_as
from freeco.testing.visitor import Visitor
from freeco_bulletin import notices
from freeco_bulletin.models import BulletinNotice, Level

Write = Callable[..., BulletinNotice]
Visit = Callable[[Member], Visitor]
CLERK = ("bulletin.publish",)
UNTIL = datetime(2026, 11, 16, 22, 59, tzinfo=UTC)


@pytest.fixture(autouse=True)
def monday() -> Iterator[datetime]:
    """Hold the clock: Monday the 2nd of November 2026, ten in the morning in Paris."""
    instant = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
    with held_at(instant):
        yield instant


@pytest.fixture
def opened(community: Community) -> None:
    """Open the bulletin in the community: what its pages need."""
    open_module(community, "bulletin")


@pytest.fixture
def elsewhere(app: object) -> Community:
    """Give another community of the same site, its bulletin open too."""
    other = make_community("ailleurs", "Amis d’Ailleurs")
    open_module(other, "bulletin")
    return other


@pytest.fixture
def clerk(community: Community) -> Member:
    """Give the member who writes the notices."""
    return make_member(community, "Awa", "Diallo", permissions=CLERK)


@pytest.fixture
def write(clerk: Member) -> Write:
    """Give what writes a draft."""

    def draft(title: str = "Foire aux plants", text: str = "", **more: object) -> BulletinNotice:
        values: dict[str, object] = {
            "title": title,
            "text": text or "Sous la halle, de neuf heures à midi.",
            "visible_until": UNTIL,
            "level": Level.ORDINARY,
        }
        notice = notices.draft(clerk, notices.Written(**(values | more)))  # type: ignore[arg-type]
        db.session.commit()
        return notice

    return draft


@pytest.fixture
def show(write: Write) -> Write:
    """Give what writes a notice and publishes it."""

    def publish(*words: str, **more: object) -> BulletinNotice:
        notice = write(*words, **more)
        notices.publish(notice)
        db.session.commit()
        return notice

    return publish


@pytest.fixture
def visiting(client: Visitor, opened: None) -> Visit:
    """Give what opens the site for a member, in a browser without JavaScript."""

    def visit(member: Member) -> Visitor:
        assert member.person is not None
        db.session.commit()
        return sign_in_as(client, member.person)

    return visit


@pytest.fixture
def photograph() -> bytes:
    """Give a photograph of three megapixels, with where it was taken."""
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (44.0, 36.0, 12.0), 3: "E", 4: (2.0, 2.0, 3.0)})
    file = BytesIO()
    Image.new("RGB", (2000, 1500), (40, 120, 60)).save(file, "JPEG", exif=exif)
    return file.getvalue()
