"""What loading and removing the demo writes: the agency, its sales, and the way everything leaves again."""

from webapp.desk.demo_data.actions.opening import (
    NotEmpty,
    Opened,
    close_load,
    is_loading,
    is_unfinished,
    open_agency,
    refuse_where_people_work,
)
from webapp.desk.demo_data.actions.removing import remove_demo
from webapp.desk.demo_data.actions.selling import sell

__all__ = ["close_load", "is_loading", "is_unfinished", "NotEmpty", "Opened", "open_agency",
           "refuse_where_people_work", "remove_demo", "sell"]
