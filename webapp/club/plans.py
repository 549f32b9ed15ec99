"""The plans of the club: importing a file declares what it ships."""

from webapp.club import burn_plan, card_plans, friend_plans, level_plans

__all__ = ["burn_plan", "card_plans", "friend_plans", "level_plans"]
