"""The verbs of quality: assess and correct, plan what to do about it, check people."""
