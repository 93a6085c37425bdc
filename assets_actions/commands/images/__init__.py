"""What build-images is made of."""
