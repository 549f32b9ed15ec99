"""Other people's software doing the same work, run in an environment of its own."""
