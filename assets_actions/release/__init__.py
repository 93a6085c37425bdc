"""Compare assets with the release branch, decide versions, plan a release. Pure."""
