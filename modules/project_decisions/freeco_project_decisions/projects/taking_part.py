"""Taking part in a project: following its news, offering hours, being given a charge."""

from sqlalchemy import select

from freeco.db import db, lock
from freeco.errors import Absent
from freeco.members.models import Member
from freeco_project_decisions.projects import reading, rights
from freeco_project_decisions.projects.errors import LastOwner
from freeco_project_decisions.projects.models import Part, Participant, Project, ProjectState


def follow(project: Project, member: Member) -> None:
    """Receive the news of a project; a second click changes nothing."""
    lock(project)
    part = reading.part_of(project, member)
    if part is None:
        db.session.add(Participant(project=project, member=member))
    else:
        part.hears = True


def stop_following(project: Project, member: Member) -> None:
    """No longer receive its news; whoever only followed no longer takes part."""
    lock(project)
    part = reading.part_of(project, member)
    if part is None:
        return
    part.hears = False
    if part.part == Part.FOLLOWER:
        db.session.delete(part)
        db.session.flush()


def help_with(project: Project, member: Member, hours: int) -> None:
    """Offer one's hands, with so many hours; again says how many now.

    Raises ``ProjectOver``.
    """
    lock(project)
    rights.require_unfinished(project)
    part = reading.part_of(project, member)
    if part is None:
        part = Participant(project=project, member=member)
        db.session.add(part)
    if part.part == Part.FOLLOWER:
        part.part = Part.HELPER
    part.hours = hours


def step_back(project: Project, member: Member) -> None:
    """No longer help, nor have a charge; one goes on following. Raises ``LastOwner``."""
    lock(project)
    part = reading.part_of(project, member)
    if part is None:
        return
    if part.part == Part.OWNER:
        _require_another_owner(project, part)
    part.part, part.charge, part.hours = Part.FOLLOWER, "", 0


def _require_another_owner(project: Project, part: Participant) -> None:
    others = db.session.scalar(
        select(Participant.id).where(
            Participant.project_id == project.id,
            Participant.part == Part.OWNER,
            Participant.id != part.id,
        )
    )
    if others is None and project.state != ProjectState.CLOSED:
        raise LastOwner


def find_part(project: Project, participant_id: int) -> Participant:
    """Return what somebody is to this project; raise Absent for another's."""
    found = db.session.get(Participant, participant_id)
    if found is None or found.project_id != project.id:
        raise Absent
    return found


def give_part(
    project: Project, by: Member, participant_id: int, part: str, charge: str = ""
) -> None:
    """Say what somebody is to a project: its owner, a helper with a charge, or a helper.

    Raises ``NotYourProject``, ``ProjectOver``, ``LastOwner``; ``Absent`` for who takes no part.
    """
    rights.require_changing(project, by)
    found = find_part(project, participant_id)
    if found.part == Part.OWNER and part != Part.OWNER:
        _require_another_owner(project, found)
    found.part = part
    found.charge = charge if part == Part.HELPER else ""
