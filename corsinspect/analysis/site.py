"""Sites: the registrable domain of a host, by the public suffix list."""

from functools import lru_cache

from publicsuffixlist import PublicSuffixList

from corsinspect.fetch.origin import same_site


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    # 30 ms and 5 MB: paid only by who meets a Cross-Origin-Resource-Policy
    return PublicSuffixList()


@lru_cache(maxsize=4096)
def registrable_domain(host: str) -> str | None:
    """The public suffix and one label more; None for a host without a suffix known to the list ("localhost")."""
    domain = _suffixes().privatesuffix(host)
    return domain if isinstance(domain, str) else None


def is_same_site(one: str, other: str) -> bool:
    """Whether two serialised origins are same site, scheme included."""
    return same_site(one, other, registrable_domain)
