"""What the papers of an assembly say: convocation, attendance sheet, minutes, as plain values."""

from typing import Any

from freeco.cells import unaccented
from freeco.i18n import counted, deadline, listed, moment, said
from freeco_project_decisions.assembly import wording
from freeco_project_decisions.assembly.attending import attendance, proxies, seats
from freeco_project_decisions.assembly.models import Assembly, AssemblyItem, Seat
from freeco_project_decisions.polls import reading, results
from freeco_project_decisions.polls import wording as polls
from freeco_project_decisions.polls.models import Poll, PollState


def convocation(assembly: Assembly) -> dict[str, Any]:
    """Return what everybody reads when they are invited."""
    kind = str(wording.KINDS[assembly.kind])
    return {
        "title": assembly.title,
        "community": assembly.community.name,
        "kind": kind,
        "heading": said("Convocation : %(kind)s", kind=kind),
        "text": assembly.text,
        "facts": [
            [said("Quand"), deadline(assembly.starts_at)],
            [said("Où"), assembly.place],
            *([[said("À distance"), assembly.remote]] if assembly.remote else []),
        ],
        "agenda": said("Ordre du jour"),
        "items": [_announced(item) for item in assembly.items],
        "rules": [wording.quorum(assembly), wording.proxies(assembly)],
        "signed": _convener(assembly),
        "proxy": _proxy_form(assembly) if assembly.most_proxies else None,
    }


def _announced(item: AssemblyItem) -> dict[str, Any]:
    return {
        "place": item.place,
        "title": item.title,
        "text": item.text,
        "document": item.file_name or item.document,
        "vote": _put(item.poll) if item.poll is not None else None,
    }


def _put(poll: Poll) -> dict[str, Any]:
    return {
        "title": said("Mis au vote : %(title)s", title=poll.title),
        "text": poll.text,
        "options": [option.text for option in poll.options],
        "method": str(polls.METHODS[poll.method]),
    }


def _convener(assembly: Assembly) -> str:
    called = moment(assembly.called_at) if assembly.called_at else ""
    return said("Convocation envoyée le %(moment)s.", moment=called) if called else ""


def _proxy_form(assembly: Assembly) -> dict[str, Any]:
    return {
        "title": said("Procuration (à découper et à remettre signée)"),
        "me": said("Je soussigné(e)"),
        "gives": said("donne procuration à"),
        "what": said(
            "pour me représenter et voter en mon nom à l’assemblée « %(title)s » du %(moment)s.",
            title=assembly.title,
            moment=moment(assembly.starts_at),
        ),
        "day": said("Le"),
        "signature": said("Signature"),
    }


def roll(assembly: Assembly) -> dict[str, Any]:
    """Return the attendance sheet: everybody by name, and whom they represent."""
    holders = _holders(assembly)
    found = sorted(seats(assembly), key=sorting)
    names = [name_of(seat) for seat in found]
    return {
        "title": assembly.title,
        "community": assembly.community.name,
        "heading": said("Feuille d’émargement"),
        "when": deadline(assembly.starts_at),
        "place": assembly.place,
        "heads": [said("Nom"), said("Porte la procuration de"), said("Signature")],
        "rows": [
            [name, holders.get(seat.member_id or 0, ""), _state(seat)]
            for name, seat in zip(names, found, strict=True)
        ],
        "total": counted("%(num)s membre inscrit", "%(num)s membres inscrits", len(found)),
        "certified": said("Certifiée exacte par le président et le secrétaire de séance :"),
    }


def _holders(assembly: Assembly) -> dict[int, str]:
    held: dict[int, list[str]] = {}
    for each in proxies(assembly):
        if each.holder_id is not None and each.giver is not None:
            held.setdefault(each.holder_id, []).append(each.giver.name)
    return {holder: listed(names) for holder, names in held.items()}


def _state(seat: Seat) -> str:
    if seat.came_at is None:
        return ""
    if seat.left_at is not None:
        return said("présent, parti avant la fin")
    return said("présent à distance") if seat.remote else said("présent")


def sorting(seat: Seat) -> tuple[str, int]:
    """Sort places by last name, É with E; the erased come last."""
    person = seat.member.person if seat.member is not None else None
    return (unaccented(person.sorting_name) if person is not None else "\uffff", seat.id)


def name_of(seat: Seat) -> str:
    """Return the name of who has a place; last name first, as on a list."""
    person = seat.member.person if seat.member is not None else None
    if person is None or not person.sorting_name:
        return said("Membre n° %(number)s", number=seat.id)
    return person.sorting_name


def minutes(assembly: Assembly) -> dict[str, Any]:
    """Return what minutes say, from what happened and what the secretary typed."""
    found, came = attendance(assembly), seats(assembly)
    ever = sum(seat.came_at is not None for seat in came)
    kind = str(wording.KINDS[assembly.kind])
    return {
        "title": assembly.title,
        "community": assembly.community.name,
        "heading": said("Procès-verbal : %(kind)s", kind=kind),
        "facts": [
            [said("Jour"), deadline(assembly.opened_at or assembly.starts_at)],
            [said("Lieu"), assembly.place],
            [said("Convocation"), moment(assembly.called_at) if assembly.called_at else ""],
            [said("Président de séance"), assembly.chair.name if assembly.chair else ""],
            [said("Secrétaire de séance"), assembly.secretary.name if assembly.secretary else ""],
            [said("Scrutateurs"), listed([t.member.name for t in assembly.tellers if t.member])],
        ],
        "attendance": [
            [said("Membres inscrits"), str(found.enrolled)],
            [said("Venus, dans la salle ou à distance"), str(ever)],
            [said("Dont à distance"), str(sum(seat.remote for seat in came if seat.came_at))],
            [said("Partis avant la fin"), str(found.left)],
            [said("Représentés"), str(len(represented_ever(assembly)))],
        ],
        "attendance_title": said("Présence"),
        "quorum": _quorum(assembly, found.enrolled, ever + len(represented_ever(assembly))),
        "items": [_happened(item) for item in assembly.items],
        "closed": said("La séance est levée le %(moment)s.", moment=moment(assembly.closed_at))
        if assembly.closed_at
        else "",
        "annex": said("La feuille d’émargement est jointe au procès-verbal."),
        "roles": [said("Le président de séance"), said("Le secrétaire de séance")],
        "names": [
            assembly.chair.name if assembly.chair else "",
            assembly.secretary.name if assembly.secretary else "",
        ],
    }


def represented_ever(assembly: Assembly) -> dict[int, int]:
    """Return who was represented by somebody who came, whether that one left since or not."""
    came = {seat.member_id for seat in seats(assembly) if seat.came_at is not None}
    return {
        each.giver_id: each.holder_id
        for each in proxies(assembly)
        if each.giver_id and each.holder_id in came and each.giver_id not in came and each.holder_id
    }


def _quorum(assembly: Assembly, enrolled: int, voices: int) -> str:
    if not assembly.quorum_part:
        return said("Aucun quorum n’était demandé.")
    needed = -(-assembly.quorum_part * enrolled // assembly.quorum_whole)
    if voices >= needed:
        return said(
            "Quorum atteint : %(voices)s présents ou représentés, il en fallait %(needed)s.",
            voices=voices,
            needed=needed,
        )
    return said(
        "Quorum non atteint : %(voices)s présents ou représentés, il en fallait %(needed)s.",
        voices=voices,
        needed=needed,
    )


def _happened(item: AssemblyItem) -> dict[str, Any]:
    return {
        "place": item.place,
        "title": item.title,
        "notes": item.notes,
        "skipped": "" if item.called_at else said("Ce point n’a pas été abordé."),
        "decision": _decided(item.poll) if item.poll is not None else None,
    }


def _without_decision(poll: Poll) -> str:
    """Say why a vote has no result in the minutes, or none yet."""
    if poll.state == PollState.OPEN:
        return said("Le vote est encore ouvert.")
    if poll.state == PollState.CLOSED:
        return said("Le vote est terminé, et n’est pas encore compté.")
    if poll.state == PollState.CANCELLED:
        return said("Ce vote a été annulé.")
    return said("Ce vote n’a pas été ouvert.")


def _decided(poll: Poll) -> dict[str, Any] | None:
    """Say what came of a vote: its number in the register, its count, its rule, its objections."""
    decision = reading.decision_of(poll)
    if decision is None:
        return {
            "title": poll.title,
            "text": poll.text,
            "sentence": _without_decision(poll),
            "counts": [],
            "rules": [],
            "minority": "",
        }
    shown = results.shown(decision)
    return {
        "title": said(
            "Décision n° %(number)s : %(title)s", number=decision.number, title=poll.title
        ),
        "text": poll.text,
        "sentence": shown.sentence,
        "counts": [
            {"heads": [str(head) for head in table.heads], "rows": [list(r) for r in table.rows]}
            for table in shown.tables[:1]
        ],
        "came_from": polls.came_from(shown.derivation),
        "rules": polls.rules(poll)[1:],
        "minority": said("Objections maintenues : %(words)s", words=decision.minority)
        if decision.minority
        else "",
    }
