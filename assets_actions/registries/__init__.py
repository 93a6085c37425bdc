"""Where pins come from: implementations of `templates.pins.Resolver`."""
