"""Compute a year's cost price again, from the book alone: recompute_rate.py livre.csv 2026."""

import csv
import re
import sys
from collections import defaultdict
from pathlib import Path

entries = defaultdict(list)
with Path(sys.argv[1]).open(encoding="utf-8-sig", newline="") as file:
    for row in csv.DictReader(file, delimiter=";"):
        if row["jour"].startswith(sys.argv[2]):
            entries[row["numero"]].append(row)
costs = income = rebates = volume = 0
for lines in entries.values():
    if any(line["compte"].startswith("12") for line in lines):
        continue  # the closing of the year empties the accounts into its result
    for line in lines:
        cents = int(line["centimes"])
        costs += cents if line["compte"].startswith("6") else 0
        income -= cents if line["compte"] == "706" else 0
        rebates += cents if line["compte"] == "709" else 0
    if found := re.search(r"sur un volume de (-?)(\d+)\.(\d\d)$", lines[0]["libelle"]):
        volume += int(found[1] + found[2] + found[3])
for name, part in ("réel", costs), ("perçu", income), ("après avoirs", income - rebates):
    points = (2 * part * 10_000 + volume) // (2 * volume) if volume else 0
    whole, hundredths = divmod(points, 100)
    sys.stdout.write(f"{name} : {part} centimes, {whole},{hundredths:02} %\n")
