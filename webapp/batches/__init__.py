"""Long work with progress, report and bad rows: uploads, columns, profiles."""
