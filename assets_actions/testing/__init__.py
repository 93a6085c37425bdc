"""The assets' own tests: which suites there are, what they need, and what came of them."""
