"""The page one may save, and vote from without network; its SHA-256 stands in the record.

One file that fetches nothing: its script and its style stand in it, named by their digests in
its own policy, so that a browser runs these and no others. It may speak to the ballot box and to
nothing else.
"""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from freeco.i18n import said, spoken
from freeco.kernel import kernel
from freeco_project_decisions.saved_pages import LANGUAGE, policy_of, read_static
from freeco_project_decisions.sealed.writing import read
from freeco_project_decisions.secret.models import SealedPoll
from freeco_project_decisions.secret.script_words import ballot_words
from freeco_project_decisions.secret.showing import asked

HERE = Path(__file__).parent.parent
SCRIPTS = ("sealing.js", "ballot.js")
STYLE = "offline-ballot.css"


def offline_page(
    title: str, election: str, *, cast: str = "", way: str = "", authority: str = ""
) -> bytes:
    """Make the page of an election; the same election gives the same bytes.

    ``cast`` is the address of the ballot box: without it the page only writes a file, which is
    handed over on the site. ``way`` and ``authority`` say how codes reach voters.
    """
    script, style = read_static(*SCRIPTS), read_static(STYLE)
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
            policy=policy_of(script, style, cast),
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
