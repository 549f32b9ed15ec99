"""Changes of the tables, in order; run by `flask --app wsgi setup`."""
