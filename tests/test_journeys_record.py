"""A word given on a phone, and the receipt that proves it to a stranger without site or server."""

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .browser.phone import Phone
from .browser.roles import MEMBER
from .browser.site import freeco

pytestmark = pytest.mark.browser
VERIFIER = Path(__file__).parent.parent / "docs" / "verify_receipt.py"
PATIENCE_SECONDS = 60
"""For the seal: the sequencer passes every few seconds."""


def test_a_member_agrees_and_a_stranger_verifies_her_receipt(
    phone: Phone, demo_home: Path, tmp_path: Path
) -> None:
    phone.sign_in(MEMBER)
    phone.open("/trois-ponts/accords")
    if phone.says("Ce qui attend ma réponse"):
        # Not so without JavaScript: she has answered with it.
        phone.press("Lire et répondre")
        phone.agree("Je suis d’accord")
        phone.open("/trois-ponts/accords")
    phone.press("Prêt du motoculteur")
    assert phone.says("Cet accord est inscrit au registre public, sans nom ni texte.")
    phone.press("Voir mon reçu")
    began = time.monotonic()
    while phone.says("Votre inscription aura sa place dans la minute"):
        assert time.monotonic() - began < PATIENCE_SECONDS, "no seal came"
        time.sleep(1)
        phone.press("Recharger la page")
    assert phone.says("La ferme prête son motoculteur à Camille")
    receipt = tmp_path / "accord.tlog-proof"
    receipt.write_bytes(phone.download("Garder le fichier du reçu"))

    (key,) = re.findall(r"\S+\+[0-9a-f]{8}\+\S+", freeco(demo_home, "record", "keys"))
    honest = verified(receipt, key)
    assert honest.returncode == 0, honest.stdout + honest.stderr
    assert "motoculteur" in honest.stdout
    forged = tmp_path / "forged.tlog-proof"
    forged.write_text(receipt.read_text().replace("\nindex ", "\nindex 1"))
    assert verified(forged, key).returncode != 0


def verified(receipt: Path, key: str) -> "subprocess.CompletedProcess[str]":
    """Let a stranger's Python, which knows nothing of us, judge a receipt."""
    return subprocess.run(
        [sys.executable, "-I", "-S", str(VERIFIER), str(receipt), key],
        capture_output=True,
        text=True,
        check=False,
    )
