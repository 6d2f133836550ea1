"""Why a mutant of corsinspect/fetch may live: mutant -> reason."""

REASONS: dict[str, str] = {}
