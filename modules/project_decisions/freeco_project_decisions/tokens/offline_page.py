"""The page one saves to vote with a token from without network; the record has its SHA-256.

Made once, when tokens begin to be given, and kept to the byte: it holds the question, the keys,
its scripts and its style, and may speak to the ballot box and to nothing else.
"""

from flask import current_app
from markupsafe import Markup

from freeco.i18n import spoken
from freeco.kernel import kernel
from freeco.web.forms import Form
from freeco_project_decisions.polls import wording
from freeco_project_decisions.saved_pages import LANGUAGE, policy_of, read_static
from freeco_project_decisions.tokens.models import TokenPoll
from freeco_project_decisions.tokens.script_words import words

SCRIPTS = ("sealing.js", "tokens.js", "token-pages.js")
STYLE = "offline-ballot.css"


def offline_page(votes: TokenPoll) -> bytes:
    """Make the page of a vote whose setup is fixed; the same vote gives the same bytes."""
    script, style = read_static(*SCRIPTS), read_static(STYLE)
    cast = box_address(votes)
    with spoken(LANGUAGE):
        page = current_app.jinja_env.get_template("project_decisions/tokens/offline.html").render(
            poll=votes.poll,
            votes=votes,
            setup=votes.setup,
            words=words(),
            form=Form.blank(),
            project_decisions_words=wording,
            cast=cast,
            name=page_name(votes),
            policy=policy_of(script, style, cast),
            # Ours, and without the end of an element in it.
            script=Markup(script),  # noqa: S704
            style=Markup(style),  # noqa: S704
        )
    return page.encode()


def page_name(votes: TokenPoll) -> str:
    """Return how the file is called."""
    return f"page-de-vote-{votes.identifier}.html"


def box_address(votes: TokenPoll) -> str:
    """Return the whole address of a ballot box, for a page that is opened away from the site."""
    slug = votes.poll.community.slug
    path = f"/{slug}/project-decisions/urne/{votes.identifier}/bulletins"
    return kernel().settings.base_url + path
