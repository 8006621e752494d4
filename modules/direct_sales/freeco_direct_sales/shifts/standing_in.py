"""The search for a stand-in, in the worker: many letters must not hold up who pressed a button."""

from freeco.clock import now
from freeco.db import db
from freeco_direct_sales.shifts import counting, notices, sweeps
from freeco_direct_sales.shifts.models import ShiftSignup


def seek(signup_id: int) -> int:
    """Ask those who still owe shifts and are not there; return how many were asked.

    On the eve or later the coordinators are told at once, too. Nobody is asked for a place that
    was taken meanwhile.
    """
    signup = db.session.get(ShiftSignup, signup_id)
    if signup is None or signup.withdrawn_at is None:
        return 0
    shift = signup.shift
    if shift.free == 0 or shift.starts_at <= now():
        return 0
    people = counting.people_to_ask(shift, without=signup.member)
    notices.ask_for_stand_in(signup, people)
    sweeps.tell_gaps(shift.distribution)
    return len(people)
