"""The one exception whose message is written for the user."""


class ExtractError(Exception):
    """Something the user can mend: one line that names the file, the place and the value.

    The command line prints the message and leaves with ``exit_code``; see docs/errors.md for
    the codes. Anything else that escapes is a defect of ours and keeps its traceback.
    """

    def __init__(self, message: str, exit_code: int = 2) -> None:
        super().__init__(message)
        self.exit_code = exit_code
