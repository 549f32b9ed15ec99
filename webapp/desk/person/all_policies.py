"""The policies of all rooms together."""

from webapp.desk.person.club_policies import CLUB
from webapp.desk.person.complaint_policies import COMPLAINTS
from webapp.desk.person.policies import POLICIES as OF_THE_HEART
from webapp.desk.person.policies import Policy
from webapp.desk.person.survey_policies import SURVEYS

POLICIES: dict[str, Policy] = OF_THE_HEART | CLUB | COMPLAINTS | SURVEYS
