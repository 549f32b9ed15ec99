"""What results of steps cause in the club, and what its steps are called: importing a file declares it."""

from webapp.club import friend_effects, friend_words

__all__ = ["friend_effects", "friend_words"]
