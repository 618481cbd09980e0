"""Pages of the chair area."""

from flask import Blueprint

blueprint = Blueprint("chair", __name__)

from cfp.web.chair import call  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import people  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import settings  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import setup  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import setup_words  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import settings_lists  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import settings_criteria  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import settings_fields  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import settings_confirm  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import settings_phases  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import extensions  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import settings_mail  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import program  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import materials  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import on_the_day  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import program_slots  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import program_sessions  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import program_drafts  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import program_auto  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import publishing  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import submissions  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import tags  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import saved_views  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import submission  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import committee  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import write  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import messages  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import log  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import decisions  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import capacity  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import decide_one  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import decide_many  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import meanwhile  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import sure  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import pairs  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import reviews  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import confirm_file  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import announce  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import dashboard  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import assignment  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import assignment_answers  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import late_reviews  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import standby  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import assignment_files  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import proposal  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import proposal_swap  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import proposal_loads  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import proposal_files  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import assigning  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import matching  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import conflicts  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import odd_bids  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import guests  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import redacting  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import settings_discussion  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import quality  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import responding  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import settings_confidence  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import settings_conflicts  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import selecting  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import scenarios  # noqa: E402,F401 - routes register themselves
from cfp.web.chair import scenario_applying  # noqa: E402,F401 - routes register themselves
