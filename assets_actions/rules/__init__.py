"""What must hold for assets: one small function per rule. Pure."""
