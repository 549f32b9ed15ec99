"""What people and jobs do with staff, offices and sessions; the only place of the room that commits."""

from webapp.staff.actions.absences import end_absence, record_absence
from webapp.staff.actions.invitations import accept_invitation, invite
from webapp.staff.actions.offices import (
    add_day_off,
    add_office,
    close_office,
    edit_office,
    remove_day_off,
    reopen_office,
)
from webapp.staff.actions.own import change_password, edit_profile, set_language, set_theme, strengthen
from webapp.staff.actions.people import add_user, dismiss, edit_user, set_up_agency, take_back
from webapp.staff.actions.second_factor import (
    clear_second_factor,
    start_second_factor,
    stop_second_factor,
    use_recovery_code,
    use_second_factor,
)
from webapp.staff.actions.sessions import (
    close_session,
    note_use,
    open_session,
    sign_out_everywhere,
)
from webapp.staff.actions.settings import change_settings, edit_agency
from webapp.staff.actions.tries import begin_try, forgive_tries

__all__ = [
    "accept_invitation", "add_day_off", "add_office", "add_user", "begin_try", "change_password",
    "change_settings", "clear_second_factor", "close_office", "close_session", "dismiss", "edit_agency",
    "edit_office", "edit_profile", "edit_user", "end_absence", "forgive_tries", "invite", "note_use",
    "open_session", "record_absence", "remove_day_off", "reopen_office", "set_language", "set_theme",
    "set_up_agency", "sign_out_everywhere", "start_second_factor", "stop_second_factor", "strengthen",
    "take_back", "use_recovery_code", "use_second_factor",
]
