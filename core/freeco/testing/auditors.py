"""The programs that others wrote to read books, and faults to plant in what they are given."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from freeco.accounting.exports import Format

AUDITORS: dict[str, tuple[Format, tuple[str, ...]]] = {
    "hledger": ("hledger", ("-f", "{file}", "check", "--strict", "ordereddates", "payees")),
    "ledger": ("hledger", ("-f", "{file}", "--strict", "--pedantic", "bal")),
    "bean-check": ("beancount", ("--no-cache", "{file}")),
}
EVERYBODY = frozenset(AUDITORS)
NUMBER = re.compile(r"E\d{7}")
AMOUNT = re.compile(r"(-?\d+\.\d)(\d)( EUR)")
Change = Callable[[str], str]


def program(name: str) -> str:
    """Return where an auditor is; a gate that may skip nothing fails without it."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None and os.environ.get("FREECO_NOTHING_MAY_SKIP"):
        pytest.fail(f"{name} is not installed")
    if found is None:
        pytest.skip(f"{name} is not installed")
    return str(found)


def refused(auditor: str, file: Path) -> str:
    """Return what an auditor says against a file; empty when it accepts it."""
    _form, words = AUDITORS[auditor]
    done = subprocess.run(
        [program(auditor), *(each.format(file=file) for each in words)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )
    said = done.stderr if done.returncode == 0 else done.stderr + done.stdout
    return said.strip() or ("refused" if done.returncode else "")


def blocks(content: str) -> tuple[list[str], int]:
    """Return the paragraphs of a file, and the place of an entry in its middle."""
    parts = content.split("\n\n")
    entries = [place for place, part in enumerate(parts) if NUMBER.search(part)]
    return parts, entries[len(entries) // 2]


def _one_cent_off(content: str) -> str:
    parts, place = blocks(content)
    parts[place] = AMOUNT.sub(_a_cent_more, parts[place], count=1)
    return "\n\n".join(parts)


def _a_cent_more(found: re.Match[str]) -> str:
    return f"{found[1]}{(int(found[2]) + 1) % 10}{found[3]}"


def _undeclared_account(content: str) -> str:
    parts, place = blocks(content)
    parts[place] = re.sub(
        r"(?<=\n)( +\w+):\d+\S*(?: \S+)*(?=  )", r"\1:999:Rien", parts[place], count=1
    )
    return "\n\n".join(parts)


def _closing_off(content: str) -> str:
    head, _line, last = content.rstrip("\n").rpartition("\n")
    cent = re.compile(r"\d(?=( ~ 0\.00)? EUR$)")
    changed = cent.sub(lambda each: str((int(each[0]) + 1) % 10), last, count=1)
    return f"{head}\n{changed}\n"


def _entry_lost(content: str) -> str:
    parts, place = blocks(content)
    del parts[place]
    return "\n\n".join(parts)


def _entry_twice(content: str) -> str:
    parts, place = blocks(content)
    parts.insert(place, parts[place])
    return "\n\n".join(parts)


def _entry_twice_under_another_number(content: str) -> str:
    parts, place = blocks(content)
    parts.insert(place, NUMBER.sub("E9999999", parts[place]))
    return "\n\n".join(parts)


def _out_of_order(content: str) -> str:
    parts, place = blocks(content)
    parts.insert(place - 60, parts.pop(place))
    return "\n\n".join(parts)


FAULTS: dict[str, tuple[Change, frozenset[str]]] = {
    "an amount is one cent off": (_one_cent_off, EVERYBODY),
    "an account is declared nowhere": (_undeclared_account, EVERYBODY),
    "a closing balance is one cent off": (_closing_off, EVERYBODY),
    "an entry is lost": (_entry_lost, EVERYBODY),
    "an entry stands there twice": (_entry_twice, EVERYBODY),
    "an entry came twice": (_entry_twice_under_another_number, EVERYBODY),
    "a day is out of order": (_out_of_order, frozenset({"hledger"})),
}
