"""How template tags are resolved."""
