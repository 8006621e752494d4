"""The first run: a secret link, five screens that forget nothing, one founding."""

import re
from collections.abc import Mapping
from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from freeco import activation
from freeco.charter import services as charter
from freeco.clock import held_at, now
from freeco.db import db
from freeco.first_run import begin, drafts
from freeco.first_run.models import FoundingDraft
from freeco.first_run.presets import PRESETS, Preset
from freeco.kernel_models import ModuleThreshold
from freeco.mail.models import OutgoingMail
from freeco.members import membership
from freeco.members.models import STEWARD, Community, Invitation, Person, Territory
from freeco.organisations import services as organisations
from freeco.plugins import Plugins
from freeco.testing import Visitor, make_community, sign_in_as
from freeco.testing.forms import Typed, fill_in, form_of

PASSWORD = "un panier de courges"
ANSWERS: Mapping[int, Typed] = {
    1: {"name": "AMAP d’Assiac"},
    2: {"commune": "Assiac-le-Vieux", "postal_code": "46320"},
    3: {"kind": "amap"},
    4: {
        "first_name": "Anne",
        "last_name": "Roux",
        "email": "anne@freeco.fr",
        "password": PASSWORD,
        "accepted": "1",
    },
    5: {"people": "Zoé Blanc, zoe@freeco.fr\nluc@freeco.fr\n"},
}


@pytest.fixture
def link(app: Flask) -> str:
    """Give the secret address, as the operator reads it."""
    (path,) = drafts.links()
    db.session.commit()
    return path


def send(client: Visitor, link: str, number: int, **typed: str) -> TestResponse:
    """Fill in a screen as a browser does, and send it."""
    page = client.get(f"{link}/{number}")
    assert page.status_code == 200, page.location
    return fill_in(client, page, f"/{number}", {**ANSWERS[number], **typed})


def up_to(client: Visitor, link: str, last: int) -> None:
    for number in range(1, last + 1):
        answer = send(client, link, number)
        assert answer.status_code == 302, answer.text


def founded() -> Community:
    db.session.expire_all()
    return db.session.scalars(select(Community)).one()


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_new_site_says_calmly_how_to_begin(client: Visitor, app: Flask) -> None:
    page = client.get("/")
    assert "Ce site est neuf" in page.text
    assert "freeco first-run" in page.text
    make_community("assiac", "Assiac")
    assert "Ce site est neuf" not in client.get("/").text


def test_five_screens_found_a_community(client: Visitor, link: str) -> None:
    assert client.get(link).location == f"{link}/1"
    up_to(client, link, 5)
    community = founded()
    assert (community.slug, community.commune) == ("amap-d-assiac", "Assiac-le-Vieux")
    (steward,) = membership.stewards(community)
    assert steward.name == "Anne Roux"
    assert charter.has_accepted_current(steward)
    ready = client.get("/amap-d-assiac/pret")
    assert "C’est prêt" in ready.text
    assert "Anne Roux" in ready.text


def test_the_first_people_are_invited_by_mail(client: Visitor, link: str) -> None:
    up_to(client, link, 5)
    invited = set(db.session.scalars(select(Invitation.email)))
    assert invited == {"zoe@freeco.fr", "luc@freeco.fr"}
    assert invited <= set(db.session.scalars(select(OutgoingMail.recipient)))


def test_the_founder_signs_in_again_with_the_password(client: Visitor, link: str) -> None:
    up_to(client, link, 5)
    client.post("/deconnexion")
    page = client.get("/connexion")
    answer = fill_in(client, page, "/connexion", {"email": "anne@freeco.fr", "password": PASSWORD})
    assert answer.status_code == 302


def test_nothing_typed_remains_once_it_is_founded(client: Visitor, link: str) -> None:
    up_to(client, link, 5)
    draft = db.session.scalars(select(FoundingDraft)).one()
    assert (draft.answers, draft.password_hash) == ({}, None)


def test_the_link_founds_once(client: Visitor, app: Flask, link: str) -> None:
    up_to(client, link, 5)
    stranger = app.test_client()
    for path in (link, f"{link}/1", f"{link}/5"):
        assert stranger.get(path).status_code == 404
    assert client.get(link).location == "/amap-d-assiac/pret"


def test_two_clicks_found_once(client: Visitor, link: str) -> None:
    up_to(client, link, 4)
    page = client.get(f"{link}/5")
    form = form_of(page, "/5")
    data = {name: list(values) for name, values in form.values.items()}
    with client.session_transaction() as session:
        before = dict(session)
    first = client.post(form.action, data=data, token=False)
    with client.session_transaction() as session:
        session.clear()
        session.update(before)  # the second click left before the first answer came
    second = client.post(form.action, data=data, token=False)
    assert first.location == second.location == "/amap-d-assiac/pret"
    assert count(Community) == 1


def test_two_clicks_at_the_same_instant_found_once(
    client: Visitor, plugins: Plugins, link: str
) -> None:
    """The second one waited for the draft's lock while the first founded."""
    up_to(client, link, 4)
    draft = db.session.scalars(select(FoundingDraft)).one()
    drafts.keep(draft, "people", {"people": ""})
    assert begin.found(plugins, draft, None) is not None
    assert begin.found(plugins, draft, None) is None
    drafts.keep(draft, "people", {"people": "zoe@freeco.fr"})
    assert draft.answers == {}
    assert count(Community) == 1


@pytest.mark.parametrize("secret", ["0", "0" * 48, "é"])
def test_a_wrong_link_opens_nothing(client: Visitor, link: str, secret: str) -> None:
    assert client.get(f"/commencer/{secret}").status_code == 404
    assert client.get(f"/commencer/{secret}/1").status_code == 404
    assert client.post(f"/commencer/{secret}/1", data={"name": "Pirates"}).status_code == 404
    assert db.session.scalars(select(FoundingDraft)).one().answers == {}


def test_a_link_that_was_left_too_long_opens_nothing(client: Visitor, link: str) -> None:
    draft = db.session.scalars(select(FoundingDraft)).one()
    draft.expires_at = now() - timedelta(seconds=1)
    db.session.commit()
    assert client.get(link).status_code == 404
    assert client.post(f"{link}/1", data=ANSWERS[1]).status_code == 404


def test_the_same_link_is_printed_until_it_is_used(client: Visitor, link: str) -> None:
    assert drafts.links() == [link]
    assert len(drafts.links(another=True)) == 2
    db.session.commit()
    up_to(client, link, 5)
    assert link not in drafts.links()


def test_what_was_left_too_long_is_forgotten(link: str) -> None:
    with held_at(now() + drafts.LASTS + timedelta(days=1)):
        assert drafts.links() != [link]
    assert count(FoundingDraft) == 1


def test_another_browser_resumes_by_the_same_link(client: Visitor, app: Flask, link: str) -> None:
    up_to(client, link, 2)
    other = app.test_client()
    assert isinstance(other, Visitor)
    assert other.get(link).location == f"{link}/3"
    assert form_of(other.get(f"{link}/1"), "/1").values["name"] == ["AMAP d’Assiac"]
    for number in (3, 4, 5):
        assert send(other, link, number).status_code == 302
    assert founded().slug == "amap-d-assiac"


def test_a_screen_waits_for_those_before_it(client: Visitor, link: str) -> None:
    up_to(client, link, 1)
    for number in (3, 4, 5):
        assert client.get(f"{link}/{number}").location == f"{link}/2"
    assert client.get(f"{link}/6").status_code == 404


def test_going_back_keeps_what_was_typed(client: Visitor, link: str) -> None:
    up_to(client, link, 1)
    page = client.get(f"{link}/2")
    form = form_of(page, "/2")
    data = {name: list(values) for name, values in form.values.items()}
    typed = {"commune": "Assi", "postal_code": "46", "act": "previous"}
    answer = client.post(form.action, data={**data, **typed}, token=False)
    assert answer.location == f"{link}/1"
    again = form_of(client.get(f"{link}/2"), "/2").values
    assert (again["commune"], again["postal_code"]) == (["Assi"], ["46"])


def test_the_address_is_drawn_from_the_name_and_can_be_changed(client: Visitor, link: str) -> None:
    up_to(client, link, 1)
    assert "/amap-d-assiac/" in client.get(f"{link}/2").text
    assert form_of(client.get(f"{link}/1"), "/1").values["slug"] == ["amap-d-assiac"]
    assert send(client, link, 1, slug="assiac").status_code == 302
    assert "/assiac/" in client.get(f"{link}/2").text


@pytest.mark.parametrize("slug", ["lavergne", "moi", "commencer", "À côté", "a--b"])
def test_an_address_that_cannot_be_is_refused_beside_its_field(
    client: Visitor, community: Community, link: str, slug: str
) -> None:
    answer = send(client, link, 1, slug=slug)
    assert answer.status_code == 422
    assert "f-slug-error" in answer.text
    assert form_of(answer, "/1").values["slug"] == [slug]


def test_an_address_taken_meanwhile_is_asked_again_and_the_rest_is_kept(
    client: Visitor, link: str
) -> None:
    send(client, link, 1, slug="assiac")
    for number in (2, 3, 4):
        send(client, link, number)
    page = client.get(f"{link}/5")
    make_community("assiac", "Les autres d’Assiac")
    answer = fill_in(client, page, "/5", ANSWERS[5])
    assert answer.location == f"{link}/1"
    assert "déjà prise" in client.get(f"{link}/1").text
    assert send(client, link, 1, slug="amap-assiac").status_code == 302
    assert client.get(link).location == f"{link}/5"
    assert "zoe@freeco.fr" in client.get(f"{link}/5").text


def test_a_postal_code_gives_the_clock(client: Visitor, link: str) -> None:
    send(client, link, 1)
    send(client, link, 2, commune="Cilaos", postal_code="97413")
    for number in (3, 4):
        send(client, link, number)
    assert "La Réunion" in client.get(f"{link}/5").text
    send(client, link, 5)
    assert founded().timezone == "Indian/Reunion"


def test_a_territory_is_begun_or_joined_by_its_name(
    client: Visitor, person: Person, app: Flask
) -> None:
    sign_in_as(client, person)
    for slug, name in (("un", "Vallée du Célé"), ("deux", "vallée du célé")):
        link = drafts.links()[0]
        db.session.commit()
        send(client, link, 1, slug=slug)
        send(client, link, 2, territory=name)
        send(client, link, 3)
        fill_in(client, client.get(f"{link}/4"), "/4", {"accepted": "1"})
        send(client, link, 5)
    (territory,) = db.session.scalars(select(Territory))
    assert territory.slug == "vallee-du-cele"
    assert count(Community) == 2


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_each_kind_is_founded_as_said(
    client: Visitor, plugins: Plugins, link: str, preset: Preset
) -> None:
    for number in (1, 2, 3, 4, 5):
        typed = {"kind": preset.name} if number == 3 else {}
        send(client, link, number, **typed)
    community = founded()
    assert community.admission == preset.admission
    assert community.presentation == str(preset.presentation)
    sooner = [each for each in plugins.modules.values() if preset.name in each.opens_at_in]
    for module in sooner:
        members = module.opens_at_in[preset.name]
        assert activation.threshold(community, module) == members
        assert activation.is_open(community, module.name) == (members == 1)
    assert count(ModuleThreshold) == len(sooner)
    (organisation,) = organisations.organisations_of(community)
    assert organisation.organisation is not None
    assert organisation.organisation.kind == preset.organisation
    named = "Assiac-le-Vieux" if preset.name == "commune" else "AMAP d’Assiac"
    assert organisation.name == named
    (steward,) = membership.stewards(community)
    assert organisations.acting_for(steward) == [organisation]
    held = membership.permissions_of(steward) - {STEWARD}
    assert held == {
        permission.name
        for module in plugins.modules.values()
        for permission in module.permissions
        if permission.hat in preset.hats
    }


def test_the_presentation_of_the_chosen_kind_is_kept(client: Visitor, link: str) -> None:
    up_to(client, link, 2)
    send(client, link, 3, kind="commune", presentation_commune="Ici, à Assiac.")
    for number in (4, 5):
        send(client, link, number)
    assert founded().presentation == "Ici, à Assiac."


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"accepted": ""}, "accepted"),
        ({"password": "court"}, "password"),
        ({"password": ""}, "password"),
        ({"email": "anne@@freeco"}, "email"),
        ({"first_name": "https://x"}, "first_name"),
        ({"sha256": "0" * 64}, "accepted"),
    ],
)
def test_the_first_member_enters_as_everybody_does(
    client: Visitor, link: str, typed: dict[str, str], field: str
) -> None:
    up_to(client, link, 3)
    answer = send(client, link, 4, **typed)
    assert answer.status_code == 422
    assert f"f-{field}-error" in answer.text
    assert form_of(answer, "/4").values["last_name"] == ["Roux"]


def test_a_password_is_kept_as_its_hash_only(client: Visitor, link: str) -> None:
    up_to(client, link, 4)
    draft = db.session.scalars(select(FoundingDraft)).one()
    assert PASSWORD not in str(draft.answers)
    assert draft.password_hash is not None
    assert draft.password_hash.startswith("$argon2id$")
    page = client.get(f"{link}/4")
    assert PASSWORD not in page.text
    assert "Il est déjà choisi" in page.text
    assert send(client, link, 4, password="").status_code == 302


def test_an_address_with_an_account_asks_to_sign_in(
    client: Visitor, person: Person, link: str
) -> None:
    up_to(client, link, 3)
    answer = send(client, link, 4, email="marie@example.org")
    assert answer.status_code == 422
    assert "déjà un compte" in answer.text


def test_who_is_signed_in_founds_in_their_own_name(
    client: Visitor, person: Person, link: str
) -> None:
    sign_in_as(client, person)
    up_to(client, link, 3)
    page = client.get(f"{link}/4")
    assert "en tant que Marie Dupont" in page.text
    fill_in(client, page, "/4", {"accepted": "1"})
    send(client, link, 5)
    assert [each.person for each in membership.stewards(founded())] == [person]
    assert count(Person) == 1


def test_a_later_founder_confirms_their_address(
    client: Visitor, community: Community, link: str
) -> None:
    up_to(client, link, 5)
    anne = db.session.scalars(select(Person).where(Person.email == "anne@freeco.fr")).one()
    assert anne.confirmed_at is None
    letters = select(OutgoingMail).where(OutgoingMail.recipient == "anne@freeco.fr")
    assert "/lien/" in db.session.scalars(letters).one().body
    assert client.get("/amap-d-assiac/pret").status_code == 200


def test_who_founded_with_an_unproved_address_is_out_once_its_reader_comes(
    client: Visitor, app: Flask, community: Community, link: str
) -> None:
    up_to(client, link, 5)
    letters = select(OutgoingMail.body).where(OutgoingMail.recipient == "anne@freeco.fr")
    opened = re.search("/lien/[^ \n]+", db.session.scalars(letters).one())
    assert opened is not None
    reader = app.test_client()
    reader.post(opened[0])
    assert reader.get("/amap-d-assiac/pret").status_code == 200
    assert client.get("/amap-d-assiac/pret").location.startswith("/connexion")


def test_bad_lines_are_named_and_what_was_typed_stays(client: Visitor, link: str) -> None:
    up_to(client, link, 4)
    typed = "Zoé Blanc, zoe@freeco.fr\nPaul Roux\n\nLuc, luc@@freeco\nzoe@freeco.fr\n"
    answer = send(client, link, 5, people=typed)
    assert answer.status_code == 422
    for line in ("Ligne 2, « Paul Roux »", "Ligne 4", "déjà à la ligne 1"):
        assert line in answer.text.replace("\xa0", " ")
    kept = form_of(answer, "/5").values["people"][0]
    assert kept.replace("\r\n", "\n").strip() == typed.strip()
    assert (count(Community), count(Invitation)) == (0, 0)


def test_first_members_can_wait(client: Visitor, link: str) -> None:
    up_to(client, link, 4)
    assert send(client, link, 5, people="").status_code == 302
    assert count(Invitation) == 0
    assert count(Community) == 1


def read_file(client: Visitor, link: str, name: str, content: bytes) -> TestResponse:
    form = form_of(client.get(f"{link}/5"), "/5")
    typed = {key: values[0] for key, values in form.values.items() if values and key != "file"}
    data: dict[str, object] = {**typed}
    data |= {"act": "read", "file": (BytesIO(content), name)}
    return client.post(form.action, data=data, token=False)


def test_a_spreadsheet_adds_its_addresses_to_the_list(client: Visitor, link: str) -> None:
    up_to(client, link, 4)
    content = "Prénom;Nom;E-mail\nZoé;Blanc;zoe@freeco.fr\nOdette;Roux;\n".encode("cp1252")
    page = read_file(client, link, "membres.csv", content)
    assert page.status_code == 200
    assert "1 personne du fichier" in page.text.replace("\xa0", " ")
    assert "Ligne 3" in page.text.replace("\xa0", " ")
    assert "Zoé Blanc, zoe@freeco.fr" in form_of(page, "/5").values["people"][0]
    assert count(Community) == 0


def test_a_file_that_is_no_list_is_refused_beside_its_field(client: Visitor, link: str) -> None:
    up_to(client, link, 4)
    for name, content in (("a.pdf", b"%PDF-1.7"), ("", b"")):
        answer = read_file(client, link, name, content)
        assert answer.status_code == 422
        assert "f-file-error" in answer.text


def test_a_forged_form_founds_nothing(client: Visitor, link: str) -> None:
    answer = client.post(f"{link}/1", data=ANSWERS[1], token=False)
    assert answer.status_code == 400
    assert db.session.scalars(select(FoundingDraft)).one().answers == {}
