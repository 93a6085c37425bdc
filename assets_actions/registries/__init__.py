"""Where pins come from. All look-ups on the network live here, behind `templates.pins.Resolver`."""
