"""Documents and statements are read by those they concern, and exist for nobody else."""

from datetime import date
from io import BytesIO

import facturx
import pytest
from pypdf import PdfReader
from sqlalchemy import select

from freeco.accounting import recording
from freeco.accounting.books import open_book
from freeco.accounting.facts import Commitment, Received, Refund
from freeco.db import db
from freeco.documents.amounts import line_of
from freeco.documents.issuing import issue_credit_note, issue_invoice
from freeco.documents.models import Document, DocumentSeries
from freeco.documents.printing import pdf_of
from freeco.documents.sellers import buyer_of
from freeco.documents.statements import Moved, customer_statements, own_statement
from freeco.first_run.rehearsal import rehearse
from freeco.first_run.wiping import wipe
from freeco.members.households import household_of
from freeco.members.models import Community, Member
from freeco.members.privacy import export
from freeco.money import Money
from freeco.organisations.models import Organisation, OrganisationRole, Role
from freeco.payments.parties import party_of
from freeco.plugins import Plugins
from freeco.testing import Visitor, make_community, make_member, sign_in_as
from freeco.testing.noon import DAY

pytestmark = pytest.mark.usefixtures("noon")
YEAR = DAY.year
FIRST, LAST = date(YEAR, 1, 1), date(YEAR, 12, 31)


def make_farm(community: Community, name: str = "GAEC des Vergnes") -> Member:
    body = Organisation(
        kind="company", name=name, siren="732829320", address="Les Vergnes", commune="Assiac"
    )
    found = Member(community=community, organisation=body)
    db.session.add(found)
    db.session.flush()
    return found


def invoice_of(farm: Member, member: Member, key: str = "a") -> Document:
    """Promise ten baskets, pay a hundred euros, deliver two of the baskets."""
    assert farm.organisation is not None
    book = open_book(farm.organisation)
    household = household_of(member)
    party = party_of(household)
    recording.record(book, Commitment(party, Money(11500)), FIRST, f"season:{key}")
    received = Received(party, Money(10000), "cheque")
    recording.record(book, received, FIRST, f"cheque:{key}")
    document = issue_invoice(
        book,
        buyer=buyer_of(household),
        lines=[line_of("Panier", Money(1150), 2)],
        day=date(YEAR, 1, 31),
        key=key,
        community=farm.community,
        from_advances=True,
    )
    db.session.commit()
    return document


@pytest.fixture
def farm(community: Community) -> Member:
    return make_farm(community)


@pytest.fixture
def invoice(farm: Member, member: Member) -> Document:
    return invoice_of(farm, member)


def act_for(farm: Member, member: Member, role: str = Role.TREASURER) -> None:
    assert farm.organisation is not None
    assert member.person_id is not None
    db.session.add(
        OrganisationRole(organisation=farm.organisation, person_id=member.person_id, role=role)
    )
    db.session.commit()


def as_(client: Visitor, member: Member) -> Visitor:
    assert member.person is not None
    return sign_in_as(client, member.person)


def test_a_member_finds_the_invoice_and_its_paper_stays_the_same(
    client: Visitor, invoice: Document, member: Member
) -> None:
    visitor = as_(client, member)
    page = visitor.get("/lavergne/mes-factures")
    assert page.status_code == 200
    assert invoice.number in page.text
    first = visitor.get(f"/lavergne/mes-factures/{invoice.id}.pdf")
    assert first.content_type == "application/pdf"
    assert first.data.startswith(b"%PDF")
    assert visitor.get(f"/lavergne/mes-factures/{invoice.id}.pdf").data == first.data
    db.session.rollback()
    assert invoice.pdf == first.data
    assert visitor.get(f"/lavergne/mes-factures/{invoice.id}.xml").data == invoice.xml


def test_the_paper_is_tagged_french_and_carries_the_very_xml(
    client: Visitor, invoice: Document, member: Member
) -> None:
    made = as_(client, member).get(f"/lavergne/mes-factures/{invoice.id}.pdf").data
    name, xml = facturx.get_xml_from_pdf(made, check_xsd=True)
    assert (name, xml) == ("factur-x.xml", invoice.xml)
    reader = PdfReader(BytesIO(made))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]
    assert str(root["/Lang"]).startswith("fr")
    metadata = root["/Metadata"].get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in metadata
    assert "EN 16931" in metadata
    text = reader.pages[0].extract_text()
    assert invoice.number in text
    assert "TVA non applicable, art. 293 B du CGI" in text


def test_nobody_else_finds_it(client: Visitor, community: Community, invoice: Document) -> None:
    other = as_(client, make_member(community, "Jean", "Martin"))
    assert invoice.number not in other.get("/lavergne/mes-factures").text
    for form in ("pdf", "xml"):
        assert other.get(f"/lavergne/mes-factures/{invoice.id}.{form}").status_code == 404


def test_it_does_not_exist_in_another_community(
    client: Visitor, invoice: Document, member: Member
) -> None:
    elsewhere = make_community("ailleurs", "Ailleurs")
    make_member(elsewhere, person=member.person)
    visitor = as_(client, member)
    assert invoice.number not in visitor.get("/ailleurs/mes-factures").text
    assert visitor.get(f"/ailleurs/mes-factures/{invoice.id}.pdf").status_code == 404


def test_who_acts_for_the_organisation_finds_what_it_issued(
    client: Visitor, community: Community, farm: Member, invoice: Document
) -> None:
    keeper = make_member(community, "Jean", "Martin")
    act_for(farm, keeper)
    visitor = as_(client, keeper)
    where = f"/lavergne/organisations/{farm.id}/factures"
    assert invoice.number in visitor.get(where).text
    for form in ("pdf", "xml"):
        assert visitor.get(f"{where}/{invoice.id}.{form}").status_code == 200
    assert where in visitor.get(f"/lavergne/organisations/{farm.id}").text
    table = visitor.get(f"{where}/releve-{YEAR}.csv").data.decode("utf-8-sig")
    assert "0,00;115,00;100,00;0,00;23,00;15,00" in table
    assert visitor.get(f"{where}/releve-{YEAR}.pdf").data.startswith(b"%PDF")
    assert visitor.get(f"{where}/releve-1990.pdf").status_code == 404


def test_the_organisation_s_documents_exist_for_nobody_else(
    client: Visitor, community: Community, farm: Member, invoice: Document, member: Member
) -> None:
    another = make_farm(community, "Le Fournil")
    act_for(another, member)
    act_for(farm, secretary := make_member(community, "Jean", "Martin"), Role.SECRETARY)
    for each in (member, secretary):
        visitor = as_(client, each)
        where = f"/lavergne/organisations/{farm.id}/factures"
        for more in ("", f"/{invoice.id}.pdf", f"/{invoice.id}.xml", f"/releve-{YEAR}.csv"):
            assert visitor.get(where + more).status_code == 404
        assert where not in visitor.get(f"/lavergne/organisations/{farm.id}").text
    mine = as_(client, member)
    wrong = f"/lavergne/organisations/{another.id}/factures/{invoice.id}"
    for form in ("pdf", "xml"):
        assert mine.get(f"{wrong}.{form}").status_code == 404


def test_an_organisation_reads_what_it_was_invoiced(
    client: Visitor, community: Community, farm: Member
) -> None:
    association = make_farm(community, "AMAP des Trois Ponts")
    keeper = make_member(community, "Jean", "Martin")
    act_for(association, keeper)
    assert farm.organisation is not None
    assert association.organisation is not None
    received = issue_invoice(
        open_book(farm.organisation),
        buyer=buyer_of(association.organisation),
        lines=[line_of("Panier", Money(1150))],
        day=FIRST,
        key="org",
        community=community,
    )
    db.session.commit()
    where = f"/lavergne/organisations/{association.id}/factures"
    visitor = as_(client, keeper)
    assert "de GAEC des Vergnes" in visitor.get(where).text
    assert visitor.get(f"{where}/{received.id}.pdf").status_code == 200


def test_a_statement_says_what_was_promised_paid_and_delivered(
    invoice: Document, farm: Member, member: Member
) -> None:
    assert farm.organisation is not None
    book = open_book(farm.organisation)
    refund = Refund(invoice.party, Money(1000), "cheque")
    recording.record(book, refund, date(YEAR, 2, 1), "refund")
    (account,) = own_statement(member, FIRST, LAST)
    assert account.sums == Moved(Money(11500), Money(10000), Money(1000), Money(2300))
    assert account.balance == Money(2500)
    assert [each.balance for each in account.lines][-1] == Money(2500)
    (later,) = own_statement(member, date(YEAR, 2, 1), LAST)
    assert later.opening == Money(1500)
    assert later.balance == Money(2500)
    assert not own_statement(member, FIRST.replace(year=YEAR - 2), FIRST.replace(year=YEAR - 1))
    (customer,) = customer_statements(book, FIRST, LAST)
    assert (customer.party, customer.sums) == (invoice.party, account.sums)


def test_a_credit_note_lessens_what_was_promised(
    client: Visitor, invoice: Document, member: Member
) -> None:
    issue_credit_note(invoice, reason="Grêle", day=LAST, key="n")
    db.session.commit()
    (account,) = own_statement(member, FIRST, LAST)
    assert account.sums.promised == Money(9200)
    page = as_(client, member).get(f"/lavergne/mes-factures?annee={YEAR}").text
    assert f"A{YEAR}-00001" in page
    assert f"sur {invoice.number}" in page


def test_the_statement_of_a_year_is_a_file(
    client: Visitor, invoice: Document, member: Member
) -> None:
    visitor = as_(client, member)
    table = visitor.get(f"/lavergne/mes-factures/releve-{YEAR}.csv").data.decode("utf-8-sig")
    assert "GAEC des Vergnes;Engagement de saison" in table
    assert visitor.get(f"/lavergne/mes-factures/releve-{YEAR}.pdf").data.startswith(b"%PDF")
    assert visitor.get(f"/lavergne/mes-factures/releve-{YEAR + 1}.pdf").status_code == 404
    assert visitor.get("/lavergne/mes-factures?annee=abc").status_code == 200


def test_somebody_without_documents_is_told_so(client: Visitor, member: Member) -> None:
    page = as_(client, member).get("/lavergne/mes-factures").text
    assert "Aucune facture pour l’instant" in page
    assert "Rien n’a bougé" in page


def test_all_that_is_known_about_somebody_has_their_documents(
    invoice: Document, member: Member, plugins: Plugins
) -> None:
    assert member.person is not None
    (known,) = export(plugins, member.person)["memberships"]
    (told,) = known["documents"]
    assert told["number"] == invoice.number
    assert told["content"]["buyer"]["name"] == invoice.content["buyer"]["name"]


def test_what_a_rehearsal_issued_is_marked_and_goes_with_it(
    community: Community,
) -> None:
    make_member(community)
    copy = rehearse(Plugins(), community, "fr")
    tried = make_farm(copy)
    someone = make_member(copy, "Anne", "Rey")
    invoice_of(tried, someone)
    real = invoice_of(make_farm(community), make_member(community, "Zoé", "Blanc"))
    played = db.session.scalars(select(Document).where(Document.id != real.id)).one()
    text = PdfReader(BytesIO(pdf_of(played))).pages[0].extract_text()
    assert "sans aucune valeur" in text
    assert "sans aucune valeur" in played.xml.decode()
    issue_credit_note(played, reason="Grêle", day=LAST, key="n")
    wipe(copy)
    db.session.commit()
    assert db.session.scalars(select(Document.number)).all() == [real.number]
    assert db.session.scalars(select(DocumentSeries.last)).all() == [1]
