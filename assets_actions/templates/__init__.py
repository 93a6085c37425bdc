"""Template tags: find them, choose and apply what they resolve to; render a spec. Pure."""
