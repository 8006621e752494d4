"""The page one may save, and vote from without network; its SHA-256 stands in the record.

One file that fetches nothing: its script and its style stand in it, named by their digests in
its own policy, so that a browser runs these and no others. It may speak to the ballot box and to
nothing else.
"""

from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from freeco.i18n import said, spoken
from freeco.kernel import kernel
from freeco_project_decisions.sealed.writing import read
from freeco_project_decisions.secret.models import SealedPoll
from freeco_project_decisions.secret.script_words import ballot_words
from freeco_project_decisions.secret.showing import asked

HERE = Path(__file__).parent.parent
STATIC = HERE / "static"
SCRIPTS = ("sealing.js", "ballot.js")
STYLE = "offline-ballot.css"
LANGUAGE = "fr"
"""What is opened is one text for all, in the language it is written in."""


def offline_page(
    title: str, election: str, *, cast: str = "", way: str = "", authority: str = ""
) -> bytes:
    """Make the page of an election; the same election gives the same bytes.

    ``cast`` is the address of the ballot box: without it the page only writes a file, which is
    handed over on the site. ``way`` and ``authority`` say how codes reach voters.
    """
    script = "\n".join((STATIC / name).read_text("utf-8") for name in SCRIPTS)
    style = (STATIC / STYLE).read_text("utf-8")
    pages = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined
    )
    content = read(election)
    with spoken(LANGUAGE):
        pages.globals["_"] = said
        page = pages.get_template("project_decisions/secret/offline.html").render(
            title=title,
            description=content["description"],
            identifier=content["uuid"],
            asked=asked(election),
            election=election,
            words=ballot_words(),
            cast=cast,
            way=way,
            authority=authority,
            policy=_policy(script, style, cast),
            # Ours, and without the end of an element in it.
            script=Markup(script),  # noqa: S704
            style=Markup(style),  # noqa: S704
        )
    return page.encode()


def box_address(sealed: SealedPoll) -> str:
    """Return the whole address of a ballot box, for a page that is opened away from the site."""
    slug = sealed.poll.community.slug
    path = f"/{slug}/project-decisions/votes/secret/{sealed.identifier}/bulletins"
    return kernel().settings.base_url + path


def _policy(script: str, style: str, cast: str) -> str:
    box = urlsplit(cast)
    origin = f"{box.scheme}://{box.netloc}" if cast else "'none'"
    return (
        f"default-src 'none'; script-src {_named(script)}; style-src {_named(style)}; "
        f"connect-src {origin}; base-uri 'none'; form-action 'none'"
    )


def _named(content: str) -> str:
    return f"'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'"
