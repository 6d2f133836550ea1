"""Why a mutant of corsinspect/fetch may live: mutant -> reason."""

SPEED = "a shortcut: without it the same comes out, later"
SAME = "both come to the same: "

REASONS: dict[str, str] = {
    "cache.max_age.digits: `'0'` → `'XX0'`": SAME + "digits alone come here",
    "cache.max_age.digits: `21` → `22`": SAME + "no engine parses so many digits",
    "check.headers_check: `not names or ('*' in listed and (not include))` → `'*' in listed and (not include)`": SPEED,
    "engines.GECKO.cached_wildcard_authorization: `False` → `True`": SAME + "Gecko's cache takes no wildcard at all",
    "headers.refreshed.changed: without `strict=True`": SAME + "two tuples of one type",
    "headers.refreshed.changed.strict: `True` → `False`": SAME + "two tuples of one type",
    "headers.cors_headers: if `name[:1] not in 'aA'` does nothing": SPEED,
    "headers.cors_headers: `1` → `0`": SPEED,
    "headers.cors_headers: `'aA'` → `'XXaA'`": SPEED,
    "headers.cors_headers: `continue` → `pass`": SPEED,
    "headers.cors_headers: if `field is None` does nothing": SPEED,
    "headers.cors_headers: `continue` → `pass` (2)": SPEED,
    "headers.cors_headers: if `not found` does nothing": SPEED,
    "origin.is_address: `'[]'` → `'XX[]'`": SAME + "a parsed host has no upper case",
    "origin.is_loopback: `'[]'` → `'XX[]'`": SAME + "a parsed host has no upper case",
    "redirect.method_after: `('GET', 'HEAD')` without `'GET'`": SAME + "GET becomes GET",
    "redirect.method_after: `'GET'` → `'XXGET'`": SAME + "GET becomes GET",
    "safelist.value_size: if `'‹' not in value` does nothing": SPEED,
    "safelist.value_size: `len(match.group(1)) < 10` → `len(match.group(1)) <= 10`": SAME + "far above every limit",
    "safelist.value_size: `10` → `11`": SAME + "far above every limit",
    "safelist.is_simple_range.first: `20` → `21`": "only bounds the work: no file has 10²⁰ bytes",
    "safelist.is_simple_range.last: `20` → `21`": "only bounds the work: no file has 10²⁰ bytes",
    "url._QUERY_UNSAFE: pattern `[\\x00-\\x20\\\"<>'\\x7f-\\xff]`": SAME + "the fragment is cut off before",
    "url._AUTHORITY_END: pattern `/?#\\\\]`": SPEED,
    "url._AUTHORITY_END: pattern `[?#\\\\]`": SPEED,
    "url._AUTHORITY_END: pattern `[/#\\\\]`": SPEED,
    "url._AUTHORITY_END: pattern `[/?\\\\]`": SPEED,
    "url._AUTHORITY_END: pattern `[/?#]`": SPEED,
    "url._with_authority.end: `index >= 0` → `index > 0`": SAME + "an empty host, or one with a forbidden `?`",
    "url._with_authority.end: `0` → `1`": SAME + "an empty host, or one with a forbidden `?`",
    "url._split_port: `not bracket or (rest and rest[0] != ':')` → `rest and rest[0] != ':'`": (
        SAME + "a host without its bracket is refused when it's read"
    ),
    "url._split_port: `False` → `True`": SAME + "the host is None, which decides",
    "url._split_port: `'0'` → `'XX0'`": SAME + "digits alone come here",
    "url._split_port: `5` → `6`": SAME + "what has six digits is above 65535",
    "url._host: pattern `\\[[0-9A-Fa-f:]+\\]`": "IPv6 with an IPv4 tail: read, but not written as browsers write it",
    "url.origin_of: `url if end is None else url[:end.start()]` → `url`": SPEED,
    "url.origin_of.end: `3` → `4`": SAME + "no request goes to an empty host",
}
