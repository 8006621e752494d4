"""What changed this parameter: from its value to the decision, for whom it is written."""

from datetime import date

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select

from freeco import activation
from freeco.charter import services as charter
from freeco.cost_price import commands, keys
from freeco.cost_price.models import Basis, Pool
from freeco.db import db
from freeco.first_run.rehearsal import rehearse
from freeco.kernel import Kernel, kernel
from freeco.members import membership
from freeco.members.models import STEWARD, Admission, Community, Member
from freeco.module import Module, Ref, RefLabel
from freeco.plugins import Plugins
from freeco.record import parameters
from freeco.record.kinds import kinds
from freeco.record.models import ParameterChange, RecordOpening
from freeco.record.parameter_names import admission_code, decision
from freeco.record.parameter_values import current, notice, values
from freeco.record.parameter_words import label_of, words_of
from freeco.record.statement import Statement
from freeco.testing import Visitor, make_community, make_member, sign_in_as
from freeco.testing.forms import fill_in
from freeco.testing.modules import module_object

PAGE = "/lavergne/registre/reglages"
NEW_YEAR = date(2026, 1, 1)
GARDEN = Module("garden", "Jardin", "", opens_at=30)


@pytest.fixture
def steward(community: Community) -> Member:
    return make_member(community, "Sylvie", "Marty", permissions=(STEWARD,))


@pytest.fixture
def garden(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Plugins:
    """Install a garden that opens at 30 members, and knows of a decision."""

    def told(ref: Ref) -> RefLabel | None:
        return RefLabel("Le vote de mai", "/vote/7") if ref == Ref("garden", "vote", 7) else None

    plugins = Plugins()
    plugins.add("garden", module_object(GARDEN, freeco_ref=told))
    monkeypatch.setitem(app.extensions, "freeco", Kernel(kernel().settings, plugins))
    return plugins


def changes(community: Community, name: str) -> list[tuple[str, str]]:
    """Return what a parameter went through, the first first."""
    found = parameters.history(community, name)
    return [(row.before, row.after) for row, _entry in reversed(found)]


def sentence(community: Community, name: str) -> str:
    _row, entry = parameters.history(community, name)[0]
    return str(kinds()[entry.kind].sentence(Statement.read(entry.entry).about)).replace("\xa0", " ")


def test_a_threshold_that_a_steward_changes_is_stated_with_its_reason_sealed(
    community: Community, steward: Member, garden: Plugins
) -> None:
    why = "Nous sommes douze à vouloir commencer."
    activation.set_threshold(garden, community, GARDEN, 12, by=steward, reason=why)
    ((row, entry),) = parameters.history(community, "threshold.garden")
    assert (row.before, row.after, row.reason) == ("30", "12", why)
    assert row.changed_by_id == steward.id
    statement = Statement.read(entry.entry)
    assert statement.about == {"parameter": "threshold.garden", "before": "30", "after": "12"}
    assert b"douze" not in entry.entry
    opening = db.session.scalars(select(RecordOpening).where(RecordOpening.entry == entry)).one()
    assert (opening.fields, opening.member) == ({"reason": why}, steward)
    assert sentence(community, "threshold.garden") == (
        "Seuil d’ouverture du service « Jardin » : de « 30 membres » à « 12 membres »."
    )


def test_the_same_value_again_changes_nothing(
    community: Community, steward: Member, garden: Plugins
) -> None:
    for _click in range(2):
        activation.set_threshold(garden, community, GARDEN, 12, by=steward)
    assert changes(community, "threshold.garden") == [("30", "12")]


def test_who_may_come_in_is_a_parameter(community: Community, steward: Member) -> None:
    said = {"name": "Lavergne", "commune": "", "presentation": ""}
    for admission, domain in (("open", ""), ("domain", "mairie-lavergne.fr"), ("invitation", "")):
        membership.describe(community, admission=admission, email_domain=domain, by=steward, **said)
    assert changes(community, "admission") == [
        ("open", "domain:mairie-lavergne.fr"),
        ("domain:mairie-lavergne.fr", "invitation"),
    ]
    assert sentence(community, "admission") == (
        "Qui peut entrer : de « Cercle fermé, aux adresses de mairie-lavergne.fr » "
        "à « Cercle fermé, sur invitation »."
    )


def test_a_domain_that_is_no_code_is_written_as_one(community: Community) -> None:
    community.admission, community.email_domain = Admission.DOMAIN, "forêt de sel.fr"
    assert admission_code(community) == "domain:for-t-de-sel.fr"


def test_what_the_platform_takes_stands_in_the_record_of_each_community(
    plugins: Plugins, community: Community, steward: Member
) -> None:
    other = make_community("assiac", "Assiac")
    rehearse(plugins, community, "fr")
    keys.publish_rate(160, NEW_YEAR)
    for _click in range(2):
        keys.publish_key(Pool.SERVERS, Basis.MEMBER, NEW_YEAR, reason="Assemblée de mars")
    for each in (community, other):
        assert changes(each, "cost.rate") == [("", "160:0:2026-01-01")]
        assert changes(each, "cost.key.servers") == [("", "member:2026-01-01")]
    assert set(db.session.scalars(select(ParameterChange.community_id))) == {community.id, other.id}
    assert sentence(other, "cost.rate").endswith(
        "« 1,6\u202f%, à partir du jeudi 1er janvier 2026 », pour commencer."
    )


def test_the_record_begins_with_what_each_parameter_is_and_then_waits(
    community: Community, garden: Plugins
) -> None:
    for _day in range(2):
        notice(community)
    begun = {"admission": "open", "charter.version": "1", "threshold.garden": "30"}
    assert dict(values(community)) == begun
    assert {name: changes(community, name) for name in begun} == {
        name: [("", code)] for name, code in begun.items()
    }
    assert [each.changes for each in current(community)] == [0, 0, 0]
    begun_with = "Charte en vigueur : « version 1 », pour commencer."
    assert sentence(community, "charter.version") == begun_with


def test_a_new_version_of_the_charter_is_noticed(
    community: Community, garden: Plugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice(community)
    monkeypatch.setattr(charter, "current_version", lambda _community=None: "2 bis")
    notice(community)
    assert changes(community, "charter.version") == [("", "1"), ("1", "2-bis")]
    (version,) = [each for each in current(community) if each.name == "charter.version"]
    assert (version.value, version.changes) == ("version 2-bis", 1)


def test_what_is_known_no_more_is_shown_by_its_code(app: Flask) -> None:
    assert label_of("quota.seeds") == "quota.seeds"
    assert words_of("quota.seeds", "12") == "12"
    assert words_of("cost.rate", "a new way") == "a new way"
    assert label_of("cost.key.rockets") == "rockets"


@pytest.mark.parametrize("code", ["garden:vote:7", "direct_sales:season:12"])
def test_a_decision_is_named_by_module_kind_and_number(code: str) -> None:
    found = decision(code)
    assert found is not None
    assert f"{found.module}:{found.kind}:{found.id}" == code


@pytest.mark.parametrize("code", ["garden", "garden:vote:x", "Jean:Martin:1", "a:b:1:2", "a:b:1 "])
def test_what_names_no_decision_is_refused(community: Community, code: str) -> None:
    assert decision(code) is None
    with pytest.raises(ValueError, match="names no decision"):
        parameters.changed(community, "admission", "open", "domain", decided=code)


def decided(community: Community, steward: Member, code: str) -> None:
    parameters.changed(
        community,
        "threshold.garden",
        "30",
        "12",
        member=steward,
        reason="Le printemps n’attend pas.",
        decided=code,
    )
    db.session.commit()


def test_anybody_reads_what_changed_and_members_why(
    client: Visitor, community: Community, steward: Member, garden: Plugins
) -> None:
    activation.set_threshold(garden, community, GARDEN, 30)
    decided(community, steward, "garden:vote:7")
    for address in (PAGE, f"{PAGE}/threshold.garden"):
        page = client.get(address)
        assert page.status_code == 200
        assert "30 membres" in page.text
        assert "Le printemps" not in page.text
        assert "Le vote de mai" not in page.text
    assert steward.person is not None
    sign_in_as(client, steward.person)
    page = client.get(f"{PAGE}/threshold.garden")
    assert "Le printemps n’attend pas." in page.text
    assert '<a href="/vote/7">Le vote de mai</a>' in page.text
    ((_row, entry),) = parameters.history(community, "threshold.garden")
    assert f"/lavergne/registre/i/{entry.reference}" in page.text
    assert client.get(f"/lavergne/registre/i/{entry.reference}").status_code == 200


def test_a_decision_that_its_module_forgot_leaves_the_reason(
    client: Visitor, community: Community, steward: Member, garden: Plugins
) -> None:
    decided(community, steward, "garden:vote:8")
    assert steward.person is not None
    page = sign_in_as(client, steward.person).get(f"{PAGE}/threshold.garden")
    assert "Le printemps n’attend pas." in page.text
    assert "Décidé ici" not in page.text


def test_the_latest_change_comes_first(
    client: Visitor, community: Community, steward: Member, garden: Plugins
) -> None:
    for members in (20, 12):
        activation.set_threshold(garden, community, GARDEN, members, by=steward)
    db.session.commit()
    text = client.get(f"{PAGE}/threshold.garden").text
    assert text.index("12 membres") < text.index("30 membres")
    assert "2 changements" in client.get(PAGE).text


def test_a_parameter_that_nobody_knows_is_absent(client: Visitor, community: Community) -> None:
    assert client.get(f"{PAGE}/threshold.rockets").status_code == 404


def test_a_closed_circle_s_parameters_are_for_its_members(
    client: Visitor, community: Community, steward: Member
) -> None:
    community.admission = Admission.INVITATION
    db.session.commit()
    assert client.get(PAGE).status_code == 404
    assert client.get(f"{PAGE}/admission").status_code == 404
    assert steward.person is not None
    assert sign_in_as(client, steward.person).get(f"{PAGE}/admission").status_code == 200


def test_a_rehearsal_says_that_nothing_is_stated(
    client: Visitor, plugins: Plugins, community: Community, steward: Member
) -> None:
    copy = rehearse(plugins, community, "fr")
    assert steward.person is not None
    sign_in_as(client, steward.person)
    for address in ("reglages", "reglages/admission"):
        page = client.get(f"/{copy.slug}/registre/{address}")
        assert page.status_code == 200
        assert "Ceci est une répétition" in page.text


def test_a_steward_says_why_on_the_page(
    client: Visitor, community: Community, steward: Member, garden: Plugins
) -> None:
    assert steward.person is not None
    sign_in_as(client, steward.person)
    page = client.get("/lavergne/gerer")
    typed = {"members": "12", "why": "Le printemps n’attend pas."}
    assert fill_in(client, page, "/seuils/garden", typed).status_code == 302
    typed = {"admission": "invitation", "why": "Trop de monde."}
    assert fill_in(client, page, "/gerer/presentation", typed).status_code == 302
    db.session.expire_all()
    for name, reason in (
        ("threshold.garden", "Le printemps n’attend pas."),
        ("admission", "Trop de monde."),
    ):
        ((row, _entry),) = parameters.history(community, name)
        assert (row.reason, row.changed_by_id) == (reason, steward.id)


def test_a_reason_that_is_too_long_loses_nothing_of_what_was_typed(
    client: Visitor, community: Community, steward: Member, garden: Plugins
) -> None:
    assert steward.person is not None
    sign_in_as(client, steward.person)
    typed = {"members": "12", "why": "a" * 501}
    page = client.post("/lavergne/gerer/seuils/garden", data=typed)
    assert page.status_code == 422
    assert "a" * 501 in page.text
    assert "Ce texte est trop long." in page.text


def run(*words: str) -> Result:
    return CliRunner().invoke(commands.cost, words)


def test_the_cooperative_says_why_and_which_decision(community: Community) -> None:
    why = ("--why", "Assemblée de mars", "--decided", "garden:vote:7")
    assert run("rate", "1,6", "--from", "2026-01-01", *why).exit_code == 0
    assert run("key", "servers", "member", "--from", "2026-01-01", *why).exit_code == 0
    for name in ("cost.rate", "cost.key.servers"):
        ((row, _entry),) = parameters.history(community, name)
        assert (row.reason, row.decided) == ("Assemblée de mars", "garden:vote:7")


def test_the_cooperative_names_a_decision_or_none(community: Community) -> None:
    result = run("rate", "1,6", "--from", "2026-01-01", "--decided", "le vote de mars")
    assert result.exit_code == 2
    assert "écrivez une décision" in result.output
    assert not changes(community, "cost.rate")
