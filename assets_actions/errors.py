"""What the caller has to change."""


class UserError(Exception):
    """The run cannot go on until the caller changes something: exit code 2.

    What happened, where (`file:line`), and what to do.
    """

    def __init__(self, message: str, where: str | None = None, fix: str | None = None) -> None:
        super().__init__(message)
        self.message, self.where, self.fix = message, where, fix
