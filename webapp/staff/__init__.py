"""Users, offices, roles, working hours, absences and the audit log."""
