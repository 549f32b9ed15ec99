"""Letters, their versions, placeholders and rendering."""
