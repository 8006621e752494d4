"""Notes between coordinators for the demonstration; in a rehearsal, something left to open."""

from collections.abc import Sequence

from freeco.mail.wording import catalogue as catalogue_of_letters
from freeco.mail.wording import services as wording
from freeco.members.models import Member
from freeco.module import Demonstration
from freeco_direct_sales import catalogue, contracts
from freeco_direct_sales.handover import exercises, notes
from freeco_direct_sales.local import local_day
from freeco_direct_sales.models import ContractKind, Distribution, Producer

NOTES = """La clé de la salle est chez Bernard ; il ouvre à 18 h.
Le four du boulanger tombe parfois en panne le mercredi : il prévient avant midi.

Les chèques d’avance sont dans la pochette verte, rangés par mois.
En mars, relancer tout le monde pour les contrats d’été : la moitié oublie."""


def stage(staging: Demonstration, producer: Producer, dates: Sequence[Distribution]) -> None:
    """Leave the coordinator's notes, and in a rehearsal a contract to open.

    Last of all: what comes after is done by whoever tries.
    """
    notes.write(staging.coordinator, NOTES, seen=0)
    if not staging.community.rehearsal:
        _write_a_letter(staging.coordinator)
        return
    draft = contracts.create_contract(
        producer,
        "À ouvrir : un essai d’hiver",
        ContractKind.FIXED,
        local_day(dates[1]),
        local_day(dates[-1]),
        capacity=12,
    )
    contracts.set_products(draft, catalogue.products_of(producer))
    contracts.set_deliveries(draft, dates[1:])
    exercises.note_ready(staging.community)


def _write_a_letter(by: Member) -> None:
    """Put one letter in the community's own words; a rehearsal is given those of its community."""
    wording.write(
        catalogue_of_letters.find("direct_sales.share_over"),
        by,
        language="fr",
        subject="Le partage de «\u00a0{contract}\u00a0» ne se fait pas",
        body="{first} et {second} gardent chacun leurs habitudes\u00a0: rien n’est conclu.\n\n"
        "Parlez-en jeudi à la distribution, quelqu’un d’autre cherche peut-être.",
        seen=0,
    )
