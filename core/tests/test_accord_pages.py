from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from freeco.accords import services as accords
from freeco.accords.models import Accord
from freeco.db import db
from freeco.members.models import Community, Member, Person
from freeco.members.proxies import enter_person_without_email
from freeco.organisations.services import give_role, register
from freeco.plugins import Plugins
from freeco.testing import Visitor, make_community, make_member, sign_in_as
from freeco.testing.forms import fill_in, forms_of

TITLE = "Prêt du motoculteur"
TEXT = "Jean prête son motoculteur à Marie.\n\nElle le rend propre."
Visit = Callable[[Member], Visitor]


@pytest.fixture
def jean(community: Community) -> Member:
    return make_member(community, "Jean", "Martin")


@pytest.fixture
def anne(community: Community) -> Member:
    return make_member(community, "Anne", "Roux")


@pytest.fixture
def visit(client: Visitor) -> Visit:
    def enter(member: Member) -> Visitor:
        return sign_in_as(client, someone(member))

    return enter


@pytest.fixture
def accord(member: Member, jean: Member) -> Accord:
    """Give what Marie proposed to Jean."""
    found = accords.propose(member, jean, TITLE, TEXT, someone(member))
    db.session.commit()
    return found


def someone(member: Member) -> Person:
    assert member.person is not None
    return member.person


def all_accords() -> list[Accord]:
    db.session.expire_all()
    return list(db.session.scalars(select(Accord).order_by(Accord.id)))


def page_of(accord: Accord) -> str:
    return f"/lavergne/accords/{accord.id}"


def test_nothing_yet_says_what_an_accord_is_for(visit: Visit, member: Member) -> None:
    page = visit(member).get("/lavergne/accords").text
    assert "Aucun accord pour l’instant." in page
    assert "/lavergne/accords/nouveau" in page


def test_i_propose_an_accord_to_somebody_i_choose(
    visit: Visit, member: Member, jean: Member
) -> None:
    reader = visit(member)
    chosen = reader.get("/lavergne/accords/nouveau?q=martin").text
    assert f"/lavergne/accords/nouveau?avec={jean.id}" in chosen
    assert "jean.martin@example.org" not in chosen
    form = reader.get(f"/lavergne/accords/nouveau?avec={jean.id}")
    assert "chacun de vous verra les coordonnées de l’autre" in form.text
    answer = fill_in(reader, form, "/accords/nouveau", {"title": TITLE, "text": TEXT})
    (made,) = all_accords()
    assert answer.location == page_of(made)
    assert (made.proposer, made.other, made.text) == (member, jean, TEXT)
    shown = reader.get(page_of(made)).text
    assert "n’a pas encore répondu" in shown
    assert TITLE in reader.get("/lavergne/accords").text


def test_sending_the_same_form_twice_proposes_once(
    visit: Visit, member: Member, jean: Member
) -> None:
    reader = visit(member)
    form = reader.get(f"/lavergne/accords/nouveau?avec={jean.id}")
    for _click in range(2):
        fill_in(reader, form, "/accords/nouveau", {"title": TITLE, "text": TEXT})
    assert len(all_accords()) == 1


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(
    visit: Visit, member: Member, jean: Member
) -> None:
    reader = visit(member)
    form = reader.get(f"/lavergne/accords/nouveau?avec={jean.id}")
    answer = fill_in(reader, form, "/accords/nouveau", {"title": " ", "text": TEXT})
    assert answer.status_code == 422
    assert 'id="f-title-error"' in answer.text
    assert "Elle le rend propre." in answer.text
    assert fill_in(reader, answer, "/accords/nouveau", {"title": TITLE}).status_code == 302
    too_long = reader.post(
        "/lavergne/accords/nouveau", data={"other": jean.id, "title": "a" * 121, "text": "b"}
    )
    assert too_long.status_code == 422


@pytest.mark.parametrize("other", ["", "0", "-1", "abc", "99999999999", "9999", "１"])
def test_nobody_is_chosen_who_is_not_here(visit: Visit, member: Member, other: str) -> None:
    reader = visit(member)
    sent = {"other": other, "title": TITLE, "text": TEXT}
    assert reader.post("/lavergne/accords/nouveau", data=sent).status_code == 404
    if other:
        assert reader.get(f"/lavergne/accords/nouveau?avec={other}").status_code == 404
    assert all_accords() == []


def test_nobody_is_proposed_to_across_communities(visit: Visit, member: Member) -> None:
    stranger = make_member(make_community("ailleurs", "Ailleurs"), "Zoé", "Petit")
    sent = {"other": stranger.id, "title": TITLE, "text": TEXT}
    assert visit(member).post("/lavergne/accords/nouveau", data=sent).status_code == 404


def test_an_accord_takes_two_on_the_page_too(visit: Visit, member: Member) -> None:
    sent = {"other": member.id, "title": TITLE, "text": TEXT}
    answer = visit(member).post("/lavergne/accords/nouveau", data=sent)
    assert answer.status_code == 422
    assert "Un accord se fait à deux" in answer.text
    assert TITLE in answer.text


def test_i_am_told_on_my_home_and_agree(visit: Visit, jean: Member, accord: Accord) -> None:
    reader = visit(jean)
    home = reader.get("/lavergne/").text
    assert "1 accord vous est proposé" in home
    assert page_of(accord) in home
    shown = reader.get(page_of(accord))
    assert "chacun voit les coordonnées de l’autre" in shown.text
    asked = fill_in(reader, shown, "/d-accord")
    assert "Conclure cet accord avec Marie Dupont" in asked.text
    assert all_accords()[0].agreed_at is None
    assert fill_in(reader, asked, "/d-accord").location == page_of(accord)
    (made,) = all_accords()
    assert made.agreed_at is not None
    assert made.entry is not None
    shown_again = reader.get(page_of(accord)).text
    assert f"/lavergne/registre/recu/{made.entry.reference}" in shown_again
    assert "a dit son accord le" in shown_again
    assert "1 accord vous est proposé" not in reader.get("/lavergne/").text
    assert reader.get(f"/lavergne/registre/recu/{made.entry.reference}").status_code == 200
    assert "Ce qui est conclu" in reader.get("/lavergne/accords").text


def test_a_double_click_agrees_once(visit: Visit, jean: Member, accord: Accord) -> None:
    reader = visit(jean)
    for _click in range(2):
        assert reader.post(f"{page_of(accord)}/d-accord").location == page_of(accord)
    assert db.session.scalar(select(func.count(Accord.id))) == 1


def test_i_decline(visit: Visit, jean: Member, member: Member, accord: Accord) -> None:
    reader = visit(jean)
    asked = fill_in(reader, reader.get(page_of(accord)), "/refuser")
    fill_in(reader, asked, "/refuser")
    shown = visit(member).get(page_of(accord)).text
    assert "ne l’a pas souhaité, le" in shown
    assert "Ce qui n’a pas abouti" in visit(member).get("/lavergne/accords").text
    late = visit(jean).post(f"{page_of(accord)}/d-accord")
    assert late.status_code == 409
    assert "n’attend plus de réponse" in late.text


def test_i_take_my_proposal_back_and_its_words_up_again(
    visit: Visit, member: Member, jean: Member, accord: Accord
) -> None:
    reader = visit(member)
    asked = fill_in(reader, reader.get(page_of(accord)), "/retirer")
    fill_in(reader, asked, "/retirer")
    shown = reader.get(page_of(accord)).text
    assert "retirée le" in shown
    again = f"/lavergne/accords/nouveau?avec={jean.id}&amp;reprendre={accord.id}"
    assert again in shown
    (form,) = [
        each
        for each in forms_of(reader.get(again.replace("&amp;", "&")))
        if each.action.endswith("/accords/nouveau") and each.method == "POST"
    ]
    assert (form.values["title"], form.values["text"]) == ([TITLE], [TEXT])


def test_a_stranger_finds_nothing(visit: Visit, anne: Member, accord: Accord) -> None:
    reader = visit(anne)
    assert reader.get(page_of(accord)).status_code == 404
    for act in ("d-accord", "refuser", "retirer"):
        assert reader.post(f"{page_of(accord)}/{act}").status_code == 404
    assert reader.get(f"/lavergne/accords/nouveau?avec=1&reprendre={accord.id}").status_code == 404
    assert TITLE not in reader.get("/lavergne/accords").text
    assert all_accords()[0].is_waiting


def test_another_community_does_not_know_it(visit: Visit, accord: Accord, jean: Member) -> None:
    other = make_community("ailleurs", "Ailleurs")
    make_member(other, person=someone(jean))
    reader = visit(jean)
    assert reader.get(f"/ailleurs/accords/{accord.id}").status_code == 404
    assert reader.post(f"/ailleurs/accords/{accord.id}/d-accord").status_code == 404


def test_visitors_are_asked_to_sign_in(client: Visitor, accord: Accord) -> None:
    for page in ("/lavergne/accords", "/lavergne/accords/nouveau", page_of(accord)):
        assert client.get(page).status_code == 302


def test_the_proposer_does_not_answer(visit: Visit, member: Member, accord: Accord) -> None:
    reader = visit(member)
    assert "Je suis d’accord" not in reader.get(page_of(accord)).text
    assert reader.post(f"{page_of(accord)}/d-accord").status_code == 403
    assert all_accords()[0].is_waiting


def test_an_organisation_proposes_and_its_secretary_reads(
    visit: Visit, plugins: Plugins, community: Community, member: Member, jean: Member, anne: Member
) -> None:
    farm = register(plugins, community, kind="company", name="GAEC des Vergnes", founder=jean)
    give_role(farm, anne, "secretary", jean)
    db.session.commit()
    speaker = visit(jean)
    form = speaker.get(f"/lavergne/accords/nouveau?avec={member.id}")
    typed = {"title": TITLE, "text": TEXT, "side": str(farm.id)}
    fill_in(speaker, form, "/accords/nouveau", typed)
    (made,) = all_accords()
    assert made.proposer is farm
    assert "Parole donnée par Jean Martin" in visit(member).get(page_of(made)).text
    seen = visit(anne).get(page_of(made)).text
    assert "Retirer ma proposition" not in seen
    assert "engagent" in seen
    sent = {"other": member.id, "side": farm.id, "title": "Autre", "text": TEXT}
    assert visit(anne).post("/lavergne/accords/nouveau", data=sent).status_code == 404


def test_a_proxy_answers_for_whom_they_serve(
    visit: Visit, plugins: Plugins, community: Community, member: Member, jean: Member
) -> None:
    lucie = enter_person_without_email(
        plugins, community, "Lucie", "Vidal", proxy=someone(jean), charter_paper_signed=True
    )
    accords.propose(member, lucie, TITLE, TEXT, someone(member))
    db.session.commit()
    (made,) = all_accords()
    reader = visit(jean)
    assert reader.get(page_of(made)).status_code == 404
    with reader.session_transaction() as session:
        session["acting_for"] = lucie.id
    assert reader.post(f"{page_of(made)}/d-accord").location == page_of(made)
    (made,) = all_accords()
    assert made.agreed_by is jean.person


def test_a_member_s_page_leads_to_a_proposal(visit: Visit, member: Member, jean: Member) -> None:
    page = visit(member).get(f"/lavergne/membres/{jean.id}").text
    assert f"/lavergne/accords/nouveau?avec={jean.id}" in page


def test_the_navigation_leads_to_my_accords(visit: Visit, member: Member) -> None:
    assert 'href="/lavergne/accords"' in visit(member).get("/lavergne/moi").text


def test_words_are_shown_as_written_and_never_as_html(
    visit: Visit, member: Member, jean: Member
) -> None:
    bad = accords.propose(member, jean, "<b>x</b>", "<script>alert(1)</script>", someone(member))
    db.session.commit()
    page = visit(jean).get(page_of(bad)).text
    assert "<script>alert(1)" not in page
    assert "<b>x</b>" not in page
