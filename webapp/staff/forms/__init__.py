"""Forms of the staff room: signing in, oneself, people, offices, settings."""
