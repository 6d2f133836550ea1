"""Which names mean that a secret follows: words of header names, parameters of a URL or of a text, path segments,
authentication schemes. Data first.
"""

import re
from functools import lru_cache
from typing import Literal
from urllib.parse import unquote

Standing = Literal["secret", "unless-code", "unless-plain", "harmless", "unknown"]
"""What a name says of its value: a secret; a secret unless it's a country's or a status code; a secret unless it's a
plain word or a small number; no secret, though it may look random; nothing."""

# A header with one of these words in its name holds a secret, whoever invented it: X-Acme-Auth-Token, My-Secret.
_WORDS = frozenset(
    """token secret password passwd passphrase passcode pwd jwt bearer credential credentials signature session
    sessionid sid csrf xsrf csrftoken xsrftoken apikey accesskey authkey secretkey privatekey hmac cookie assertion
    authtoken otp totp""".split()
)
_MAYBE_WORDS = frozenset(
    "auth authorization key pin pass code nonce ticket sig verifier challenge invite magic".split()
)
_ENDINGS = ("token", "secret", "password", "apikey", "sessionid")

# Names of parameters, lower-case without separators: access_token, accessToken and access-token are one.
_SECRET = frozenset(
    """token tok sas authorization apikey accesskey secretkey authkey accesskeyid awsaccesskeyid subscriptionkey sig
    signature hmac mac password passwd passphrase pwd passwort motdepasse contrasena senha pass pin otp totp mfacode
    otpcode smscode verificationcode secret credential credentials authcode authorizationcode codeverifier
    codechallenge nonce sessionid sess sid phpsessid jsessionid aspsessionid connectsid jwt bearer assertion samlrequest
    samlresponse csrf xsrf csrfmiddlewaretoken csrfmiddleware requestverificationtoken privatekey clientkey
    appkey licensekey serverkey masterkey encryptionkey signingkey deploykey webhookkey streamkey storagekey accountkey
    sharedkey consumerkey consumersecret oauthverifier oauthsignature oauthnonce usercode devicecode invitecode
    recoverycode backupcode resetcode activationcode confirmationcode accesscode cvv cvc cvv2 ssn creditcard
    cardnumber pan iban idtokenhint logintoken loginhinttoken gclientsecret seed mnemonic saltedpassword pswd userpass
    userpwd dbpass dbpassword connectionstring dsnsecret sastoken xamzsecuritytoken xamzcredential xamzsignature
    xgoogsignature xgoogcredential googleaccessid keypairid policysignature hdnts hdnea""".split()
)
_UNLESS_PLAIN = frozenset(
    """auth mfa 2fa refresh relaystate key state session sign ticket magic invite invitation authuser
    hash sk access login challenge ott link linkid share shareid sharekey pw verify confirm confirmation
    activate reset unsubscribe""".split()
)
# The last word of a name that has several: smtp_pass, userPin.
_LAST_WORDS = frozenset("pass pwd pin otp sig jwt sid sess passcode hmac cvv nonce mac bearer".split())
_SECRET_ENDINGS = (
    *_ENDINGS,
    *("signature", "credential", "credentials", "passcode", "passphrase", "assertion", "authcode", "passwd", "pwd"),
    *("secretkey", "privatekey", "accesskey", "authkey", "apisecret", "jwt", "sessid", "otp"),
)
# Anywhere in a name, if what comes after doesn't say that it's about the secret only.
_SECRET_WITHIN = re.compile(
    "password|passwd|pwd|passphrase|secret|apikey|accesstoken|refreshtoken|idtoken|authtoken|privatekey|sessionid|bearer"
)
_ABOUT = re.compile(
    r"(?:type|kind|policy|policies|consent|timeout|ttl|expires?|expiresin|expiresat|expiry|exp|count|length|len|min|max|"
    r"limit|required|enabled|strength|hint|url|uri|endpoint|page|form|reset|field|label|visible|name|version|status|"
    r"format|algorithm|algo|alg|scope|scopes|lifetime|age|issuedat|at|changed|updated|error|rules?|manager|method|s)$"
)
_CAMEL = re.compile("(?<=[a-z])(?=[A-Z])")
_HARMLESS = frozenset(
    """version commit commitid commithash sha sha1 sha256 sha512 md5 crc crc32 etag integrity build buildid
    buildhash rev revision ref digest checksum contenthash filehash hashsum fingerprint requestid reqid traceid spanid
    traceparent correlationid xrequestid eventid uuid cid cachebuster cb rnd tag githash gitsha gitcommit release
    deployment deploymentid cacheid blob tree oid objectid productid itemid orderid page cursor sort order lang locale
    debug""".split()
)
_HARMLESS_ENDINGS = (
    *("version", "commit", "checksum", "digest", "sha", "sha1", "sha256", "md5", "etag", "revision", "integrity"),
    *("requestid", "traceid", "correlationid", "spanid", "buildid"),
)

# Segments of a path after which what isn't a plain word is a capability: whoever has the link may do the thing.
_PATH_WORDS = re.compile(
    r"(?:[a-z]+[-_.])*(?:reset|recover|recovery|forgot|verify|verification|confirm|confirmation|activate|activation|"
    r"invite|invites|invitation|invitations|join|magic|magiclink|unsubscribe|optout|token|tokens|secret|secrets|"
    r"webhook|webhooks|hook|hooks|webhookb2|incomingwebhook|ical|icals|calendar|calendars|webcal|ics|private|"
    r"share|shared|shares|sharing|sso|otp|onetime|impersonate|pair|pairing|apikey|apikeys|key|keys|auth|session|sessions|"
    r"login|signin|callback|redeem|claim|gift|access|accept|passwordreset|resetpassword|password|passwords|preview|"
    r"register|registration|signup|approve|approval|download|downloads|dl|s|r|l|rss|feed|feeds|atom|subscribe|"
    r"workflow|workflows|trigger|triggers|ticket|unlock|delegate|guest|link|links|services|api[-_]key|bot)"
    r"(?:[-_.](?:password|email|account|link|url|user|code|token|key|pw|access|now|me|app|session))?"
)
# Segments after which a random value is a name: what it names is no secret.
_PATH_HARMLESS = re.compile(
    r"(?i)commits?|trees?|archive|blobs?|raw|blame|compare|refs?|sha|sha1|sha256|digests?|manifests|objects?|revisions?|builds?|"
    r"checksums?|hash(?:es)?|assets?|static|dist|chunks?|cache|md5|_next|immutable|etag|traces?|requests?|layers"
)

SCHEMES = frozenset(
    """basic bearer concealed digest dpop gnap hoba mutual negotiate oauth privatetoken scram-sha-1 scram-sha-256 vapid
    ntlm kerberos hawk token apikey api-key key jwt ssws aws4-hmac-sha256 aws4-ecdsa-p256-sha256 aws sharedkey
    sharedkeylite sharedaccesssignature hmac signature splunk macaroon session-token zoho-oauthtoken goog4-rsa-sha256
    genie-key genielkey acs hmac-sha256 mac snowflake x-api-key discogs mediabrowser bot""".split()
)


def is_secret_word(word: str) -> bool:
    """Whether a word (lower-case) of a header's name says that its value is a secret."""
    return word in _WORDS or word.endswith(_ENDINGS)


def may_be_secret_word(word: str) -> bool:
    """Whether a word (lower-case) of a header's name says that its value may be one."""
    return word in _MAYBE_WORDS


@lru_cache(4096)
def standing(name: str) -> Standing:
    """What a parameter's name (as written, so perhaps percent-encoded) says of its value."""
    if "‹" in name:  # what was redacted names nothing
        return "unknown"
    spaced = _CAMEL.sub("_", unquote(name, "latin-1")).lower()
    parts = [part for part in (re.sub("[^a-z0-9]", "", part) for part in re.split(r"[.\[\]]+", spaced)) if part]
    words = re.findall("[a-z0-9]+", spaced)
    return _standing(parts[-1], "".join(parts), words[-1]) if parts else "unknown"


def _standing(part: str, whole: str, word: str) -> Standing:
    if part == "code":
        return "unless-code"
    if part in _SECRET or whole in _SECRET or whole.endswith(_SECRET_ENDINGS) or word in _LAST_WORDS:
        return "secret"
    if part in _HARMLESS or whole.endswith(_HARMLESS_ENDINGS):
        return "harmless"
    if within := _SECRET_WITHIN.search(whole):
        return "harmless" if _ABOUT.fullmatch(whole, within.end()) else "secret"
    return "unless-plain" if part in _UNLESS_PLAIN or whole in _UNLESS_PLAIN or word in ("key", "code") else "unknown"


@lru_cache(4096)
def path_standing(segment: str) -> Standing:
    """What a segment of a path says of those after it."""
    if "‹" in segment or not segment:
        return "unknown"
    if _PATH_WORDS.fullmatch(segment.lower()):
        return "unless-plain"
    return "harmless" if _PATH_HARMLESS.fullmatch(segment) else "unknown"
