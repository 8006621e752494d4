"""The work in the background: a tick asks the database what is due; late or twice is harmless."""

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.base import BaseScheduler
from flask import Flask
from sqlalchemy import delete, or_, select
from sqlalchemy.exc import IntegrityError

from freeco.activation import open_due, open_modules
from freeco.announcements import ONCE, announce
from freeco.clock import now
from freeco.cost_price.billing import bill_due
from freeco.db import db
from freeco.events import deliver_events
from freeco.first_run import drafts
from freeco.kernel import Kernel
from freeco.kernel_models import SweepRun
from freeco.mail.delivery import deliver_mail
from freeco.mail.models import OutgoingMail
from freeco.members.models import Attempt, Community, OneTimeLink
from freeco.module import Job
from freeco.notifications import digests, reminders
from freeco.notifications.adapters import configured
from freeco.notifications.channels import deliver_signals
from freeco.notifications.sweeps import forget_old as forget_old_notices
from freeco.notifications.sweeps import go_round
from freeco.notifications.wording_review import tell_stewards
from freeco.payments.card.work import look_after_cards
from freeco.payments.statements import forget_words
from freeco.record.catching_up import catch_up
from freeco.record.ledgers import anchor
from freeco.record.sequencer import sequence_due
from freeco.record.witnessing import ask_due
from freeco.web.uploads import forget_old

TICK_SECONDS = 5
DAY_MINUTES = 24 * 60
KEPT_DAYS = 30
log = logging.getLogger(__name__)


def tick(app: Flask) -> None:
    """Do all that is due: deliver events, send e-mails, run the sweeps."""
    kernel: Kernel = app.extensions["freeco"]
    with app.app_context():
        for work in (
            lambda: deliver_events(kernel.plugins),
            lambda: look_after_cards(kernel.settings),
            sequence_due,
            ask_due,
            lambda: deliver_mail(kernel.settings),
            lambda: deliver_signals(kernel.settings, configured(kernel.settings)),
            lambda: run_sweeps(kernel),
            lambda: announce(kernel.plugins),
            lambda: go_round(kernel.plugins, (digests.due, reminders.due)),
            lambda: forget_old(kernel.settings.home),
        ):
            _try(work)


def _try(work: Callable[[], object]) -> None:
    try:
        work()
    except Exception:
        db.session.rollback()
        log.exception("a tick of the worker failed; the next one tries again")
    finally:
        db.session.remove()


def run_sweeps(kernel: Kernel) -> int:
    """Run each job whose slot of time has not been swept yet; return how many ran."""
    due = list(_due(kernel))
    db.session.rollback()
    return sum(_sweep(community_id, name, job, slot) for community_id, name, job, slot in due)


def _core_jobs(kernel: Kernel) -> tuple[Job, ...]:
    return (
        Job("open_due", lambda community: _open_due(kernel, community), DAY_MINUTES),
        Job("clean", _clean, DAY_MINUTES),
        Job("cost_bill", bill_due, DAY_MINUTES),
        Job("anchor_books", anchor, DAY_MINUTES),
        Job("catch_up_record", catch_up, DAY_MINUTES),
        Job("letters_to_mend", tell_stewards, DAY_MINUTES),
    )


def _open_due(kernel: Kernel, community: Community) -> None:
    open_due(kernel.plugins, community)


def _clean(community: Community) -> None:
    """Forget what has expired: links, drafts, counted attempts, swept slots."""
    drafts.forget_old()
    long_ago = now() - timedelta(days=KEPT_DAYS)
    db.session.execute(delete(OneTimeLink).where(OneTimeLink.expires_at < long_ago))
    db.session.execute(delete(Attempt).where(Attempt.window_start < long_ago))
    db.session.execute(
        delete(SweepRun).where(
            SweepRun.ran_at < long_ago,
            SweepRun.community_id == community.id,
            SweepRun.slot != ONCE,
        )
    )
    db.session.execute(
        delete(OutgoingMail).where(
            or_(OutgoingMail.sent_at < long_ago, OutgoingMail.refused_at < long_ago)
        )
    )
    forget_old_notices(community)
    forget_words(community)


def _due(kernel: Kernel) -> Iterator[tuple[int, str, Job, int]]:
    minutes = int(now().timestamp()) // 60
    swept = {
        (community, job, slot)
        for community, job, slot in db.session.execute(
            select(SweepRun.community_id, SweepRun.job, SweepRun.slot).where(
                SweepRun.ran_at > now() - timedelta(days=KEPT_DAYS)
            )
        )
    }
    for community in db.session.scalars(select(Community).order_by(Community.id)):
        jobs = [("core", job) for job in _core_jobs(kernel)]
        for module in kernel.plugins.titled(open_modules(community)):
            jobs += [(module.name, job) for job in module.jobs]
        for owner, job in jobs:
            name, slot = f"{owner}.{job.name}", minutes // job.every_minutes
            if (community.id, name, slot) not in swept:
                yield community.id, name, job, slot


def _sweep(community_id: int, name: str, job: Job, slot: int) -> bool:
    """Run a job and note its slot in one transaction; another worker may have been first."""
    try:
        db.session.add(SweepRun(job=name, community_id=community_id, slot=slot))
        db.session.flush()
    except IntegrityError:
        db.session.rollback()
        return False
    try:
        job.run(db.session.get_one(Community, community_id))
        db.session.commit()
    except Exception:
        db.session.rollback()
        log.exception("job %s in community %s will be tried again", name, community_id)
        return False
    return True


def schedule(app: Flask, scheduler: BaseScheduler) -> BaseScheduler:
    """Give APScheduler the one thing it does here: beat time."""
    scheduler.add_job(
        tick,
        "interval",
        args=[app],
        seconds=TICK_SECONDS,
        max_instances=1,
        coalesce=True,
        next_run_time=now(),
    )
    return scheduler


def start_beside(app: Flask) -> BaseScheduler:
    """Start the worker inside the web process: SQLite has one writing process."""
    scheduler = schedule(app, BackgroundScheduler(timezone="UTC"))
    scheduler.start()
    return scheduler
