import re
from collections.abc import Callable
from datetime import timedelta

import feedparser
from sqlalchemy import func, select

from freeco.clock import now
from freeco.db import db
from freeco.members.models import Admission, Community, Member
from freeco.notifications.models import Notice
from freeco.testing.forms import fill_in
from freeco.testing.people import make_community, make_member, open_module
from freeco.testing.visitor import Visitor
from freeco_bulletin import notices
from freeco_bulletin.models import BulletinNotice, Level, NoticeState

Write = Callable[..., BulletinNotice]
Visit = Callable[[Member], Visitor]
PAGE = "/lavergne/bulletin/"
WORD_PASTE = (
    "Programme\u00a0:\x0b\uf0b7\tfoire\r\n•\tsoupe\u200b à midi\r\n\r\n\r\n\r\nVenez\u00ad nombreux"
)
ARABIC = "سوق النباتات تحت القاعة"


def typed(**more: str) -> dict[str, str]:
    return {
        "title": "Foire aux plants",
        "text": "Sous la halle.",
        "level": "ordinary",
        "visible_until": "2026-11-16",
    } | more


def written() -> list[BulletinNotice]:
    db.session.rollback()
    return list(db.session.scalars(select(BulletinNotice).order_by(BulletinNotice.id)))


def test_a_clerk_tells_everyone_in_two_forms(
    visiting: Visit, clerk: Member, member: Member, community: Community
) -> None:
    client = visiting(clerk)
    kept = fill_in(
        client,
        client.get(f"{PAGE}redaction/nouvelle"),
        "/redaction/nouvelle",
        {"title": "Route barrée", "text": "Au pont du Moulin.", "level": "urgent"},
    )
    preview = client.get(kept.location)
    assert "Urgent, Amis de Lavergne : Route barrée." in preview.text
    assert "2 membres le recevront par e-mail" in preview.text
    assert "Je répète\u00a0: Route barrée." in preview.text
    for _click in range(2):
        fill_in(client, fill_in(client, preview, "/publier"), "/publier")
    assert db.session.scalar(select(func.count(Notice.id))) == 2
    client.get("/deconnexion")
    with client.session_transaction() as session:
        session.clear()
    assert "Route barrée" in client.get(PAGE).text


def test_what_was_typed_stays_when_something_is_wrong(visiting: Visit, clerk: Member) -> None:
    client = visiting(clerk)
    for wrong, word in (
        ({"title": "x" * 71}, "trop long"),
        ({"text": "x" * 2001}, "trop long"),
        ({"level": "terrible"}, "Ce choix n’existe pas"),
        ({"starts": "09:00"}, "Indiquez le jour"),
        ({"happens_on": "2026-11-14", "starts": "midi"}, "Écrivez l’heure"),
        ({"happens_on": "2026-11-14", "starts": "12:00", "ends": "9:00"}, "La fin vient avant"),
        ({"happens_on": "2026-11-14", "ends": "9:00"}, "heure du début"),
        ({"happens_on": "2026-11-14", "last_on": "2026-11-13"}, "Le dernier jour vient avant"),
        ({"visible_from": "2026-11-20"}, "vient avant le premier"),
        ({"visible_until": "2036-11-20"}, "plus d’un an"),
        ({"organisation": "12"}, "où l’on tient un rôle"),
    ):
        answer = client.post(f"{PAGE}redaction/nouvelle", data=typed(place="Halle", **wrong))
        assert answer.status_code == 422, wrong
        assert word in answer.text, wrong
        assert 'value="Halle"' in answer.text
    assert not written()


def test_a_text_pasted_from_word_is_read_as_it_was_meant(visiting: Visit, clerk: Member) -> None:
    visiting(clerk).post(
        f"{PAGE}redaction/nouvelle", data=typed(title="Foire\r\naux plants ", text=WORD_PASTE)
    )
    (notice,) = written()
    assert notice.title == "Foire aux plants"
    assert notice.text == ("Programme\u00a0:\n- foire\n- soupe à midi\n\nVenez nombreux")


def test_a_title_written_from_right_to_left_keeps_its_place(visiting: Visit, clerk: Member) -> None:
    client = visiting(clerk)
    answer = client.post(f"{PAGE}redaction/nouvelle", data=typed(title="\u202e" + ARABIC))
    assert written()[0].title == ARABIC
    client.post(f"{answer.location}/publier")
    page = client.get(PAGE).text
    assert re.search(rf'<h2 dir="auto">.*{ARABIC}', page)


def test_days_and_hours_come_back_as_they_were_typed(visiting: Visit, clerk: Member) -> None:
    client = visiting(clerk)
    for days, said in (
        ({"happens_on": "2026-11-14"}, "Samedi 14 novembre 2026<"),
        ({"happens_on": "2026-11-14", "starts": "9h"}, "Samedi 14 novembre 2026 à 9\u00a0h<"),
        (
            {"happens_on": "2026-11-14", "starts": "09:00", "ends": "12:30"},
            "Samedi 14 novembre 2026, de 9\u00a0h à 12\u00a0h\u00a030<",
        ),
        (
            {"happens_on": "2026-11-09", "last_on": "2026-11-13"},
            "Du lundi 9 novembre 2026 au vendredi 13 novembre 2026<",
        ),
    ):
        answer = client.post(f"{PAGE}redaction/nouvelle", data=typed(**days))
        assert said in client.get(answer.location).text
        again = fill_in(client, client.get(f"{answer.location}/modifier"), "/modifier")
        assert said in client.get(again.location).text


def test_readers_do_not_write(visiting: Visit, member: Member, write: Write) -> None:
    client, draft = visiting(member), write()
    for address in (
        "redaction",
        "redaction/nouvelle",
        f"redaction/{draft.id}",
        f"redaction/{draft.id}/modifier",
        f"redaction/{draft.id}/affiche.png",
        "gazette",
        "gazette/2026-11",
        "gazette/2026-11.pdf",
    ):
        assert client.get(PAGE + address).status_code == 403, address
    for act in ("publier", "modifier", "image", "retirer", "corriger", "supprimer"):
        assert client.post(f"{PAGE}redaction/{draft.id}/{act}").status_code == 403, act
    for address in (f"{draft.id}", f"{draft.id}/image.jpg", f"{draft.id}/affiche.pdf"):
        assert client.get(PAGE + address).status_code == 404, address
    assert draft.title not in client.get(PAGE).text


def test_another_community_s_notices_are_absent(
    visiting: Visit, show: Write, elsewhere: Community
) -> None:
    notice = show()
    client = visiting(make_member(elsewhere, "Luc", "Petit", permissions=("bulletin.publish",)))
    for address in (
        f"{notice.id}",
        f"{notice.id}/affiche.pdf",
        f"redaction/{notice.id}",
        f"redaction/{notice.id}/modifier",
    ):
        assert client.get(f"/ailleurs/bulletin/{address}").status_code == 404
    assert client.post(f"/ailleurs/bulletin/redaction/{notice.id}/publier").status_code == 404
    assert notice.title not in client.get("/ailleurs/bulletin/").text


def test_a_closed_circle_shows_strangers_nothing(client: Visitor, app: object) -> None:
    circle = make_community("cercle", "Le Cercle", Admission.INVITATION)
    open_module(circle, "bulletin")
    for address in ("", "fil.xml", "1"):
        assert client.get(f"/cercle/bulletin/{address}").status_code == 404


def test_strangers_read_what_is_published_and_print_nothing(
    client: Visitor, opened: None, show: Write
) -> None:
    notice = show("Foire aux plants", place="La halle")
    page = client.get(f"{PAGE}{notice.id}")
    assert '<meta name="description" content="Sous la halle, de neuf heures à midi.">' in page.text
    assert "La halle" in page.text
    assert "Awa" not in page.text
    assert client.get(f"{PAGE}{notice.id}/affiche.pdf").status_code == 302


def test_the_feed_is_read_by_an_independent_reader(
    client: Visitor, opened: None, show: Write
) -> None:
    show("Pain & <fromage>", "Venez tôt.\n\nÀ la halle.", level=Level.URGENT)
    show("Foire")
    answer = client.get(f"{PAGE}fil.xml")
    feed = feedparser.parse(answer.data)
    assert not feed.bozo
    assert feed.version == "atom10"
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    assert [entry.title_detail.value for entry in feed.entries] == [
        "Foire",
        "Urgent\u00a0: Pain & <fromage>",
    ]
    first = feed.entries[0]
    assert first.link.startswith("http://localhost/lavergne/bulletin/")
    assert first.published == "2026-11-02T09:00:00+00:00"
    assert first.author == "Amis de Lavergne"


def test_an_empty_feed_is_a_feed(client: Visitor, opened: None) -> None:
    feed = feedparser.parse(client.get(f"{PAGE}fil.xml").data)
    assert not feed.bozo
    assert feed.entries == []


def test_a_withdrawn_notice_keeps_its_page_and_loses_its_text(
    visiting: Visit, clerk: Member, show: Write, photograph: bytes
) -> None:
    notice = show()
    client = visiting(clerk)
    refused = client.post(f"{PAGE}redaction/{notice.id}/retirer", data={"reason": ""})
    assert refused.status_code == 422
    preview = client.get(f"{PAGE}redaction/{notice.id}")
    asked = fill_in(client, preview, "/retirer", {"reason": "La halle est prise"})
    fill_in(client, asked, "/retirer")
    page = client.get(f"{PAGE}{notice.id}").text
    assert "La halle est prise" in page
    assert "de neuf heures à midi" not in page
    assert client.get(f"{PAGE}{notice.id}/affiche.pdf").status_code == 404


def test_a_corrected_notice_leads_to_the_new_one(
    visiting: Visit, clerk: Member, show: Write
) -> None:
    notice, client = show(), visiting(clerk)
    form = fill_in(client, client.get(f"{PAGE}redaction/{notice.id}"), "/corriger")
    kept = fill_in(
        client, client.get(form.location), "/modifier", {"title": "Foire aux plants, dimanche"}
    )
    client.post(f"{kept.location}/publier")
    newer = kept.location.rpartition("/")[2]
    assert f'href="{PAGE}{newer}"' in client.get(f"{PAGE}{notice.id}").text
    assert "Cette annonce en remplace une autre" in client.get(f"{PAGE}{newer}").text


def test_a_draft_is_thrown_away(visiting: Visit, clerk: Member, write: Write) -> None:
    draft, client = write(), visiting(clerk)
    asked = fill_in(client, client.get(f"{PAGE}redaction/{draft.id}"), "/supprimer")
    assert written()
    fill_in(client, asked, "/supprimer")
    assert not written()


def test_who_can_help_is_seen_by_the_author_alone(
    visiting: Visit, clerk: Member, member: Member, community: Community, show: Write
) -> None:
    notice = show("Bâcher la serre", asks_help=True)
    address = f"{PAGE}{notice.id}"
    client = visiting(member)
    fill_in(client, client.get(address), "/aide")
    assert "vous avez proposé votre aide" in client.get(address).text
    other = make_member(community, "Luc", "Petit", permissions=("bulletin.publish",))
    assert "Marie Dupont" not in visiting(other).get(address).text
    client = visiting(clerk)
    assert "Marie Dupont" in client.get(address).text
    shown = client.get(f"/lavergne/membres/{member.id}")
    assert "marie@example.org" in shown.text
    client = visiting(member)
    fill_in(client, client.get(address), "/aide/retirer")
    assert "Marie Dupont" not in visiting(clerk).get(address).text


def test_a_stranger_is_sent_to_sign_in_before_helping(
    client: Visitor, opened: None, show: Write
) -> None:
    notice = show(asks_help=True)
    assert "Connectez-vous pour proposer votre aide" in client.get(f"{PAGE}{notice.id}").text
    assert client.post(f"{PAGE}{notice.id}/aide").status_code == 302


def test_the_own_files_of_the_module_are_served(client: Visitor, opened: None) -> None:
    (address,) = re.findall(r'href="([^"]+bulletin\.css\?v=[0-9a-f]{10})"', client.get(PAGE).text)
    style = client.get(address, buffered=True)
    assert style.content_type.startswith("text/css")
    assert "max-age=604800" in style.headers["Cache-Control"]
    assert "Set-Cookie" not in style.headers
    for absent in ("bulletin/../routes.py", "bulletin/%2e%2e/routes.py", "nowhere/bulletin.css"):
        assert client.get(f"/fichiers/{absent}").status_code == 404


def test_the_list_of_those_in_charge_tells_drafts_from_the_rest(
    visiting: Visit, clerk: Member, write: Write, show: Write
) -> None:
    write("Un brouillon")
    notices.withdraw(show("Une ancienne"), "Erreur")
    show("Une annonce")
    db.session.commit()
    page = visiting(clerk).get(f"{PAGE}redaction").text
    assert re.findall("Un brouillon|Une annonce|Une ancienne", page) == [
        "Un brouillon",
        "Une annonce",
        "Une ancienne",
    ]
    assert written()[1].state == NoticeState.WITHDRAWN


def test_a_notice_for_later_says_when_it_will_be_told(
    visiting: Visit, clerk: Member, write: Write
) -> None:
    notice = write(visible_from=now() + timedelta(days=3))
    client = visiting(clerk)
    answer = client.post(f"{PAGE}redaction/{notice.id}/publier", follow_redirects=True)
    assert "elle paraîtra le jour choisi" in answer.text
    assert "les membres seront prévenus ce jour-là" in answer.text
    assert notice.title not in client.get(PAGE).text


def test_a_published_notice_is_not_typed_over(visiting: Visit, clerk: Member, show: Write) -> None:
    answer = visiting(clerk).post(f"{PAGE}redaction/{show().id}/modifier", data=typed())
    assert answer.status_code == 409
    assert "écrivez une correction" in answer.text
