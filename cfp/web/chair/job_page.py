"""The page of what is being computed, as `chair/_job.html` frames it."""

from collections.abc import Callable

from flask import redirect, render_template

from cfp.domain import jobs
from cfp.domain.jobs import Job, JobState
from cfp.errors import CfpError
from cfp.web import context
from cfp.web.forms import ViewResponse
from cfp.web.wording import say


def job_page(
    job: Job, template: str, result: Callable[[], str], **shown: object
) -> ViewResponse | str:
    """How far it is, or what went wrong; `result` is the address to go on to when it is done."""
    if job.state == JobState.DONE:
        return redirect(result(), 302)
    return render_template(
        template,
        job=job,
        conference=context.conference(),
        is_open=jobs.can("cancel", job.state),
        trouble=say(CfpError(job.error, **job.result)) if job.error else "",
        **shown,
    )
