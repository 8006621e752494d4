"""camt.053, the bank's statement in XML (ISO 20022), versions 001.02 to 001.08.

The file comes from outside: no entity is expanded, no network is asked, no document type is
taken, and what is too long is refused before it is read.
"""

import re
from collections.abc import Iterator
from datetime import date

from lxml import etree

from freeco.cells import BadCell
from freeco.columns import Notice, Problem
from freeco.i18n import counted, money, said
from freeco.money import Money, total
from freeco.payments.statement_formats.bank_cells import euro, exact_amount, within_reach
from freeco.payments.statement_formats.reading import Reading, ReadLine
from freeco.spreadsheets import MAX_BYTES, MAX_ROWS, TOO_HEAVY, UnreadableFile

MESSAGE = re.compile(r"urn:iso:std:iso:20022:tech:xsd:(camt\.05[234]\.001\.[0-9]{2})")
TAKEN = frozenset(f"camt.053.001.{number:02}" for number in range(2, 9))
_OPENING, _CLOSING = ("OPBD", "PRCD"), ("CLBD",)
_LONGEST_LABEL = 1000


def looks_like(content: bytes) -> bool:
    """Whether these bytes are XML rather than a table."""
    start = content[:400].removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith((b"<?xml", b"<Document", b"<!", b"\xff\xfe<\0", b"\xfe\xff\0<"))


def read(content: bytes) -> Reading:
    """Read a camt.053. Raises UnreadableFile when it is none, or another kind of message."""
    if len(content) > MAX_BYTES:
        raise UnreadableFile(TOO_HEAVY)
    root = _parsed(content)
    kind = _kind(root)
    found = _Statements()
    for statement in root.iterfind("./{*}BkToCstmrStmt/{*}Stmt"):
        found.take(statement)
    if not found.numbered and not found.problems:
        raise UnreadableFile(said("Ce relevé ne contient aucun mouvement."))
    if len(found.accounts) > 1:
        reason = said("Ce fichier réunit plusieurs comptes : demandez un relevé par compte.")
        found.problems.append(Problem(1, "IBAN", reason))
    return Reading(
        kind,
        found.lines,
        found.problems,
        found.notices(),
        account=next(iter(found.accounts), ""),
    )


def _parsed(content: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableFile(said("Ce fichier XML est incomplet ou abîmé.")) from error
    if root.getroottree().docinfo.doctype:
        raise UnreadableFile(said("Ce fichier XML n’est pas un relevé de banque."))
    return root


def _kind(root: etree._Element) -> str:
    found = MESSAGE.fullmatch(etree.QName(root).namespace or "")
    if found is None:
        raise UnreadableFile(said("Ce fichier XML n’est pas un relevé de banque."))
    if found[1] not in TAKEN:
        raise UnreadableFile(
            said(
                "Ce fichier est un « %(kind)s » : demandez à la banque le relevé camt.053, "
                "version 02 à 08.",
                kind=found[1],
            )
        )
    return found[1]


class _Statements:
    """Reads the statements of one file in turn, and checks that each adds up."""

    def __init__(self) -> None:
        self.lines: list[ReadLine] = []
        self.problems: list[Problem] = []
        self.accounts: dict[str, None] = {}
        self.numbered = 0
        self.pending = 0

    def take(self, statement: etree._Element) -> None:
        """Take one statement: its entries, which must lead from its opening to its closing."""
        iban = _text(statement, "./{*}Acct/{*}Id/{*}IBAN").replace(" ", "").upper()
        if iban:
            self.accounts[iban] = None
        before = len(self.problems)
        sums = [self._entry(entry) for entry in statement.iterfind("./{*}Ntry")]
        if len(self.problems) == before:
            self._check(statement, [each for each in sums if each is not None])

    def _entry(self, entry: etree._Element) -> Money | None:
        self.numbered += 1
        if self.numbered > MAX_ROWS:
            raise UnreadableFile(
                said("Le relevé dépasse 5 000 mouvements. Coupez-le en plusieurs périodes.")
            )
        number = self.numbered
        if (_text(entry, "./{*}Sts/{*}Cd") or _text(entry, "./{*}Sts")) not in {"BOOK", ""}:
            self.pending += 1
            return None
        try:
            amount = _signed(entry, entry)
            booked = _day(entry)
            lines = list(_lines(entry, number, amount, booked))
        except BadCell as wrong:
            self.problems.append(Problem(number, said("Mouvement"), str(wrong)))
            return None
        self.lines += [line for line in lines if line.amount]
        return amount

    def _check(self, statement: etree._Element, amounts: list[Money]) -> None:
        try:
            opening, closing = _balance(statement, _OPENING), _balance(statement, _CLOSING)
        except BadCell as wrong:
            self.problems.append(Problem(self.numbered, said("Solde"), str(wrong)))
            return
        reached = opening + total(amounts)
        if reached != closing:
            reason = said(
                "Le solde de départ (%(opening)s) et les mouvements donnent %(reached)s, mais le "
                "relevé finit à %(closing)s : il est incomplet.",
                opening=money(opening),
                reached=money(reached),
                closing=money(closing),
            )
            self.problems.append(Problem(self.numbered, said("Solde"), reason))

    def notices(self) -> list[Notice]:
        """Tell what was left out."""
        if not self.pending:
            return []
        return [
            Notice(
                counted(
                    "%(num)s mouvement n’est pas encore comptabilisé par la banque : il viendra "
                    "avec un prochain relevé.",
                    "%(num)s mouvements ne sont pas encore comptabilisés par la banque : ils "
                    "viendront avec un prochain relevé.",
                    self.pending,
                )
            )
        ]


def _lines(entry: etree._Element, number: int, amount: Money, day: date) -> Iterator[ReadLine]:
    """Yield one line for an entry, or one for each payment that the bank gathered in it."""
    parts = list(entry.iterfind("./{*}NtryDtls/{*}TxDtls"))
    reference = _text(entry, "./{*}AcctSvcrRef") or _text(entry, "./{*}NtryRef")
    own = _text(entry, "./{*}AddtlNtryInf")
    amounts = [_part_amount(part, entry) for part in parts] if len(parts) > 1 else []
    stated = [each for each in amounts if each is not None]
    if len(stated) != len(parts) or len(parts) < 2 or total(stated) != amount:
        label = " ".join(filter(None, [own, *(_said_in(part) for part in parts)]))
        code = next((code for part in parts if (code := _return_code(part))), "")
        yield ReadLine(number, day, amount, label[:_LONGEST_LABEL], reference, code)
        return
    for place, (part, each) in enumerate(zip(parts, stated, strict=True), 1):
        label = " ".join(filter(None, [own, _said_in(part)]))
        its_own = f"{reference}/{place}" if reference else ""
        yield ReadLine(number, day, each, label[:_LONGEST_LABEL], its_own, _return_code(part))


def _part_amount(part: etree._Element, entry: etree._Element) -> Money | None:
    for path in ("./{*}Amt", "./{*}AmtDtls/{*}TxAmt/{*}Amt"):
        found = part.find(path)
        if found is not None:
            euro(found.get("Ccy", ""))
            amount = exact_amount((found.text or "").strip())
            direction = _text(part, "./{*}CdtDbtInd") or _text(entry, "./{*}CdtDbtInd")
            return -amount if direction == "DBIT" else amount
    return None


def _said_in(part: etree._Element) -> str:
    """Return the words and references of one payment, each once."""
    paths = (
        "./{*}Refs/{*}EndToEndId",
        "./{*}Refs/{*}MndtId",
        "./{*}RltdPties/{*}Dbtr/{*}Nm",
        "./{*}RltdPties/{*}Dbtr/{*}Pty/{*}Nm",
        "./{*}RmtInf/{*}Strd/{*}CdtrRefInf/{*}Ref",
        "./{*}RmtInf/{*}Ustrd",
        "./{*}AddtlTxInf",
    )
    words: dict[str, None] = {}
    for path in paths:
        for found in part.iterfind(path):
            text = " ".join((found.text or "").split())
            if text and text != "NOTPROVIDED":
                words[text] = None
    return " ".join(words)


def _return_code(part: etree._Element) -> str:
    code = _text(part, "./{*}RtrInf/{*}Rsn/{*}Cd")
    return code if re.fullmatch("[A-Z0-9]{4}", code) else ""


def _signed(entry: etree._Element, described: etree._Element) -> Money:
    found = entry.find("./{*}Amt")
    if found is None:
        raise BadCell(said("Il manque un montant."))
    euro(found.get("Ccy", ""))
    amount = exact_amount((found.text or "").strip())
    direction = _text(described, "./{*}CdtDbtInd")
    if direction not in {"CRDT", "DBIT"}:
        raise BadCell(said("Le sens du mouvement manque : débit ou crédit."))
    return -amount if direction == "DBIT" else amount


def _balance(statement: etree._Element, codes: tuple[str, ...]) -> Money:
    for code in codes:
        for balance in statement.iterfind("./{*}Bal"):
            if _text(balance, "./{*}Tp/{*}CdOrPrtry/{*}Cd") == code:
                return _signed(balance, balance)
    if codes is _OPENING:
        raise BadCell(said("Le solde de départ manque : le relevé ne peut pas être vérifié."))
    raise BadCell(said("Le solde final manque : le relevé ne peut pas être vérifié."))


def _day(entry: etree._Element) -> date:
    for path in ("./{*}BookgDt/{*}Dt", "./{*}BookgDt/{*}DtTm", "./{*}ValDt/{*}Dt"):
        text = _text(entry, path)
        if text:
            try:
                return within_reach(date.fromisoformat(text[:10]), text[:10])
            except ValueError as error:
                if isinstance(error, BadCell):
                    raise
                raise BadCell(said("« %(text)s » n’est pas une date.", text=text[:30])) from error
    raise BadCell(said("La date du mouvement manque."))


def _text(element: etree._Element, path: str) -> str:
    found = element.find(path)
    return "" if found is None else (found.text or "").strip()
