"""Whether the tools that were called did their work."""


def evaluate(tool_results: list[dict[str, str]]) -> dict[str, float]:
    """The share of calls without an error."""
    failed = sum("error" in result for result in tool_results)
    return {"tool_call_success": 1 - failed / max(1, len(tool_results))}
