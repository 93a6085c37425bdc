"""Deprecation: what says that an asset is deprecated, and the edits that make it so. Pure."""
