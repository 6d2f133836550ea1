"""Embedder policies, and the resource policy that counts under one."""

import pytest

from corsinspect.fetch.embedder import effective_resource_policy, embedder_policy


@pytest.mark.parametrize(
    ("value", "policy"),
    [
        (None, None),
        ("", None),
        ("unsafe-none", None),
        ("require-corp", "require-corp"),
        ('require-corp; report-to="x"', "require-corp"),
        (" credentialless ", "credentialless"),
        ("Require-Corp", None),
        ("require-corp, require-corp", None),
        ('"require-corp"', None),
    ],
)
def test_embedder_policy(value: str | None, policy: str | None) -> None:
    assert embedder_policy(value) == policy


@pytest.mark.parametrize(
    ("found", "embedder", "credentials", "navigation", "counts"),
    [
        (None, None, False, False, None),
        ("junk", None, False, False, None),
        ("same-site", None, False, False, "same-site"),
        ("same-origin", None, False, True, None),
        (None, "require-corp", False, False, "same-origin"),
        ("junk", "require-corp", False, False, "same-origin"),
        ("cross-origin", "require-corp", False, False, None),
        ("same-site", "require-corp", False, False, "same-site"),
        (None, "credentialless", False, False, None),
        (None, "credentialless", True, False, "same-origin"),
        (None, "credentialless", False, True, "same-origin"),
    ],
)
def test_the_resource_policy_that_counts(found, embedder, credentials: bool, navigation: bool, counts) -> None:
    assert effective_resource_policy(found, embedder, credentials=credentials, navigation=navigation) == counts
