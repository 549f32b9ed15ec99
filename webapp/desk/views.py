"""Pages that show many rooms at once."""

from flask import Flask

from webapp.desk import (
    asking_views,
    check_views,
    client_views,
    demo_views,
    demo_work,
    first_steps,
    identity_views,
    incoming_views,
    letter_changes,
    letter_files,
    letter_new,
    letter_settings,
    letter_views,
    person_views,
    plan_changes,
    plan_publishing,
    plan_trying,
    plan_views,
    setup_views,
    today,
)

blueprints = [check_views.bp, client_views.bp, incoming_views.bp, today.bp, letter_views.bp, letter_changes.bp,
              letter_new.bp, letter_files.bp, letter_settings.bp, identity_views.bp, plan_views.bp, plan_changes.bp,
              plan_trying.bp, plan_publishing.bp, setup_views.bp, person_views.bp, asking_views.bp]
assert demo_views.bp is setup_views.bp and demo_work.KIND


def register(app: Flask) -> None:
    """What the pages of this room offer to others."""
    check_views.register(app)
    client_views.register(app)
    first_steps.register(app)
    incoming_views.register(app)
    today.register(app)
    letter_views.register(app)
    plan_views.register(app)
    identity_views.register(app)
    setup_views.register(app)
