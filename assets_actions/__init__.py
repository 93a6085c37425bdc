"""Release automation for Git repositories of versioned ML assets, on GitHub Actions."""

__version__ = "1.0.0"
