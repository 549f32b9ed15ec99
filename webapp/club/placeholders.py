"""What the club offers to letters: importing a file declares its placeholders."""

from webapp.club import card_placeholders, friend_placeholders, level_placeholders

__all__ = ["card_placeholders", "friend_placeholders", "level_placeholders"]
