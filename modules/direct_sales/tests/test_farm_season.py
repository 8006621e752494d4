"""A farm's season as its page says it: months, crop plan, mishaps, picture, money."""

from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
from PIL import Image

from freeco.db import db
from freeco.errors import Absent
from freeco.members.models import Community, Member
from freeco.spreadsheets import read_table
from freeco.testing.visitor import Visitor
from freeco_direct_sales import catalogue, subscriptions
from freeco_direct_sales.growing import farm, showing
from freeco_direct_sales.growing.models import PlannedCrop, SeasonNotice
from freeco_direct_sales.models import Producer, Product, SeasonContract, Subscription

Visit = Callable[[Member], Visitor]
Take = Callable[..., Subscription]
HERE = "/lavergne/direct-sales/producteurs"
WRITES = ("calendrier", "cultures", "mauvaise-saison", "photo")


@pytest.mark.parametrize(
    ("months", "words"),
    [
        ({11, 12, 1, 2}, "novembre à février"),
        ({6}, "en juin"),
        ({5, 6, 9}, "mai à juin et en septembre"),
        (set(range(1, 13)), "toute l’année"),
        ({12, 1}, "décembre à janvier"),
        (set(), ""),
    ],
)
def test_months_are_said_over_the_turn_of_the_year(
    app: object, months: set[int], words: str
) -> None:
    assert showing.months_words(months) == words


def test_a_calendar_is_written_twice_as_once_and_read_by_all(
    producer: Producer, products: list[Product], member: Member, farmer: Member, visiting: Visit
) -> None:
    first, second = products
    sent = {f"m-{first.id}": ["11", "12", "1"], f"m-{second.id}": []}
    for _again in range(2):
        answer = visiting(farmer).post(f"{HERE}/{producer.id}/calendrier", data=sent)
        assert answer.status_code == 302
    (comes,) = farm.calendar(producer)
    assert (comes.product, comes.months) == (first, frozenset({11, 12, 1}))
    page = visiting(member).get(f"{HERE}/{producer.id}").text
    assert "Novembre à janvier" in page
    assert "en ce moment" in page
    assert "Dire les mois" not in page


def test_another_farm_s_product_has_no_months_here(
    producer: Producer, products: list[Product], bakery: Producer
) -> None:
    with pytest.raises(Absent):
        farm.set_months(bakery, {products[0].id: [1]})


def crop(**values: str) -> dict[str, str]:
    said = {
        "name": "Poireaux",
        "sown_on": "2026-05-20",
        "first_on": "2026-11-04",
        "last_on": "2027-03-10",
        "plot": "4 planches",
        "quantity": "900",
        "unit": "bunch",
        "note": "",
    }
    return said | values


def test_a_crop_is_planned_once_by_the_week(
    producer: Producer, farmer: Member, member: Member, visiting: Visit
) -> None:
    for _again in range(2):
        visiting(farmer).post(f"{HERE}/{producer.id}/cultures", data=crop())
    (planned,) = farm.crops_of(producer)
    assert (planned.sown_on, planned.first_on) == (date(2026, 5, 18), date(2026, 11, 2))
    page = visiting(member).get(f"{HERE}/{producer.id}").text
    assert "environ 900\u00a0bottes" in page
    assert "du 2 nov. au 8 mars" in page


def test_a_crop_is_corrected_then_taken_out(
    producer: Producer, farmer: Member, visiting: Visit
) -> None:
    visitor = visiting(farmer)
    visitor.post(f"{HERE}/{producer.id}/cultures", data=crop())
    (planned,) = farm.crops_of(producer)
    corrected = crop(quantity="600", first_on="2026-11-11")
    visitor.post(f"{HERE}/{producer.id}/cultures?culture={planned.id}", data=corrected)
    (planned,) = farm.crops_of(producer)
    assert (planned.quantity, planned.first_on) == (600, date(2026, 11, 9))
    visitor.post(f"{HERE}/{producer.id}/cultures/{planned.id}/oter")
    assert db.session.query(PlannedCrop).count() == 0


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"last_on": "2026-10-01"}, "La dernière récolte vient avant la première."),
        ({"sown_on": "2027-01-01"}, "Le semis ou la plantation vient après"),
        ({"name": " "}, "Ce champ est à remplir."),
        ({"quantity": "0"}, "Ce nombre est hors des limites."),
        ({"quantity": "beaucoup"}, "Un nombre entier est attendu."),
        ({"unit": "tonneau"}, "Ce choix n’existe pas."),
        ({"first_on": "2126-11-04"}, "à plus de trois ans"),
        ({"first_on": "demain"}, "date"),
    ],
)
def test_a_bad_crop_is_refused_beside_its_field_and_nothing_is_lost(
    producer: Producer, farmer: Member, visiting: Visit, wrong: dict[str, str], words: str
) -> None:
    answer = visiting(farmer).post(f"{HERE}/{producer.id}/cultures", data=crop(**wrong))
    assert answer.status_code == 422
    assert words in answer.text
    assert "4 planches" in answer.text
    assert db.session.query(PlannedCrop).count() == 0


def test_hail_is_told_once_at_the_top_until_it_is_over(
    producer: Producer, farmer: Member, member: Member, visiting: Visit
) -> None:
    told = {
        "kind": "hail",
        "happened_on": "2026-10-20",
        "words": "Les choux sont hachés.",
        "consequence": "Pas de choux avant Noël.",
    }
    for _again in range(2):
        visiting(farmer).post(f"{HERE}/{producer.id}/mauvaise-saison", data=told)
    (noted,) = db.session.query(SeasonNotice).all()
    page = visiting(member).get(f"{HERE}/{producer.id}").text
    assert page.index("Pas de choux avant Noël.") < page.index("Ses produits")
    visiting(farmer).post(f"{HERE}/{producer.id}/mauvaise-saison/{noted.id}/finie")
    page = visiting(member).get(f"{HERE}/{producer.id}").text
    assert page.index("Pas de choux avant Noël.") > page.index("Ses produits")
    refused = visiting(farmer).post(
        f"{HERE}/{producer.id}/mauvaise-saison", data=told | {"kind": "ovni"}
    )
    assert refused.status_code == 422


def test_only_the_farm_and_who_coordinates_write_its_season(
    producer: Producer, member: Member, coordinator: Member, farmer: Member, visiting: Visit
) -> None:
    for who, status in ((member, 403), (coordinator, 200), (farmer, 200)):
        visitor = visiting(who)
        for path in WRITES:
            assert visitor.get(f"{HERE}/{producer.id}/{path}").status_code == status
    for path in WRITES:
        assert visiting(member).post(f"{HERE}/{producer.id}/{path}").status_code == 403


def test_another_community_s_farm_is_absent(
    elsewhere: Community, coordinator: Member, producer: Producer, visiting: Visit
) -> None:
    theirs = catalogue.add_producer(elsewhere, "Ferme d’Ailleurs")
    mine = farm.plan_crop(theirs, name="Blé", first_on=date(2026, 11, 2), last_on=date(2026, 11, 2))
    db.session.commit()
    visitor = visiting(coordinator)
    for path in (*WRITES, "saison", "photo.jpg", "listes/saison.csv", "visites/nouvelle"):
        assert visitor.get(f"{HERE}/{theirs.id}/{path}").status_code == 404
    for number in (mine.id, "x", "9" * 30):
        asked = visitor.get(f"{HERE}/{producer.id}/cultures?culture={number}")
        assert asked.status_code == 404


def picture(side: int = 200) -> bytes:
    content = BytesIO()
    Image.new("RGB", (side, side), "green").save(content, "PNG")
    return content.getvalue()


def test_a_picture_is_written_anew_shown_and_taken_away(
    producer: Producer, farmer: Member, member: Member, visiting: Visit
) -> None:
    visitor = visiting(farmer)
    sent = {"words": "La serre", "picture": (BytesIO(picture()), "serre.png")}
    answer = visitor.post(f"{HERE}/{producer.id}/photo", data=sent)
    assert answer.status_code == 302
    assert 'alt="La serre"' in visiting(member).get(f"{HERE}/{producer.id}").text
    given = visiting(member).get(f"{HERE}/{producer.id}/photo.jpg")
    assert given.content_type == "image/jpeg"
    assert given.data[:3] == b"\xff\xd8\xff"
    visiting(farmer).post(f"{HERE}/{producer.id}/photo/oter")
    assert visiting(member).get(f"{HERE}/{producer.id}/photo.jpg").status_code == 404


def test_what_is_no_picture_is_refused(producer: Producer, farmer: Member, visiting: Visit) -> None:
    sent = {"words": "La serre", "picture": (BytesIO(b"<svg>"), "serre.jpg")}
    answer = visiting(farmer).post(f"{HERE}/{producer.id}/photo", data=sent)
    assert answer.status_code == 422
    assert "n’est pas une image" in answer.text


def test_only_the_farm_the_coordination_and_the_treasury_read_its_money(
    producer: Producer,
    vegetables: SeasonContract,
    take: Take,
    member: Member,
    farmer: Member,
    coordinator: Member,
    treasurer: Member,
    volunteer: Member,
    visiting: Visit,
) -> None:
    subscriptions.record_paper_signature(take(vegetables, member, {"Petit panier": 1}))
    for who in (member, volunteer):
        assert visiting(who).get(f"{HERE}/{producer.id}/saison").status_code == 404
        assert visiting(who).get(f"{HERE}/{producer.id}/listes/saison.csv").status_code == 404
        assert "/saison" not in visiting(who).get(f"{HERE}/{producer.id}").text
    for who in (farmer, coordinator, treasurer):
        page = visiting(who).get(f"{HERE}/{producer.id}/saison").text
        assert "34,50\u00a0€" in page
        assert "Dupont" not in page
        assert "/saison" in visiting(who).get(f"{HERE}/{producer.id}").text


def test_the_table_is_a_file_with_the_same_cents(
    producer: Producer,
    vegetables: SeasonContract,
    take: Take,
    member: Member,
    farmer: Member,
    visiting: Visit,
) -> None:
    subscriptions.record_paper_signature(take(vegetables, member, {"Petit panier": 1}))
    visitor = visiting(farmer)
    for form in ("csv", "xlsx", "ods"):
        got = visitor.get(f"{HERE}/{producer.id}/listes/saison.{form}?annee=2026")
        assert "34" in str(read_table(f"saison.{form}", got.data))
        dates = visitor.get(f"{HERE}/{producer.id}/listes/saison-par-date.{form}")
        assert dates.status_code == 200
    assert visitor.get(f"{HERE}/{producer.id}/saison?annee=deux-mille").status_code == 200
    assert visitor.get(f"{HERE}/{producer.id}/saison?annee=9999").status_code == 200
