"""People we may contact: names, phones, e-mails, consents and preferences."""
