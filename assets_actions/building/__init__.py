"""What the build of an image says: its log, what went wrong and where, and what the image holds. Pure."""
