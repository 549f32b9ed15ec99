"""The outbox: messages, claim, hand-off and results."""
