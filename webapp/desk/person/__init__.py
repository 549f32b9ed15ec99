"""Everything that is kept about one person: found through foreign keys, handed out, erased."""
