"""Ordering and changing a basket, counted: screens and touches, on a phone, from the home page.

With JavaScript and without; then with the keyboard alone. Each page on the way fits the phone and,
with JavaScript, axe finds nothing on it: see browser/phone.py.
"""

import re

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from freeco.demonstration import SLUG

from .browser.chromium import find
from .browser.phone import Phone
from .browser.roles import COORDINATOR, MEMBER

pytestmark = pytest.mark.browser
HOME = f"/{SLUG}/"
ORDER = "form .bar button"
STALLS = ("GAEC des Vergnes", "Le Fournil de Lise", "Les Ruchers du Célé")
FOCUS = """
const here = document.activeElement, style = getComputedStyle(here);
const box = here.getBoundingClientRect();
return [here.id, here.textContent.trim(), style.outlineStyle !== 'none' ? style.outlineWidth : '',
        box.width > 0 && box.bottom > 0 && box.top < innerHeight];
"""
MOST_TABS = 90


def cancel(phone: Phone) -> None:
    """Cancel the order the phone shows, so that the next journey finds the household without."""
    phone.unfold("Annuler ma commande")
    phone.touch(phone.driver.find_element(By.CSS_SELECTOR, ".careful button"), stay=False)


def test_an_order_from_several_producers_takes_two_screens_and_the_usual_one_a_click(
    phone: Phone,
) -> None:
    phone.sign_in(MEMBER)
    phone.screens = 0
    phone.press("Commander")
    phone.write("Grand panier", "1")
    phone.write("Pain de campagne", "2")
    phone.write("Miel de causse", "1")
    phone.tick("Jeudi")
    phone.touch(find(phone.driver, ORDER), stay=False)
    assert phone.screens == 2, "the shop, then what was ordered"
    assert phone.touches == 6, "the link on the home, three goods, a place, the button"
    assert phone.title == "Ma commande : Marché de la semaine"
    assert all(phone.says(each) for each in STALLS)

    phone.press("En faire mon panier habituel")
    cancel(phone)
    phone.press("Commandes", "nav")
    phone.touches = 0
    phone.press("Commander mon panier habituel")
    assert phone.touches == 1
    assert phone.title == "Ma commande : Marché de la semaine"
    assert all(phone.says(each) for each in STALLS)
    cancel(phone)
    phone.sign_in(MEMBER)
    phone.screens = 0
    phone.press("Commander mon panier habituel")
    assert phone.field("Pain de campagne").get_attribute("value") == "2"
    phone.tick("Jeudi")
    phone.touch(find(phone.driver, ORDER), stay=False)
    assert phone.screens == 2
    cancel(phone)


def own_basket(phone: Phone) -> None:
    """Follow the agenda of the home to the basket after the next: there is still time for it."""
    links = phone.driver.find_elements(By.CSS_SELECTOR, "main a[href*='/mon-panier']")
    found = {str(each.get_attribute("href")): each for each in links}
    phone.press_on(list(found.values())[1])


def test_a_basket_is_skipped_or_moved_in_four_touches_at_most(phone: Phone) -> None:
    phone.sign_in(COORDINATOR)
    own_basket(phone)
    phone.press("Prendre autrement")
    phone.press("Poser un joker")
    assert phone.touches == 3
    assert phone.says("joker posé")
    phone.press("Annuler")

    phone.open(HOME)
    phone.touches = 0
    own_basket(phone)
    phone.press("Prendre autrement")
    later = phone.field("Livraison").find_elements(By.TAG_NAME, "option")[-1].text
    phone.choose("Livraison", later)
    phone.press("Déplacer mon panier")
    assert phone.touches == 4
    assert phone.title.startswith("Mon contrat")
    phone.press("Annuler")


def test_not_coming_is_one_button_and_somebody_is_sought(phone: Phone) -> None:
    phone.sign_in(COORDINATOR)
    phone.press("Voir ma permanence")
    phone.touches = 0
    phone.agree("Je ne pourrai pas venir")
    assert phone.touches <= 2, "one button, and one more that says what follows"
    assert not phone.says("Vous êtes de permanence")
    assert phone.says("place libre")
    phone.press("Je viens")


def focused(phone: Phone) -> tuple[str, str]:
    """Return what the keyboard stands on; it must be seen, and seen to be there."""
    where, words, outline, in_view = phone.driver.execute_script(FOCUS)
    assert outline, f"no focus is seen on {where or words}"
    assert in_view, f"{where or words} has the focus out of sight"
    return where, words


def walk_to(phone: Phone, what: str) -> WebElement:
    """Press Tab until the field of this name, or what says these words, has the focus."""
    for _tab in range(MOST_TABS):
        phone.driver.switch_to.active_element.send_keys(Keys.TAB)
        where, words = focused(phone)
        if where == what or (words.startswith(what) and "\n" not in words):
            return phone.driver.switch_to.active_element
    pytest.fail(f"Tab never comes to {what} on {phone.driver.current_url}")


def test_an_order_is_made_and_corrected_with_the_keyboard_alone(phone: Phone) -> None:
    phone.sign_in(MEMBER)
    address = str(
        phone.driver.find_element(By.CSS_SELECTOR, "main a[href*='/commandes/']").get_attribute(
            "href"
        )
    )
    phone.open(re.sub(r"\?.*", "", address.removeprefix(phone.site)))
    bread = str(phone.field("Pain de campagne").get_attribute("id"))
    honey = str(phone.field("Miel de causse").get_attribute("id"))
    walk_to(phone, "f-pickup").send_keys(Keys.SPACE)
    walk_to(phone, "Commander")
    phone.strike(Keys.ENTER)
    assert phone.says("à corriger"), "nothing was chosen"
    if phone.scripts:
        assert phone.driver.switch_to.active_element.get_attribute("data-error-summary") is not None
    walk_to(phone, bread).send_keys("2")
    walk_to(phone, honey).send_keys("1")
    walk_to(phone, "Commander")
    phone.strike(Keys.ENTER)
    assert phone.title == "Ma commande : Marché de la semaine"
    assert phone.says("Les Ruchers du Célé")
    walk_to(phone, "Annuler ma commande").send_keys(Keys.ENTER)
    walk_to(phone, "Annuler ma commande")
    phone.strike(Keys.ENTER)
    assert phone.title != "Ma commande : Marché de la semaine"
