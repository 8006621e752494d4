"""The guide to the public record: what a stranger types from it gives what it says."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from freeco.record.policy import Policy
from freeco.record.receipt import Receipt

from .record_verifiers.foreign import program

ROOT = Path(__file__).parent.parent
GUIDE = (ROOT / "docs" / "record.md").read_text("utf-8")
EXAMPLE = ROOT / "docs" / "receipt_example.tlog-proof"
BY_HAND = GUIDE.split("## One receipt, by hand")[1].split("\n## ")[0]


def test_the_receipt_of_the_guide_is_checked_by_hand(tmp_path: Path) -> None:
    program("openssl")
    shutil.copy(EXAMPLE, tmp_path)
    lines = "\n".join(re.findall(r"^```sh\n(.*?)^```$", BY_HAND, re.MULTILINE | re.DOTALL))
    done = subprocess.run(
        ["/bin/sh", "-e"],
        input=lines,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    entry, rest = done.stdout.split('"version":1}')
    sealed, root, verdict = rest.splitlines()
    receipt = Receipt.read(EXAMPLE.read_text("utf-8"))
    assert f'{entry}"version":1}}'.encode() == receipt.entry
    assert sealed.split()[0] == receipt.statement.sealed["member"]
    assert root == receipt.checkpoint.text.splitlines()[2]
    assert verdict == "Signature Verified Successfully"


def test_the_receipt_of_the_guide_is_valid_with_its_log_s_and_its_witness_s_key() -> None:
    keys = dict.fromkeys(
        re.findall(r"freeco\.example/lavergne/registre\+[0-9a-f]{8}\+\S{44}", GUIDE)
    )
    (log_key,) = keys
    witness_line, quorum = re.findall(r"^ +((?:witness|quorum) .*)$", GUIDE, re.MULTILINE)
    policy = Policy.read(f"log {log_key}\n{witness_line}\n{quorum}\n")
    receipt = Receipt.read(EXAMPLE.read_text("utf-8"))
    receipt.check()
    assert policy.check(receipt.checkpoint).size == 3
    alone = ["-I", "-S", str(ROOT / "docs/verify_receipt.py"), str(EXAMPLE)]
    done = subprocess.run(
        [sys.executable, *alone, log_key, witness_line.split()[2]], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_tests_that_the_guide_names_exist() -> None:
    named = set(re.findall(r"`(test_[a-z_]+)`", GUIDE))
    assert named
    folders = (ROOT / "tests", *ROOT.glob("*/tests"), *ROOT.glob("modules/*/tests"))
    files = (file for folder in folders for file in folder.glob("test_*.py"))
    sources = "".join(file.read_text("utf-8") for file in files)
    assert {each for each in named if f"def {each}(" not in sources} == set()
