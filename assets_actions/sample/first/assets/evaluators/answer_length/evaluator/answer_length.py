"""Whether an answer is short enough to be read."""

LONGEST = 1200


def evaluate(response: str) -> dict[str, float]:
    """1.0 for answers that are short enough, down to 0.0 for those of twice the length."""
    return {"answer_length": max(0.0, min(1.0, 2 - len(response) / LONGEST))}
