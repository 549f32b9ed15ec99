"""Flask plumbing shared by all rooms: pages, forms, errors, headers, languages, guards."""
