"""Compute the chain of a book again, from its CSV alone: python recompute_chain.py livre.csv."""

import csv
import hashlib
import json
import sys
from itertools import groupby
from pathlib import Path

NAMES = {"previous": "precedente", "journal": "journal", "day": "jour", "label": "libelle"}
NAMES |= {"piece": "piece", "piece_day": "jour_piece", "key": "cle", "sealed_at": "scelle_le"}
with Path(sys.argv[1]).open(encoding="utf-8-sig", newline="") as file:
    table = list(csv.DictReader(file, delimiter=";"))
hashes = {0: "0" * 64}
for number, rows in groupby(table, key=lambda row: int(row["numero"])):
    first, *others = rows
    content = {english: first[french].removeprefix("'") for english, french in NAMES.items()}
    content |= {"book": int(first["livre"]), "number": number}
    content["reverses"] = int(first["annule"]) if first["annule"] else None
    lines = [(r["compte"], r["tiers"], int(r["centimes"]), r["monnaie"]) for r in [first, *others]]
    content["lines"] = lines
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    hashes[number] = hashlib.sha256(canonical.encode()).hexdigest()
    follows = hashes.get(number - 1, first["precedente"]) == first["precedente"]
    if hashes[number] != first["empreinte"] or not follows or sum(line[2] for line in lines):
        sys.exit(f"L’écriture n° {number} n’est pas celle qui a été scellée.")
sys.stdout.write(f"Écritures relues : {len(hashes) - 1}. Dernière empreinte : {hashes[number]}\n")
