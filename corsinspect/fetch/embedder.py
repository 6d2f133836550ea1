"""Embedder policies: what a page that asked to be isolated may still load. HTML, "Embedder policies"; Fetch, "CORP"."""

from typing import Literal

EmbedderPolicy = Literal["require-corp", "credentialless"]

EMBEDDER_POLICY = "Cross-Origin-Embedder-Policy"
RESOURCE_POLICY = "Cross-Origin-Resource-Policy"


def embedder_policy(value: str | None) -> EmbedderPolicy | None:
    """What a Cross-Origin-Embedder-Policy says; None for "unsafe-none" and all that is no such token.

    A structured-field token with parameters (report-to); several header lines make a list, which is none.
    """
    match (value or "").partition(";")[0].strip(" \t"):
        case "require-corp":
            return "require-corp"
        case "credentialless":
            return "credentialless"
        case _:
            return None


def effective_resource_policy(
    found: str | None, embedder: EmbedderPolicy | None, *, credentials: bool = False, navigation: bool = False
) -> str | None:
    """The Cross-Origin-Resource-Policy that counts; None where every origin may embed the response.

    `credentials`: whether the request had them; `navigation`: whether a frame is to show it. Fetch, "cross-origin
    resource policy internal check", steps 1 to 4.
    """
    if navigation and embedder is None:
        return None
    if found in ("same-origin", "same-site", "cross-origin"):
        return None if found == "cross-origin" else found
    if embedder == "require-corp" or (embedder == "credentialless" and (credentials or navigation)):
        return "same-origin"
    return None
