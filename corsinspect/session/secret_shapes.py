"""Secrets that show by their shape alone, whatever the name beside them."""

import re
from collections.abc import Callable
from math import log2

# No letter, digit or end of a token before it: what redaction leaves must not look like a new beginning.
_START = r"(?<![A-Za-z0-9_›-])"

STRONG = re.compile(
    _START + r"(?:"
    # JSON Web Tokens, signed (three parts) or encrypted (five)
    r"eyJ[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*){1,4}"
    # well-known beginnings of keys
    r"|(?:sk|pk|rk)[-_](?:live|test|proj|ant|or|svcacct|admin)[-_][A-Za-z0-9_-]{10,}|sk-[A-Za-z0-9]{20,}"
    r"|gh[pousr]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{20,}|gl(?:pat|dt|cbt|rt|ptt|soat)-[A-Za-z0-9_-]{16,}"
    r"|xox[abeoprs]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{10,}|(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}"
    r"|AIza[A-Za-z0-9_-]{30,}|ya29\.[A-Za-z0-9._-]{10,}|GOCSPX-[A-Za-z0-9_-]{20,}|1//0[A-Za-z0-9_-]{20,}"
    r"|SG\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}|npm_[A-Za-z0-9]{20,}|pypi-[A-Za-z0-9_-]{20,}|do[opr]_v1_[a-f0-9]{20,}"
    r"|shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{20,}|hf_[A-Za-z0-9]{20,}|whsec_[A-Za-z0-9+/=]{16,}|sq0(?:atp|csp)-[A-Za-z0-9_-]{16,}"
    r"|lin_api_[A-Za-z0-9]{20,}|figd_[A-Za-z0-9_-]{20,}|dckr_pat_[A-Za-z0-9_-]{16,}|sb[pt]_[A-Za-z0-9]{20,}"
    r"|hv[sbr]\.[A-Za-z0-9_-]{20,}|dapi[a-f0-9]{32}|PMAK-[a-f0-9-]{20,}|key-[a-f0-9]{32}|AC[a-f0-9]{32}|SK[a-f0-9]{32}"
    r"|EAA[A-Za-z0-9]{30,}|rubygems_[a-f0-9]{20,}|glsa_[A-Za-z0-9_]{20,}|ntn_[A-Za-z0-9]{20,}|ops_[A-Za-z0-9_-]{40,}"
    r")"
)
_SCHEMED = re.compile(
    r"\b(?P<scheme>Bearer|Basic|Token|ApiKey|SSWS|DPoP)(?P<space>[ \t]+|%20|\+)(?P<rest>[A-Za-z0-9._~+/=-]{8,})", re.I
)
_RUN = re.compile(r"(?<![A-Za-z0-9+/_%›-])[A-Za-z0-9+/_-]{32,}={0,2}")
_WHOLE_RUN = re.compile(r"[A-Za-z0-9+_-][A-Za-z0-9+/_-]{31,}={0,2}")
_UUID = re.compile(r"(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def looks_random(run: str) -> bool:
    """Whether a run of base64 or hex characters is a key rather than words: 32 characters or more of hex, or of mixed
    case with digits at 3.8 bits a character or more. A UUID names things more often than it guards them."""
    if len(run) < 32 or not _WHOLE_RUN.fullmatch(run) or _UUID.fullmatch(run):
        return False
    run = run.rstrip("=")
    digits = sum(character.isdigit() for character in run)
    if digits < 3 or digits == len(run):
        return False
    if all(character in "0123456789abcdefABCDEF" for character in run):
        return True
    mixed = any(character.islower() for character in run) and any(character.isupper() for character in run)
    return mixed and _entropy(run) >= 3.8


def _entropy(run: str) -> float:
    counts = [run.count(character) for character in set(run)]
    return -sum(count / len(run) * log2(count / len(run)) for count in counts)


def replace_shapes(text: str, token: Callable[[str], str], *, random: bool = True) -> str:
    """`text` with every secret that shows by its shape given to `token`; `random`: long random runs too."""
    if len(text) < 14:
        return text
    text = _SCHEMED.sub(lambda match: match["scheme"] + match["space"] + token(match["rest"]), text)
    text = STRONG.sub(lambda match: token(match[0]), text)
    if random and len(text) >= 32:
        text = _RUN.sub(lambda match: token(match[0]) if looks_random(match[0]) else match[0], text)
    return text
