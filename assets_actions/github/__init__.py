"""A repository on GitHub, read and written through the REST API. PyGithub is used in this package and nowhere else."""
