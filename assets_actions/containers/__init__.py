"""The container engine: docker's SDK is used here and nowhere else to build, run and push."""
