"""Work done row by row, each in a transaction of its own: a refusal holds up nobody else."""

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from freeco.db import db
from freeco.errors import Refusal

Key = TypeVar("Key")
log = logging.getLogger(__name__)


def one_by_one(what: str, keys: Iterable[Key], act: Callable[[Key], object]) -> int:
    """Do something for each key, and commit it; return how many times it did something.

    What is refused is told in the log by its key, and waits for the next sweep; an error that
    nobody foresaw is raised once the others are done. For what a job runs: it commits.
    """
    done, unforeseen = 0, None
    db.session.commit()
    for key in list(keys):
        try:
            done += bool(act(key))
            db.session.commit()
        except Refusal as refusal:
            db.session.rollback()
            log.warning("%s: %s is refused for now: %s", what, key, type(refusal).__name__)
        except Exception as error:
            db.session.rollback()
            unforeseen = unforeseen or error
    if unforeseen is not None:
        raise unforeseen
    return done
