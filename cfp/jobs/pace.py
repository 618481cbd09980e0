"""How patient a worker is. One value, so that the tests can hurry."""

from datetime import timedelta

from cfp.records import record


@record
class Pace:
    """Durations of a worker's life.

    Attributes:
        job_lease: a job whose worker has been silent for so long is taken over.
        renewal: seconds between two renewals of that lease; also how soon a cancel is noticed.
        mail_steps: a message's lease in SMTP timeouts: as many answers as one sending waits for.
        server_pause: seconds after which a mail server that was out of reach is tried again.
        crash_wait: after which a job that took its process down is started again.
        stop_grace: seconds a worker that is told to stop gives its running jobs.
        children: jobs at the same time.
        file_sweep: seconds between two looks for uploaded files that nothing names.
        plan_sweep: seconds between two looks at what conferences planned for late reviews.
    """

    job_lease: timedelta = timedelta(minutes=1)
    renewal: float = 5.0
    mail_steps: int = 15
    server_pause: float = 60.0
    crash_wait: timedelta = timedelta(seconds=30)
    stop_grace: float = 60.0
    children: int = 2
    file_sweep: float = 3600.0
    plan_sweep: float = 20.0
