"""Somebody with a phone in hand: sees words, touches what says them, counts the touches.

Each page they come to is checked on the way: nothing sticks out and, with JavaScript, axe finds
nothing. So the pages that only a form leads to are looked at too.
"""

import urllib.request

from selenium.common.exceptions import TimeoutException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support import expected_conditions as expected
from selenium.webdriver.support.ui import Select

from freeco.demonstration import PASSWORD, SLUG

from .chromium import PHONE, find, follow, leave, said, screen, waiting
from .look import STANDARDS, STICKS_OUT, axe, run_axe, told

PLAIN = "normalize-space(translate(., '\u00a0\u202f', '  '))"


class Phone:
    """A browser on a phone, and the person who holds it."""

    def __init__(
        self, driver: WebDriver, site: str, sessions: dict[str, str], *, scripts: bool
    ) -> None:
        """``sessions``: those of people who have signed in on this phone before."""
        self.driver = driver
        self.sessions = sessions
        self.site = site
        self.scripts = scripts
        self.touches = 0
        self.screens = 0
        """Pages come to."""
        self.faults: list[str] = []

    def open(self, path: str) -> None:
        """Come to a page by its address, as from a letter or a bookmark."""
        self.driver.get(self.site + path)
        self._arrive()

    def sign_out(self) -> None:
        """Become a stranger; from an empty page, which nothing still on its way can sign in."""
        self.driver.get("about:blank")
        self.driver.execute_cdp_cmd("Network.clearBrowserCookies", {})

    def sign_in(self, email: str) -> None:
        """Sign in, and stand at home; whoever has done so on this phone is known again."""
        self.sign_out()
        before = self.sessions.get(email)
        if before is None:
            self.open("/connexion")
            self.write("Adresse e-mail", email)
            self.write("Mot de passe", PASSWORD)
            self.press("Me connecter")
            self.sessions[email] = str(self._session()["value"])
        else:
            wanted = {"name": "session", "value": before, "url": self.site}
            self.driver.execute_cdp_cmd("Network.setCookie", wanted)
            self.open(f"/{SLUG}/")
        self.touches = 0

    def _session(self) -> dict[str, object]:
        return self.driver.get_cookie("session") or {"value": ""}

    def press(self, words: str, part: str = "main") -> None:
        """Touch the button or the link that says these words, and come to another page."""
        self._touched()
        follow(self.driver, self._spoken(words, part))
        self._arrive()

    def press_on(self, link: WebElement) -> None:
        """Touch a link found by where it stands, and come to another page."""
        self.touch(link, stay=False)

    def touch(self, shown: WebElement, *, stay: bool = True) -> None:
        """Touch what was found by where it stands; stay on the page, or come to another."""
        self._touched()
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", shown)
        if stay:
            shown.click()
            return
        follow(self.driver, shown)
        self._arrive()

    def strike(self, key: str) -> None:
        """Strike a key on what has the focus, and come to another page."""
        leave(self.driver, lambda: self.driver.switch_to.active_element.send_keys(key))
        self._arrive()

    def agree(self, words: str) -> None:
        """Touch a button, and once more where one is asked whether one means it."""
        if self.scripts:
            self._touched()
            self._spoken(words, "main").click()
            self.press(words, "dialog")
            return
        self.press(words)
        again = self.driver.find_elements(By.XPATH, f"//main//button{said(words)}")
        if again:
            self._touched()
            follow(self.driver, again[0])
            self._arrive()

    def unfold(self, words: str) -> None:
        """Unfold what is kept out of the way."""
        self._touched()
        self._shown(f"//main//summary[starts-with({PLAIN}, '{words}')]").click()

    def write(self, label: str, text: str) -> None:
        """Write in the field that has this label."""
        self._touched()
        field = self.field(label)
        if field.get_attribute("type") == "date":
            # The order of day and month is the browser's own affair, not the page's.
            self.driver.execute_script("arguments[0].value = arguments[1]", field, text)
            return
        field.clear()
        field.send_keys(text)

    def choose(self, label: str, option: str) -> None:
        """Choose in the list that has this label."""
        self._touched()
        Select(self.field(label)).select_by_visible_text(option)

    def tick(self, label: str) -> None:
        """Touch a box or a round of choices by what is written beside it."""
        self._touched()
        box = self._shown(f"//main//label[starts-with({PLAIN}, '{label}')]//input")
        if not box.is_selected():
            box.click()

    def field(self, label: str) -> WebElement:
        """Find a field by the beginning of its label."""
        found = self._shown(f"//main//label[starts-with({PLAIN}, '{label}')]")
        return self.driver.find_element(By.ID, str(found.get_attribute("for")))

    def wear(self, hat: str) -> None:
        """Put on a hat, if it hangs in the header."""
        words = f"Prendre le chapeau : {hat}"
        if self.driver.find_elements(By.XPATH, f"//header//button{said(words)}"):
            self.press(words, "header")

    def download(self, words: str) -> bytes:
        """Return the file to which the link leads that says these words."""
        address = str(self._spoken(words, "main").get_attribute("href"))
        cookie = {"Cookie": f"session={self._session()['value']}"}
        wanted = urllib.request.Request(address, headers=cookie)  # noqa: S310 - our own server
        with urllib.request.urlopen(wanted, timeout=60) as answer:  # noqa: S310
            return bytes(answer.read())

    def says(self, words: str) -> bool:
        """Whether the page says this."""
        return words in self.words

    @property
    def words(self) -> str:
        """What the page says, with plain spaces; what it folds away is not said."""
        text = find(self.driver, "main").text
        return text.replace("\u00a0", " ").replace("\u202f", " ").replace("\u2060", "")

    @property
    def title(self) -> str:
        """What the page says it is."""
        return find(self.driver, "h1").text.replace("\u00a0", " ").replace("\n", " ")

    def _touched(self) -> None:
        self.touches += 1

    def _spoken(self, words: str, part: str) -> WebElement:
        first = f"[starts-with({PLAIN}, '{words}')]"
        return self._shown(f"//{part}//button{first} | //{part}//a{first}")

    def _shown(self, path: str) -> WebElement:
        """Find what may be touched; say what is there when it is not."""
        try:
            found = waiting(self.driver).until(expected.element_to_be_clickable((By.XPATH, path)))
        except TimeoutException:
            found = None
        if found is not None:
            self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", found)
            return found
        raise AssertionError(
            f"{path} is not on {self.driver.current_url}, which says: {self.words}"
        )

    def _arrive(self) -> None:
        find(self.driver, "main")
        self.screens += 1
        screen(self.driver, PHONE)
        where = self.driver.current_url.removeprefix(self.site)
        out = self.driver.execute_script(STICKS_OUT)
        self.faults += [f"{where} : {each}" for each in out]
        if self.scripts:
            self.driver.execute_script(axe())
            found = run_axe(self.driver, {"runOnly": STANDARDS})
            self.faults += [f"{where} : {each}" for each in told("téléphone", found)]
