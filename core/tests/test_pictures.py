import struct
import subprocess
import sys
import zlib
from contextlib import suppress
from io import BytesIO
from random import Random

import pytest
from PIL import Image

from freeco.errors import Refusal
from freeco.web import pictures
from freeco.web.pictures import read_picture

RED, BLUE = (200, 30, 30), (30, 30, 200)
GPS = 0x8825


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def two_colours(width: int = 400, height: int = 200) -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (width // 2, 0, width, height))
    return image


def opened(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content))
    image.load()
    return image


def is_near(seen: object, wanted: tuple[int, int, int]) -> bool:
    assert isinstance(seen, tuple)
    return all(abs(one - other) < 25 for one, other in zip(seen, wanted, strict=True))


def png(width: int, height: int) -> bytes:
    """Return a grey PNG of zeros: whatever its points, a few kilobytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        check = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", check)

    packer = zlib.compressobj(9)
    lines = b"".join(packer.compress(bytes(width + 1)) for _line in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", lines + packer.flush())
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_kept_as_a_photograph_and_a_smaller_one(kind: str) -> None:
    kept = read_picture(saved(two_colours(3000, 1500), kind))
    full, thumb = opened(kept.full), opened(kept.thumb)
    assert (full.format, full.size, thumb.format, thumb.size) == (
        "JPEG",
        (1600, 800),
        "JPEG",
        (480, 240),
    )
    assert (kept.width, kept.height) == full.size
    assert is_near(full.getpixel((100, 400)), RED)
    assert is_near(full.getpixel((1500, 400)), BLUE)


def test_a_small_picture_is_not_blown_up() -> None:
    kept = read_picture(saved(two_colours(120, 60), "PNG"))
    assert (kept.width, kept.height) == (120, 60)


def test_where_a_photograph_was_taken_is_not_kept() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Telephone de Marie"
    exif.get_ifd(GPS).update({1: "N", 2: (44.0, 36.0, 12.0), 3: "E", 4: (2.0, 2.0, 3.0)})
    sent = saved(two_colours(), "JPEG", exif=exif, comment=b"chez Marie", dpi=(72, 72))
    assert dict(opened(sent).getexif().get_ifd(GPS))
    kept = read_picture(sent)
    for content in (kept.full, kept.thumb):
        seen = opened(content)
        assert not dict(seen.getexif())
        assert not set(seen.info) & {"exif", "icc_profile", "comment", "xmp", "photoshop"}
        assert b"Marie" not in content


def test_the_words_hidden_in_a_png_are_not_kept() -> None:
    from PIL.PngImagePlugin import PngInfo

    words = PngInfo()
    words.add_text("Author", "Marie Dupont")
    words.add_itxt("XML:com.adobe.xmp", "<x>Marie</x>")
    kept = read_picture(saved(two_colours(), "PNG", pnginfo=words))
    assert b"Marie" not in kept.full


@pytest.mark.parametrize(
    ("turn", "red_at", "size"),
    [
        (1, (10, 100), (400, 200)),
        (3, (390, 100), (400, 200)),
        (6, (100, 10), (200, 400)),
        (8, (100, 390), (200, 400)),
    ],
)
def test_a_photograph_stands_as_the_camera_was_held(
    turn: int, red_at: tuple[int, int], size: tuple[int, int]
) -> None:
    exif = Image.Exif()
    exif[0x0112] = turn
    seen = opened(read_picture(saved(two_colours(), "JPEG", exif=exif)).full)
    assert seen.size == size
    assert is_near(seen.getpixel(red_at), RED)


def test_what_is_transparent_becomes_white_paper() -> None:
    image = Image.new("RGBA", (100, 100), (0, 0, 0, 0))
    image.paste((200, 30, 30, 255), (50, 0, 100, 100))
    seen = opened(read_picture(saved(image, "PNG")).full)
    assert is_near(seen.getpixel((10, 50)), (255, 255, 255))
    assert is_near(seen.getpixel((90, 50)), RED)


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "CMYK"])
def test_unusual_colours_are_read_too(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    assert opened(read_picture(saved(two_colours().convert(mode), kind)).full).mode == "RGB"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 50,
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
        b"<!doctype html><title>photo.jpg</title><script>alert(1)</script>",
        b"%PDF-1.7\n",
        b"GIF89a/*" + b"\x00" * 40 + b"*/=1;alert(1)",
        saved(Image.new("P", (40, 40)), "GIF"),
        saved(Image.new("RGB", (40, 40)), "BMP"),
        saved(Image.new("RGB", (40, 40)), "TIFF"),
    ],
)
def test_what_is_no_photograph_is_refused_whatever_its_name(content: bytes) -> None:
    with pytest.raises(pictures.NotAPicture):
        read_picture(content)


def test_a_page_hidden_in_a_picture_does_not_come_out_of_it() -> None:
    page = b"<script>alert(document.cookie)</script>"
    for sent in (
        saved(two_colours(), "JPEG", comment=page) + page,
        saved(two_colours(), "PNG") + page,
        saved(two_colours(), "WEBP") + page,
    ):
        kept = read_picture(sent)
        assert kept.full.startswith(b"\xff\xd8\xff")
        assert b"script" not in kept.full + kept.thumb


def test_a_heic_photograph_is_named_as_such() -> None:
    with pytest.raises(pictures.ApplePicture, match="HEIC"):
        read_picture(b"\x00\x00\x00\x18ftypheic" + b"\x00" * 40)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_cut_short_is_refused(kind: str) -> None:
    noise = Image.effect_noise((200, 200), 80).convert("RGB")
    whole = saved(noise, kind)
    for kept in (len(whole) // 2, len(whole) * 9 // 10):
        with pytest.raises(Refusal):
            read_picture(whole[:kept])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_forged_picture_is_refused_or_read_but_never_breaks_the_page(kind: str) -> None:
    whole = saved(two_colours(64, 64), kind)
    chance = Random(20261105)
    for _try in range(150):
        forged = bytearray(whole)
        for _byte in range(chance.randint(1, 12)):
            forged[chance.randrange(2, len(forged))] = chance.randrange(256)
        with suppress(Refusal):
            read_picture(bytes(forged))


def test_a_bomb_of_eighty_megapixels_is_refused_before_it_is_unpacked() -> None:
    bomb = png(10_000, 8_000)
    assert len(bomb) < 200_000
    with pytest.raises(pictures.TooManyPoints, match="16 millions"):
        read_picture(bomb)


def test_a_bomb_that_even_its_reader_fears_is_refused() -> None:
    header = png(20, 20)
    for side in (12_000, 30_000, 2_000_000_000):
        forged = header[:16] + struct.pack(">II", side, side) + header[24:29]
        forged += struct.pack(">I", zlib.crc32(forged[12:29])) + header[33:]
        with pytest.raises(Refusal):
            read_picture(forged)


def test_a_line_is_no_picture() -> None:
    with pytest.raises(pictures.TooSmall):
        read_picture(png(2000, 1))


def test_a_progressive_photograph_is_bounded_as_it_is_held_whole() -> None:
    sent = saved(Image.new("L", (6000, 5000)), "JPEG", progressive=True)
    with pytest.raises(pictures.TooManyPoints):
        read_picture(sent)


EIGHTY_MEGAPIXELS = """
import re, sys
from pathlib import Path
from freeco.web.pictures import read_picture
def most():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
sent = sys.stdin.buffer.read()
before = most()
kept = read_picture(sent)
print(kept.width, kept.height, (most() - before) // 1024)
"""


def test_a_photograph_of_eighty_megapixels_is_reduced_in_little_memory() -> None:
    sent = saved(Image.new("L", (10_000, 8_000), 120), "JPEG")
    done = subprocess.run(
        [sys.executable, "-c", EIGHTY_MEGAPIXELS], input=sent, capture_output=True, check=True
    )
    width, height, megabytes = map(int, done.stdout.split())
    assert (width, height) == (1600, 1280)
    assert megabytes < 100
