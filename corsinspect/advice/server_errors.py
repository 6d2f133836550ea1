"""The words for a server error that looks like a CORS failure."""


def behind(server: str, status: int | None, preflight_passed: bool, carried: int, lacking: int) -> str:
    """What the session shows about an error that looks like a CORS failure: is it only the error, or also the setup?"""
    passed = "The preflight passed. " if preflight_passed else ""
    if carried:
        answers = "1 good answer" if carried == 1 else f"{carried} good answers"
        seen = f"{passed}{answers} (2xx) from {server} in this session had the headers"
        if not lacking:
            return f"{seen}: CORS is set up, only this {status or 'error'} lacks them."
        return f"{seen}, {lacking} did not."
    if lacking:
        answers = "1 good answer" if lacking == 1 else f"{lacking} good answers"
        return f"{passed}{answers} (2xx) from {server} lacked the header too: CORS seems not to be set up there."
    return f"{passed}No good answer (2xx) from {server} was seen to compare with: it may be only the error."
