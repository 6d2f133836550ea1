"""Secrets that show by their shape alone, whatever the name beside them; and what shows that it's none."""

import re
from collections.abc import Callable
from functools import lru_cache
from math import log2

from corsinspect.session.redaction.secret_names import standing

# No letter, digit or end of a token before it: what redaction leaves must not look like a new beginning.
_START = r"(?<![A-Za-z0-9_›-])"

# How keys begin, by who gives them out (their documentation; gitleaks, config/gitleaks.toml, has most of them).
_PREFIXED = (
    # JSON Web Tokens, signed (three parts) or encrypted (five)
    r"eyJ[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*){1,4}",
    # PASETO
    r"v[1-4]\.(?:local|public)\.[A-Za-z0-9_-]{20,}(?:\.[A-Za-z0-9_-]+)?",
    # Stripe, OpenAI, Anthropic, Clerk
    r"(?:sk|pk|rk)[-_](?:live|test|proj|ant|or|svcacct|admin|prod)[-_][A-Za-z0-9_-]{10,}|sk-[A-Za-z0-9]{20,}",
    r"whsec_[A-Za-z0-9+/=]{16,}|(?:pi|seti|cs|ek)_[A-Za-z0-9_]{10,}_secret_[A-Za-z0-9]{10,}",
    # GitHub, GitLab, Bitbucket
    r"gh[pousr]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{20,}|ATBB[A-Za-z0-9]{28,}",
    r"gl(?:pat|dt|cbt|rt|rtr|ptt|soat|ft|imt|agent|oas|ffct)-[A-Za-z0-9_-]{16,}|GR1348941[A-Za-z0-9_-]{20,}",
    # Slack, Discord, Telegram
    r"xox[abeoprs]-[A-Za-z0-9-]{10,}|xox[ep]\.xox[bp]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{10,}",
    r"[MNO][A-Za-z0-9_-]{23,25}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}|bot\d{6,}:[A-Za-z0-9_-]{20,}|\d{8,10}:AA[A-Za-z0-9_-]{33}",
    # AWS, Google, Azure, Alibaba, Cloudflare, DigitalOcean, Heroku, Fly
    r"(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA|AROA|AIDA)[A-Z0-9]{16}|ABSK[A-Za-z0-9+/=]{40,}|bedrock-api-key-[A-Za-z0-9+/=]{10,}",
    r"AIza[A-Za-z0-9_-]{30,}|ya29\.[A-Za-z0-9._-]{10,}|GOCSPX-[A-Za-z0-9_-]{20,}|[14]/{1,2}0[A-Za-z0-9_-]{20,}",
    r"[A-Za-z0-9_~.]{3}\dQ~[A-Za-z0-9_~.-]{31,34}|LTAI[A-Za-z0-9]{12,}|v1\.0-[a-f0-9]{24}-[a-f0-9]{20,}",
    r"do[opr]_v1_[a-f0-9]{20,}|HRKU-[A-Za-z0-9_-]{20,}|fo1_[A-Za-z0-9_-]{20,}|fm[12][ra]?_[A-Za-z0-9+/=_-]{20,}",
    # mail, messages, payments, shops
    r"SG\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}|key-[a-f0-9]{32}|[a-f0-9]{32}-us\d{1,2}|AC[a-f0-9]{32}|SK[a-f0-9]{32}",
    r"xkeysib-[a-f0-9]{20,}-[A-Za-z0-9]{8,}|re_[A-Za-z0-9]{8,}_[A-Za-z0-9]{16,}|EAA[A-Za-z0-9]{30,}|pubkey-[a-f0-9]{32}",
    r"shp(?:at|ca|pa|ss|ua|tka)_[A-Fa-f0-9]{20,}|sq0(?:atp|csp|idp)-[A-Za-z0-9_-]{16,}|EAAA[A-Za-z0-9_-]{20,}",
    r"access_token\$(?:production|sandbox)\$[a-z0-9]{8,}\$[a-f0-9]{20,}|FLW(?:PUBK|SECK)_?TEST-[A-Za-z0-9-]{12,}",
    r"EZ[AT]K[A-Za-z0-9]{20,}|shippo_(?:live|test)_[a-f0-9]{20,}|(?:live|test)_[A-Za-z0-9]{30,}|rzp_(?:live|test)_[A-Za-z0-9]{10,}",
    # packages
    r"npm_[A-Za-z0-9]{20,}|pypi-[A-Za-z0-9_-]{20,}|rubygems_[a-f0-9]{20,}|oy2[a-z0-9]{43}|CLOJARS_[a-z0-9]{20,}",
    r"dckr_(?:pat|oat)_[A-Za-z0-9_-]{16,}|AKCp[A-Za-z0-9]{40,}|cmVmd[A-Za-z0-9]{40,}|cio[A-Za-z0-9]{32}",
    # tools
    r"hf_[A-Za-z0-9]{20,}|api_org_[A-Za-z]{20,}|r8_[A-Za-z0-9]{20,}|gsk_[A-Za-z0-9]{20,}|pplx-[A-Za-z0-9]{20,}|xai-[A-Za-z0-9]{20,}",
    r"lin_(?:api|oauth)_[A-Za-z0-9]{20,}|figd_[A-Za-z0-9_-]{20,}|ntn_[A-Za-z0-9]{20,}|secret_[A-Za-z0-9]{30,}|PMAK-[a-f0-9-]{20,}",
    r"sb[pt]_[A-Za-z0-9]{20,}|sb_(?:secret|publishable)_[A-Za-z0-9_-]{16,}|hv[sbr]\.[A-Za-z0-9_-]{20,}|s\.[A-Za-z0-9]{24}",
    r"dapi[a-f0-9]{32}|dop_v1_[a-f0-9]{20,}|pul-[a-f0-9]{40}|[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{20,}|tfp_[A-Za-z0-9_-]{20,}",
    r"glsa_[A-Za-z0-9_]{20,}|glc_[A-Za-z0-9+/=]{20,}|eyJrIjoi[A-Za-z0-9+/=_-]{20,}|NRAK-[A-Z0-9]{20,}|NR[IJ][QS]-[A-Za-z0-9-]{10,}",
    r"sntry[su]_[A-Za-z0-9+/=_-]{20,}|dp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9_.-]{16,}|nfp_[A-Za-z0-9]{20,}|vercel_[A-Za-z0-9_]{20,}",
    r"ops_[A-Za-z0-9_-]{40,}|A3-[A-Z0-9]{6}-[A-Z0-9-]{20,}|AGE-SECRET-KEY-1[A-Z0-9]{20,}|b2_[A-Za-z0-9]{20,}|p8e-[a-z0-9]{32}",
    r"ATATT3[A-Za-z0-9_=-]{20,}|ATCTT3[A-Za-z0-9_=-]{20,}|patp?[A-Za-z0-9]{14}\.[a-f0-9]{20,}|pat-[a-z]{2}\d-[a-f0-9-]{20,}",
    r"sl\.[A-Za-z0-9_-]{40,}|sk\.eyJ[A-Za-z0-9._-]{20,}|pk\.eyJ[A-Za-z0-9._-]{20,}|duffel_(?:test|live)_[A-Za-z0-9_=-]{20,}",
    r"PLAK[a-f0-9]{20,}|pscale_(?:tkn|pw|oauth)_[A-Za-z0-9=._-]{20,}|rdme_[a-z0-9]{20,}|phc_[A-Za-z0-9]{20,}|phx_[A-Za-z0-9]{20,}",
    r"CFPAT-[A-Za-z0-9_-]{20,}|t1\.[A-Z0-9a-z_-]+=*\.[A-Z0-9a-z_-]{40,}|y[0-3]_[A-Za-z0-9_-]{40,}|sk_[a-z0-9]{32,}|settlemint_[A-Za-z0-9]{16,}",
    r"-----BEGIN[A-Z ]{0,40}PRIVATE KEY-----[^\"<>]{20,}",
)
STRONG = re.compile(_START + "(?:" + "|".join(_PREFIXED) + ")")
_SCHEMED = re.compile(
    r"\b(?P<scheme>Bearer|Basic|Token|ApiKey|SSWS|DPoP|Negotiate|NTLM|Digest-Token)(?P<space>[ \t]+|%20|\+)"
    r"(?P<rest>[A-Za-z0-9._~+/-]{8,}={0,2})(?![\w\"=])",
    re.I,
)
_SPACE = re.compile(r"[ \t+]|%20")
SHORTEST_SHAPE = 14
"""Characters of the shortest text that can hold a secret by its shape."""
SHORTEST_RANDOM = 20
_RUN = re.compile(r"(?<![A-Za-z0-9+/_%›-])[A-Za-z0-9+/_-]{20,}={0,2}")
_WHOLE_RUN = re.compile(r"[A-Za-z0-9+_/-]{20,}={0,2}")
_UUID = re.compile(r"(?i)(?<![0-9a-z])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-z])")
_HEX = re.compile(r"[0-9a-fA-F]+")
_HASH = re.compile(r"(?i)(?:sha\d{1,3}|md5)[-_:]")
"""Subresource integrity, image digests: public."""
_CHANGE = re.compile(r"(?<=[a-z])(?=[A-Z0-9])|(?<=[A-Z])(?=[a-z0-9])|(?<=[0-9])(?=[A-Za-z])")
_BEFORE = re.compile(r"([A-Za-z0-9_.-]{1,40})(?:\\*[\"']|%22)?[ \t]*(?:[:=]|%3[AD])[ \t]*(?:\\*[\"']|%22)?$")

_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_PLAIN = re.compile(r"(?:[A-Za-z0-9 _.,:;/@+?&-]|=(?=[A-Za-z0-9]))*")
_ALNUM = re.compile(r"[A-Za-z0-9]+")
_VOWEL = re.compile("[aeiouyAEIOUY]")
_CONSONANTS = re.compile("[bcdfghjklmnpqrstvwxzBCDFGHJKLMNPQRSTVWXZ]{5}")
_ACRONYMS = frozenset("csrf xsrf http https html xhtml mqtt mqttv xmpp zstd grpc smtp sftp mysql jsonp xslt".split())
"""Words without vowels."""
_DATE = re.compile(r"(?:19|20)\d{6}")
_SHORT_MIX = re.compile(r"(?:[A-Za-z]{1,2}|[A-Za-z]{3,12})[0-9]{1,3}|[0-9]{1,3}[A-Za-z]{1,3}")
LONGEST_PLAIN = 80


@lru_cache(1024)
def looks_random(run: str) -> bool:
    """Whether a run of base64 or hex characters is a key rather than words.

    Hex from 32 characters on; mixed case, or letters and digits, from 20 or 24 on where the kind of character changes
    as often as in random ones (in camel case and in numbered words it changes a third as often). A UUID names things
    more often than it guards them.
    """
    if len(run) < SHORTEST_RANDOM or not _WHOLE_RUN.fullmatch(run) or _HASH.match(run):
        return False
    run = _UUID.sub("", run).rstrip("=")
    if len(run) < SHORTEST_RANDOM:
        return False
    digits = sum(map(str.isdigit, run))
    if digits == len(run):
        return False
    if _HEX.fullmatch(run):
        return len(run) >= 32 and digits >= 3
    changes = len(_CHANGE.findall(run)) / len(run)
    if run != run.lower() and run != run.upper():
        if len(run) >= 32 and digits >= 2 and changes >= 0.25:
            return _entropy(run) >= 3.6
        return changes >= (0.38 if digits else 0.44) and _entropy(run) >= 3.4
    return len(run) >= 24 and digits >= 3 and changes >= 0.2


def _entropy(run: str) -> float:
    counts = [run.count(character) for character in set(run)]
    return -sum(count / len(run) * log2(count / len(run)) for count in counts)


@lru_cache(2048)
def looks_plain(value: str) -> bool:
    """Whether a value is made of words, small numbers, versions or dates, as secrets hardly ever are."""
    if len(value) > LONGEST_PLAIN or not _PLAIN.fullmatch(value) or STRONG.search(value):
        return False
    return all(map(_is_plain_run, _ALNUM.findall(value)))


def _is_plain_run(run: str) -> bool:
    if run.isdigit():
        return len(run) <= 5 or _DATE.fullmatch(run) is not None
    if len(run) <= 3 and run.isalpha():
        return True
    if not run.isalpha() and len(run) <= 15 and _SHORT_MIX.fullmatch(run):
        return _is_word(run.strip("0123456789"))
    pieces = _PIECE.findall(run.strip("0123456789"))
    # camel case has words in it; what changes more often, or has numbers between, is no language
    return len(run) >= 3 * len(pieces) > 0 and all(map(_is_word, pieces)) and len(run) - sum(map(len, pieces)) <= 4


def _is_word(letters: str) -> bool:
    if len(letters) <= 3 or letters.lower() in _ACRONYMS:
        return letters.isalpha()
    return (
        letters.isalpha()
        and len(letters) <= 24
        and _VOWEL.search(letters) is not None
        and not _CONSONANTS.search(letters)
    )


def replace_shapes(text: str, token: Callable[[str], str], *, random: bool = True) -> str:
    """`text` with every secret that shows by its shape given to `token`; `random`: long random runs too."""
    if len(text) < SHORTEST_SHAPE:
        return text
    if _SPACE.search(text):
        text = _SCHEMED.sub(lambda match: _credentials(match, token), text)
    text = STRONG.sub(lambda match: token(match[0]), text)
    if random and len(text) >= SHORTEST_RANDOM:
        text = _RUN.sub(lambda match: _random_parts(match, token), text)
    return text


def _credentials(match: re.Match[str], token: Callable[[str], str]) -> str:
    rest = match["rest"]
    # "the bearer token", "Basic authentication": words go on in lower case
    if rest.isalpha() and rest.islower() and looks_plain(rest):
        return match[0]
    return match["scheme"] + match["space"] + token(rest)


def _random_parts(match: re.Match[str], token: Callable[[str], str]) -> str:
    """A run, if it's a key; else its random parts, where it's a path."""
    run = match[0]
    if "/" in run and not looks_random(run.replace("/", "")):
        return "/".join(token(part) if looks_random(part) else part for part in run.split("/"))
    if not looks_random(run) or _is_named_harmless(match.string, match.start()):
        return run
    return token(run)


def _is_named_harmless(text: str, start: int) -> bool:
    name = _BEFORE.search(text[max(0, start - 60) : start])
    return name is not None and standing(name[1]) == "harmless"
