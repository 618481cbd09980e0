"""The pages: blueprints by actor, and what every page shares."""
