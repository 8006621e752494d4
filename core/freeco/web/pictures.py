"""Pictures people send: read by what they hold and not by their name, and written anew.

What is kept is a JPEG made here from the points alone, so that nothing hidden in the file goes
further: neither the place where a photograph was taken nor a page disguised as a picture. JPEG
rather than WebP, because old phones and printers read it. The memory that a file may ask for is
known from its first bytes, and bounded before anything is unpacked.
"""

import hashlib
import struct
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageFile

from freeco.errors import Refusal
from freeco.i18n import _

LARGEST_SIDE = 1600
THUMB_SIDE = 480
MOST_POINTS = 16_000_000
"""Of what must be unpacked whole: less than 250 MB of memory, measured."""
MOST_POINTS_IN_LINES = 80_000_000
"""Of an ordinary photograph, which is read line by line, and smaller than it is."""
NARROWEST = 16
QUALITY = 82
MEDIA_TYPE = "image/jpeg"
ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What puts a photograph upright again, by the number its camera wrote (EXIF 2.3, 4.6.4)."""
SMOOTH = frozenset({"L", "LA", "RGB", "RGBA", "CMYK"})
"""Ways of writing a point that can be averaged with its neighbours as they are."""
FORMATS = ("JPEG", "PNG", "WEBP")
BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    ArithmeticError,
    EOFError,
    LookupError,
    TypeError,
    AttributeError,
    struct.error,
)
"""What Pillow raises on a file that is cut short or forged."""


class NotAPicture(Refusal):
    """SVG, GIF, a page, a text: whatever its name says."""

    reason = _("Ce fichier n’est pas une image JPEG, PNG ou WebP. Choisissez une photo.")
    status = 422


class ApplePicture(Refusal):
    """HEIC, which browsers do not show."""

    reason = _(
        "Cette photo est au format HEIC, que beaucoup d’appareils ne lisent pas. "
        "Enregistrez-la en JPEG, puis choisissez-la de nouveau."
    )
    status = 422


class BrokenPicture(Refusal):
    """It begins as a picture and does not go on."""

    reason = _("Cette image est abîmée ou incomplète. Choisissez-en une autre.")
    status = 422


class TooManyPoints(Refusal):
    """It would fill the memory of the machine."""

    reason = _(
        "Cette image est trop grande : %(most)s millions de points au plus. "
        "Réduisez-la, puis choisissez-la de nouveau.",
        most=MOST_POINTS // 1_000_000,
    )
    status = 422


class TooLargePhotograph(TooManyPoints):
    """Even an ordinary photograph has a limit."""

    reason = _(
        "Cette image est trop grande : %(most)s millions de points au plus. "
        "Réduisez-la, puis choisissez-la de nouveau.",
        most=MOST_POINTS_IN_LINES // 1_000_000,
    )


class TooSmall(Refusal):
    """A point or a line of it is nothing to look at."""

    reason = _("Cette image est trop petite : %(least)s points de côté au moins.", least=NARROWEST)
    status = 422


@dataclass(frozen=True)
class Picture:
    """A picture as it is kept: JPEG, upright, without anything but its points."""

    full: bytes
    thumb: bytes
    width: int
    """Of the full picture, in points."""
    height: int
    sha256: str
    """Of the full picture: its name in a cache."""


def read_picture(content: bytes) -> Picture:
    """Read a picture that somebody sent, and write it anew.

    Raises NotAPicture, ApplePicture, BrokenPicture, TooManyPoints, TooSmall.
    """
    image = _open(content)
    _check_size(image)
    try:
        full = _upright(image)
        thumb = full.copy()
        thumb.thumbnail((THUMB_SIDE, THUMB_SIDE))
        written = _written(full)
        return Picture(
            written, _written(thumb), *full.size, sha256=hashlib.sha256(written).hexdigest()
        )
    except BROKEN as error:
        raise BrokenPicture from error


def _open(content: bytes) -> ImageFile.ImageFile:
    """Read the first bytes only; which reader is asked depends on them, never on a name."""
    if content[4:8] == b"ftyp" and content[8:12] in {b"heic", b"heix", b"mif1", b"msf1", b"hevc"}:
        raise ApplePicture
    try:
        return Image.open(BytesIO(content), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooLargePhotograph from error
    except BROKEN as error:
        raise NotAPicture from error


def _check_size(image: ImageFile.ImageFile) -> None:
    width, height = image.size
    if min(width, height) < NARROWEST:
        raise TooSmall
    # A progressive JPEG is held whole in memory, however small it is wanted.
    by_lines = isinstance(image, _jpeg()) and not image.info.get("progressive")
    if by_lines and width * height > MOST_POINTS_IN_LINES:
        raise TooLargePhotograph
    if not by_lines and width * height > MOST_POINTS:
        raise TooManyPoints


def _jpeg() -> type[ImageFile.ImageFile]:
    # Loaded by then: Pillow imports its readers when it opens the first file.
    from PIL.JpegImagePlugin import JpegImageFile

    return JpegImageFile


def _upright(image: ImageFile.ImageFile) -> Image.Image:
    """Return the points: reduced first, then turned as the camera was held, on white."""
    turn = TURNS.get(image.getexif().get(ORIENTATION, 1))
    image.draft("RGB", (LARGEST_SIDE, LARGEST_SIDE))
    if image.mode in SMOOTH:
        image.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
    seen = _on_white(image)
    seen.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
    return seen.transpose(turn) if turn is not None else seen


def _on_white(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    seen = image.convert("RGBA")
    white = Image.new("RGB", seen.size, "white")
    white.paste(seen, mask=seen.getchannel("A"))
    return white


def _written(image: Image.Image) -> bytes:
    file = BytesIO()
    # Every mark the first file carried stays in its own info: nothing of it is passed on.
    image.info.clear()
    image.save(file, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return file.getvalue()
