"""Complaints: seven steps that nobody can skip, two clocks, public form and status page, analysis (`domain.md` §6)."""
