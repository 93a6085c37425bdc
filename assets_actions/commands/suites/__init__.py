"""What test-assets is made of."""
