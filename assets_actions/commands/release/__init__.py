"""What reads, plans and writes releases."""
