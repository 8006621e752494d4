from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image
from werkzeug.test import TestResponse

from freeco.db import db
from freeco.members.models import Member
from freeco.testing.visitor import Visitor
from freeco_bulletin import notices
from freeco_bulletin.models import BulletinNotice

Write = Callable[..., BulletinNotice]
Visit = Callable[[Member], Visitor]
PAGE = "/lavergne/bulletin/"


def with_picture(
    client: Visitor, notice: BulletinNotice, content: bytes, name: str
) -> TestResponse:
    return client.post(
        f"{PAGE}redaction/{notice.id}/image",
        data={"picture": (BytesIO(content), name), "alternative": "Une halle"},
        content_type="multipart/form-data",
    )


def test_a_picture_is_shown_wherever_its_notice_is(
    visiting: Visit, clerk: Member, write: Write, photograph: bytes
) -> None:
    notice, client = write(), visiting(clerk)
    with_picture(client, notice, photograph, "photo.txt")
    address = f"{PAGE}{notice.id}/image.jpg"
    kept = client.get(address)
    assert kept.content_type == "image/jpeg"
    assert kept.headers["X-Content-Type-Options"] == "nosniff"
    assert kept.headers["Cache-Control"] == "private, no-cache"
    seen = Image.open(BytesIO(kept.data))
    assert (seen.size, dict(seen.getexif())) == ((1600, 1200), {})
    with client.session_transaction() as session:
        session.clear()
    assert client.get(address).status_code == 404
    notices.publish(notice)
    db.session.commit()
    published = client.get(address)
    assert published.headers["Cache-Control"] == "private, max-age=86400"
    again = client.get(address, headers={"If-None-Match": published.headers["ETag"]})
    assert again.status_code == 304
    assert Image.open(BytesIO(client.get(f"{PAGE}{notice.id}/vignette.jpg").data)).width == 480
    assert 'alt="Une halle"' in client.get(f"{PAGE}{notice.id}").text


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "logo.svg"),
        (b"<svg><script>alert(1)</script></svg>", "photo.jpg"),
        (b"\xff\xd8\xff\xe0" + b"\x00" * 200, "photo.jpg"),
        (b"GIF89a<script>alert(1)</script>", "photo.png"),
        (b"", "photo.jpg"),
    ],
)
def test_a_hostile_picture_is_refused_beside_the_form(
    visiting: Visit, clerk: Member, write: Write, content: bytes, name: str
) -> None:
    notice, client = write(), visiting(clerk)
    answer = with_picture(client, notice, content, name)
    assert answer.status_code == 422
    assert "Une halle" in answer.text
    assert client.get(f"{PAGE}{notice.id}/image.jpg").status_code == 404


def test_too_heavy_a_picture_costs_nothing_that_was_typed(
    visiting: Visit, clerk: Member, write: Write
) -> None:
    notice, client = write(), visiting(clerk)
    answer = client.post(
        f"{PAGE}redaction/{notice.id}/image",
        data=bytes(6 * 1024 * 1024 + 1),
        content_type="multipart/form-data; boundary=x",
    )
    assert answer.status_code == 413
    assert "de neuf heures à midi" in client.get(f"{PAGE}redaction/{notice.id}").text


def test_a_picture_is_taken_away_from_a_draft(
    visiting: Visit, clerk: Member, write: Write, photograph: bytes
) -> None:
    notice, client = write(), visiting(clerk)
    with_picture(client, notice, photograph, "photo.jpg")
    client.post(f"{PAGE}redaction/{notice.id}/image/retirer")
    assert client.get(f"{PAGE}{notice.id}/image.jpg").status_code == 404


def test_the_papers_are_seen_small_before_they_are_printed(
    visiting: Visit, clerk: Member, write: Write
) -> None:
    notice, client = write(), visiting(clerk)
    for form in ("affiche", "tract"):
        small = client.get(f"{PAGE}redaction/{notice.id}/{form}.png")
        seen = Image.open(BytesIO(small.data))
        assert seen.width < 400 < seen.height * 1.5
    printed = client.get(f"{PAGE}{notice.id}/affiche.pdf")
    assert (printed.content_type, printed.data[:5]) == ("application/pdf", b"%PDF-")
