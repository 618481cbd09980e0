"""The addresses that mails lead to, from CFP_BASE_URL alone; a test holds them to the routes."""

from urllib.parse import quote

from cfp.records import record


@record
class Links:
    """Absolute links for texts that leave the machine; `base` has no trailing slash."""

    base: str

    def conference(self, slug: str) -> str:
        """The call, or the page of the conference."""
        return f"{self.base}/{slug}/"

    def program(self, slug: str) -> str:
        """The public program."""
        return f"{self.base}/{slug}/program/"

    def talk(self, slug: str, code: str) -> str:
        """The public page of one accepted submission."""
        return f"{self.base}/{slug}/program/talks/{code}/"

    def file(self, slug: str, code: str, name: str) -> str:
        """An uploaded file of an accepted submission that everyone may have."""
        return f"{self.base}/{slug}/program/files/{code}/{quote(name, safe='')}"

    def materials(self, slug: str, code: str) -> str:
        """The speakers' page of a submission's slides and video."""
        return f"{self.base}/{slug}/submissions/{code}/materials"

    def submission(self, slug: str, code: str) -> str:
        """The speakers' own page of a submission."""
        return f"{self.base}/{slug}/submissions/{code}/"

    def confirm(self, slug: str, code: str) -> str:
        """The confirm page, for somebody who logs in."""
        return f"{self.base}/{slug}/submissions/{code}/confirm"

    def confirm_by_token(self, token: str) -> str:
        """The confirm page behind the button of an acceptance; the token serves that act alone."""
        return f"{self.base}/confirm/{token}"

    def log_in(self, token: str) -> str:
        """The page that logs in, or finishes what was started before log-in."""
        return f"{self.base}/account/link/{token}"

    def first_account(self, token: str) -> str:
        """The page that makes the first account of an instance."""
        return f"{self.base}/account/first/{token}"

    def invitation(self, token: str) -> str:
        """The page that accepts or declines a role."""
        return f"{self.base}/account/invitation/{token}"

    def review_invitation(self, token: str) -> str:
        """The page that accepts or declines to review a single submission."""
        return f"{self.base}/account/reviewing/{token}"

    def helping(self, slug: str, code: str) -> str:
        """One submission as somebody sees it who writes for its reviewer."""
        return f"{self.base}/{slug}/helping/{code}/"

    def help(self, slug: str, code: str) -> str:
        """Where a reviewer reads what somebody has written for them."""
        return f"{self.base}/{slug}/reviews/{code}/help"

    def speaker_invitation(self, token: str) -> str:
        """The page where a co-speaker says "that's me" or "that's not me"."""
        return f"{self.base}/account/speaker/{token}"

    def choices(self) -> str:
        """Where a person says how mails that are not essential reach them."""
        return f"{self.base}/account/mail"

    def unsubscribe(self, token: str) -> str:
        """The page that stops one kind of mail; the token serves that act alone."""
        return f"{self.base}/account/unsubscribe/{token}"

    def claim(self, token: str) -> str:
        """The page where a person without an account becomes the one who logs in."""
        return f"{self.base}/account/claim/{token}"

    def review(self, slug: str, code: str) -> str:
        """One submission as its reviewer sees it."""
        return f"{self.base}/{slug}/reviews/{code}/"

    def discussion(self, slug: str, code: str) -> str:
        """What reviewers and chairs say to each other about one submission."""
        return f"{self.base}/{slug}/reviews/{code}/discussion"

    def queue(self, slug: str) -> str:
        """A reviewer's queue."""
        return f"{self.base}/{slug}/reviews/"

    def asked(self, slug: str) -> str:
        """Where a reviewer says yes or no to what they are asked for."""
        return f"{self.base}/{slug}/reviews/asked"

    def next_review(self, slug: str) -> str:
        """The next submission that waits for this reviewer."""
        return f"{self.base}/{slug}/reviews/next"

    def submissions(self, slug: str) -> str:
        """The committee's list of submissions."""
        return f"{self.base}/{slug}/chair/submissions/"

    def chair(self, slug: str) -> str:
        """The chairs' dashboard."""
        return f"{self.base}/{slug}/chair/"
