"""Results as text, GitHub annotations and summary, JSON. Pure."""
