"""Release automation for Git repositories of versioned ML assets, on GitHub Actions."""

__version__ = "0.1.0"
