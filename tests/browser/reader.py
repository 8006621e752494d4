"""A reader without a screen: gets pages of a served site quickly, keeps its session."""

import urllib.request
from http.cookiejar import CookieJar
from types import SimpleNamespace
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit

from freeco.demonstration import PASSWORD, SLUG
from freeco.testing.contents import Answer
from freeco.testing.forms import form_of

SLOW = 60


class Reader:
    """Somebody at a site, signed out to begin with."""

    def __init__(self, site: str, language: str = "fr") -> None:
        self.site = site
        self.home = f"/{SLUG}/"
        """Where this reader arrives."""
        self.jar = CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        self._opener.addheaders = [("Accept-Language", language)]

    def get(self, address: str) -> Answer:
        """Get an address of the site, wherever it leads."""
        return self._open(address, None)

    def post(self, address: str, **fields: str) -> Answer:
        """Send a form, with the token that a page of this session gives."""
        fields["csrf_token"] = self._token()
        return self._open(address, urlencode(fields).encode())

    def send(self, page: str, ending: str) -> Answer:
        """Send the form of a page whose address ends so, or is the page's own, as it stands."""
        answer = self.get(page)
        path = urlsplit(answer.address).path
        asked = SimpleNamespace(text=answer.text, request=SimpleNamespace(path=path))
        form = form_of(asked, ending or path)
        return self._open(urlsplit(form.action).path, urlencode(form.values, doseq=True).encode())

    def sign_in(self, email: str) -> "Reader":
        """Sign in as somebody of the demonstration."""
        answer = self.post("/connexion", email=email, password=PASSWORD)
        assert answer.address != "/connexion", f"{email} may not sign in"
        return self

    def _token(self) -> str:
        page = self.get("/").text
        return page.split('name="csrf_token" value="')[1].split('"')[0]

    def _open(self, address: str, body: bytes | None) -> Answer:
        try:
            answer = self._opener.open(self.site + address, body, timeout=SLOW)
        except HTTPError as refused:
            answer = refused
        with answer:
            parts = urlsplit(answer.url)
            reached = parts.path + (f"?{parts.query}" if parts.query else "")
            kind = answer.headers.get_content_type()
            return Answer(reached, answer.status, kind, answer.read())
