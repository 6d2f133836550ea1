"""What answers in the app's place, as data: gateways, guards, tunnels and platforms that refuse or fail a request
before any CORS code of the app runs. The error looks like a CORS failure, and no CORS setting of the app changes it.

A maker is listed only with a sign of its own, in a header or in its error page.
"""

from typing import NamedTuple

from .rows import Lines, Where, by_status, holding


class Gate(NamedTuple):
    """One maker's answer of its own. In `change`, {server}, {host} and {page} stand for the call's values."""

    id: str
    maker: str
    statuses: tuple[int, ...]
    """Empty: any."""
    what: str
    sign: str
    """What of the answer shows it, in words."""
    change: str
    source: str
    header: tuple[str, str] | None = None
    error_page: str | None = None
    lacks: tuple[str, ...] = ()
    """Headers (lower-case) that its answer never has."""
    address: str = ""
    where: Where = ""
    by_headers: bool = False
    """Whether it can be configured to answer with CORS headers, so that a header fix says what is needed."""
    ran: bool = False
    """Whether the app's code ran, at least in part."""


_JWT_TEXTS = (
    "https://github.com/google/jwt_verify_lib (src/status.cc); envoyproxy/envoy, jwt_authn/filter.cc: 403 for the "
    "audience, 401 for all others"
)

GATES: tuple[Gate, ...] = (
    # guards of development servers and frameworks against foreign host names
    Gate(
        "vite-host",
        "Vite's dev server",
        (403,),
        "Vite's dev server refuses the host name that it is called by.",
        "Vite's page “Blocked request. This host … is not allowed”",
        "{server}: add '{host}' to server.allowedHosts in vite.config (preview.allowedHosts for vite preview).",
        "https://vite.dev/config/server-options#server-allowedhosts; vitejs/vite, middlewares/hostCheck.ts",
        error_page="vite",
    ),
    Gate(
        "webpack-host",
        "webpack-dev-server",
        (403,),
        "webpack-dev-server refuses the host name that it is called by.",
        "its page “Invalid Host header”",
        "{server}: add '{host}' to devServer.allowedHosts.",
        "https://webpack.js.org/configuration/dev-server/#devserverallowedhosts; webpack-dev-server, lib/Server.js",
        error_page="host-check",
    ),
    Gate(
        "rails-host",
        "Rails",
        (403,),
        "Rails refuses the host name that it is called by.",
        "Rails' page “Blocked hosts”",
        '{server}: add config.hosts << "{host}" to the environment\'s configuration.',
        "https://guides.rubyonrails.org/configuring.html#actiondispatch-hostauthorization",
        error_page="rails-hosts",
    ),
    Gate(
        "ollama-host",
        "Ollama",
        (403,),
        "Ollama refuses the host name that it is called by: it listens on this machine only.",
        "an empty 403 that does allow the origin",
        "Start Ollama with OLLAMA_HOST=0.0.0.0, or let the proxy or tunnel send “Host: localhost:11434”.",
        "https://github.com/ollama/ollama (server/routes.go, allowedHostsMiddleware; it runs after the CORS code)",
        header=("access-control-allow-origin", ""),
        lacks=("content-type", "www-authenticate"),
        address=r":11434(/|$)|^[^/]*/api/(tags|generate|embed|embeddings|ps|pull)/?$",
    ),
    # MCP servers
    Gate(
        "mcp-origin",
        "The MCP server",
        (403,),
        "The MCP server's protection against DNS rebinding refuses the page's origin.",
        "“Invalid Origin header”",
        "{server}: add {page} to the allowed origins of the transport (TypeScript: allowedOrigins; Python: "
        "TransportSecuritySettings(allowed_origins=[…])), and answer with CORS headers.",
        "https://modelcontextprotocol.io/specification/2025-06-18/basic/transports (Security Warning); "
        "modelcontextprotocol/python-sdk, server/transport_security.py",
        error_page="mcp-origin",
    ),
    Gate(
        "mcp-host",
        "The MCP server",
        (403, 421),
        "The MCP server's protection against DNS rebinding refuses the host name that it is called by.",
        "“Invalid Host header”",
        "{server}: add {host} (with its port) to the allowed hosts of the transport (TypeScript: allowedHosts; Python: "
        "TransportSecuritySettings(allowed_hosts=[…])).",
        "https://github.com/modelcontextprotocol/typescript-sdk (server/streamableHttp.ts)",
        error_page="mcp-host",
    ),
    Gate(
        "mcp-host-in-python",
        "The MCP server",
        (421,),
        "The MCP server's protection against DNS rebinding refuses the host name that it is called by.",
        "“Invalid Host header”",
        "{server}: add {host} (with its port) to the allowed hosts of the transport "
        "(TransportSecuritySettings(allowed_hosts=[…])).",
        "https://github.com/modelcontextprotocol/python-sdk (server/transport_security.py: 421)",
        error_page="host-check",
    ),
    # Cloudflare
    Gate(
        "cloudflare-challenge",
        "Cloudflare",
        (),
        "Cloudflare answered with a challenge for people (a WAF rule, a bot rule or a security level).",
        "“cf-mitigated: challenge”",
        "Cloudflare: add a rule that skips challenges for this path of the API (Security, Custom rules, Skip). Headers "
        "of the app don't help: it never saw the request.",
        "https://developers.cloudflare.com/cloudflare-challenges/challenge-types/challenge-pages/detect-response",
        header=("cf-mitigated", "^challenge$"),
    ),
    Gate(
        "cloudflare-access-at-preflight",
        "Cloudflare Access",
        (),
        "Cloudflare Access asks the preflight for a login, which a preflight never has.",
        "“WWW-Authenticate: Cloudflare-Access”",
        "Cloudflare Zero Trust: in the Access application's advanced settings, set its CORS settings, or let OPTIONS "
        "requests bypass to the origin.",
        "https://developers.cloudflare.com/cloudflare-one/access-controls/applications/http-apps/authorization-cookie/"
        "cors/",
        header=("www-authenticate", "^Cloudflare-Access"),
        where="preflight",
        by_headers=True,
    ),
    Gate(
        "cloudflare-access",
        "Cloudflare Access",
        (401, 403),
        "Cloudflare Access refused the request: the page has no login for it, or didn't send it.",
        "“WWW-Authenticate: Cloudflare-Access”",
        "The page: log in to the Access application first, and call with credentials: 'include'; then set the "
        "application's CORS settings.",
        "https://developers.cloudflare.com/cloudflare-one/access-controls/applications/http-apps/authorization-cookie/"
        "cors/",
        header=("www-authenticate", "^Cloudflare-Access"),
        where="actual",
    ),
    Gate(
        "cloudflare-no-origin",
        "Cloudflare",
        (530,),
        "Cloudflare can't find the server behind it: the tunnel isn't running, or its name doesn't resolve.",
        "“Server: cloudflare”",
        "{server}: start the tunnel (cloudflared) if the answer's text names code 1033; correct the DNS record of the "
        "origin if it names 1016.",
        "https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-1xxx-errors/ (530 "
        "comes with a code 1xxx in the body)",
        header=("server", "^cloudflare$"),
    ),
    # tunnels
    Gate(
        "ngrok-warning",
        "ngrok",
        (),
        "ngrok answered with its warning page for browsers.",
        "“ngrok-error-code: ERR_NGROK_6024”",
        "The page: send the header ngrok-skip-browser-warning (any value) with its calls, and {server}: list it in "
        "Access-Control-Allow-Headers.",
        "https://ngrok.com/docs/errors/err_ngrok_6024",
        header=("ngrok-error-code", "^ERR_NGROK_6024$"),
    ),
    Gate(
        "ngrok-offline",
        "ngrok",
        (),
        "The ngrok tunnel is offline, or has another address now.",
        "“ngrok-error-code: ERR_NGROK_3200”",
        "Start ngrok, and compare the address that it prints with the one that the page calls.",
        "https://ngrok.com/docs/errors/err_ngrok_3200",
        header=("ngrok-error-code", "^ERR_NGROK_3200$"),
    ),
    Gate(
        "ngrok-no-server",
        "ngrok",
        (),
        "The ngrok tunnel runs, and nothing listens where it leads.",
        "“ngrok-error-code: ERR_NGROK_8012”",
        "Start the server, on the port that ngrok was started for.",
        "https://ngrok.com/docs/errors/err_ngrok_8012",
        header=("ngrok-error-code", "^ERR_NGROK_8012$"),
    ),
    Gate(
        "ngrok-error",
        "ngrok",
        (),
        "ngrok answered with an error of its own.",
        "“ngrok-error-code”",
        "Look the code up: https://ngrok.com/docs/errors/ and the code in lower case.",
        "https://ngrok.com/docs/errors/",
        header=("ngrok-error-code", "^ERR_NGROK_"),
    ),
    # Google Cloud
    Gate(
        "google-invoker",
        "Google Cloud",
        (403,),
        "The Cloud Run service or Cloud Function lets only callers with an identity in: no preflight has one.",
        "Google's page “Your client does not have permission to get URL”",
        "{server}: allow unauthenticated calls (role Cloud Run Invoker for allUsers), and check the login in the app, "
        "behind its CORS code.",
        "https://cloud.google.com/run/docs/authenticating/public",
        error_page="google-invoker",
    ),
    # Vercel and Netlify
    Gate(
        "vercel-protection",
        "Vercel",
        (401, 403),
        "Vercel's Deployment Protection asks for a login, before the app runs.",
        "Vercel's cookie _vercel_sso_nonce",
        "Vercel: call the production domain, or turn Deployment Protection off for this deployment; for preflights "
        "alone there is its OPTIONS Allowlist.",
        "https://vercel.com/docs/deployment-protection/methods-to-bypass-deployment-protection/options-allowlist",
        header=("set-cookie", "^_vercel_sso_nonce="),
    ),
    Gate(
        "vercel-firewall",
        "Vercel",
        (403, 429),
        "Vercel's firewall stopped the request (Attack Challenge Mode, a bot rule or a rule of the project).",
        "“x-vercel-mitigated”",
        "Vercel: in Firewall, add a bypass rule for this path of the API.",
        "https://vercel.com/docs/vercel-firewall",
        header=("x-vercel-mitigated", "^(challenge|deny)$"),
    ),
    Gate(
        "vercel-nothing-there",
        "Vercel",
        (404,),
        "Vercel has no deployment, function or file at this address.",
        "“x-vercel-error: …NOT_FOUND”",
        "The page: check the address; {server}: see that the function is deployed, and that no rewrite hides it.",
        "https://vercel.com/docs/errors/NOT_FOUND",
        header=("x-vercel-error", "NOT_FOUND$"),
    ),
    Gate(
        "vercel-function-failed",
        "Vercel",
        (500, 502, 504, 508),
        "The function on Vercel crashed or took too long.",
        "“x-vercel-error: FUNCTION_…”",
        "{server}: see the function's log on Vercel, and fix that first: its CORS code never ran to the end.",
        "https://vercel.com/docs/errors/FUNCTION_INVOCATION_FAILED",
        header=("x-vercel-error", "^FUNCTION_"),
        ran=True,
    ),
    Gate(
        "netlify-nothing-there",
        "Netlify",
        (404,),
        "Netlify has no file, function or redirect at this address.",
        "Netlify's page “Not Found - Request ID”",
        "The page: check the path (functions: /.netlify/functions/NAME); {server}: see that it is deployed.",
        "https://docs.netlify.com/build/functions/get-started/",
        error_page="netlify",
    ),
    # gateways
    Gate(
        "kong-no-route-at-preflight",
        "Kong",
        (404,),
        "Kong has no Route for OPTIONS at this path.",
        "“no Route matched with those values”",
        "{server}: add OPTIONS to the Route's methods (a Route that matches by a header needs one beside it for "
        "OPTIONS), and put Kong's cors plugin on it.",
        "https://developer.konghq.com/support/when-using-route-by-header-a-cors-pre-flight-request-fails-with-a-404-"
        "error/",
        error_page="kong",
        where="preflight",
        by_headers=True,
    ),
    Gate(
        "kong-no-route",
        "Kong",
        (404,),
        "Kong has no Route for this method and path.",
        "“no Route matched with those values”",
        "The page: check the path; {server}: add the Route.",
        "https://developer.konghq.com/gateway/entities/route/",
        error_page="kong",
        where="actual",
    ),
    Gate(
        "kong-login-at-preflight",
        "Kong",
        (401,),
        "A Kong plugin asks the preflight for a key or a token, which a preflight never has.",
        "Kong's answer “No API key found in request”",
        "{server}: set config.run_on_preflight to false in that plugin, and put Kong's cors plugin on the Route: it "
        "runs before.",
        "https://developer.konghq.com/plugins/key-auth/reference/ (config.run_on_preflight)",
        error_page="kong",
        where="preflight",
        by_headers=True,
    ),
    Gate(
        "kong-login",
        "Kong",
        (401,),
        "Kong refused the request: it has no API key.",
        "Kong's answer “No API key found in request”",
        "The page: send the key; {server}: put Kong's cors plugin on the Route, so that its refusals can be read.",
        "https://developer.konghq.com/plugins/key-auth/",
        error_page="kong",
        where="actual",
    ),
    Gate(
        "traefik-no-server",
        "Traefik",
        (503,),
        "Traefik has no healthy server for this route.",
        "Traefik's text “no available server”",
        "{server}: start the app behind Traefik, or correct its health check.",
        "https://github.com/traefik/traefik (pkg/server/service/loadbalancer/wrr: errNoAvailableServer)",
        error_page="no-available-server",
    ),
    Gate(
        "istio-policy-at-preflight",
        "Envoy or Istio",
        (403,),
        "An authorization policy of Istio (Envoy's RBAC) refuses the preflight, which has no token.",
        "“RBAC: access denied”",
        "{server}: allow the method OPTIONS in the AuthorizationPolicy, and set corsPolicy in the VirtualService.",
        "https://github.com/istio/istio/issues/45716, https://github.com/istio/istio/issues/31335",
        error_page="envoy",
        where="preflight",
        by_headers=True,
    ),
    Gate(
        "istio-policy",
        "Envoy or Istio",
        (403,),
        "An authorization policy of Istio (Envoy's RBAC) refused the request.",
        "“RBAC: access denied”",
        "{server}: see which AuthorizationPolicy applies to this path, and what it wants of the caller.",
        "https://istio.io/latest/docs/reference/config/security/authorization-policy/",
        error_page="envoy",
        where="actual",
    ),
    Gate(
        "istio-token-at-preflight",
        "Envoy or Istio",
        (401,),
        "Envoy's token check asks the preflight for a token, which a preflight never has.",
        "Envoy's text “Jwt is missing”",
        "{server}: set bypass_cors_preflight in Envoy's jwt_authn filter, and let its CORS filter run first.",
        "https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/http/jwt_authn/v3/config.proto "
        "(bypass_cors_preflight)",
        error_page="envoy",
        where="preflight",
        by_headers=True,
    ),
    Gate(
        "istio-token",
        "Envoy or Istio",
        (401,),
        "Envoy refused the request's token, or there is none.",
        "Envoy's text “Jwt …”",
        "The page: send a valid token (it may have expired); {server}: let the CORS filter run first, so that "
        "refusals can be read.",
        _JWT_TEXTS,
        error_page="envoy",
        where="actual",
    ),
    Gate(
        "istio-audience",
        "Envoy or Istio",
        (403,),
        "Envoy refused the token: it is valid, and was issued for another API.",
        "Envoy's text “Audiences in Jwt are not allowed”",
        "The page: request a token for this API's audience; or {server}: add the token's audience to the provider's "
        "audiences (Istio: RequestAuthentication).",
        _JWT_TEXTS,
        error_page="envoy-audience",
        where="actual",
    ),
    Gate(
        "istio-keys",
        "Envoy or Istio",
        (401,),
        "Envoy couldn't check the token: it has no key for it, or couldn't load the issuer's keys.",
        "Envoy's text “Jwks …”",
        "{server}: check the provider's issuer and jwksUri, and that Envoy can reach that address; the page: send a "
        "token from that issuer.",
        _JWT_TEXTS,
        error_page="envoy-keys",
        where="actual",
    ),
    Gate(
        "azure-gateway-at-preflight",
        "Azure API Management",
        (401, 404),
        "Azure API Management has no cors policy here, so it treats the preflight as a call to the API.",
        "API Management's own error",
        "{server}: add the cors policy to the inbound section of the API or of all APIs, with {page} as an origin.",
        "https://learn.microsoft.com/azure/api-management/cors-policy; techcommunity.microsoft.com, Azure PaaS Blog "
        "1588413 (404 where no operation has the method)",
        error_page="azure-gateway",
        where="preflight",
        by_headers=True,
    ),
    Gate(
        "azure-gateway",
        "Azure API Management",
        (401, 404),
        "Azure API Management refused the request: the subscription key is missing or wrong, or no operation matches.",
        "API Management's own error",
        "The page: send the key and check the path; {server}: add the cors policy, so that refusals can be read.",
        "https://learn.microsoft.com/azure/api-management/cors-policy",
        error_page="azure-gateway",
        where="actual",
    ),
    # Supabase and Firebase
    Gate(
        "supabase-login",
        "Supabase's gateway",
        (401,),
        "Supabase's gateway refused the request before the function ran: the key or the token is missing or wrong.",
        "its own error (verify_jwt)",
        "The page: send apikey and Authorization, as supabase-js does; or deploy the function with verify_jwt = false.",
        "https://supabase.com/docs/guides/functions/auth-headers",
        error_page="supabase",
    ),
    Gate(
        "supabase-no-function",
        "Supabase's gateway",
        (404,),
        "Supabase has no Edge Function of this name.",
        "its own error “Requested function was not found”",
        "The page: check the function's name in the address; or deploy it.",
        "https://supabase.com/docs/guides/troubleshooting/unable-to-call-edge-function",
        error_page="supabase",
    ),
    Gate(
        "supabase-function-failed",
        "Supabase's gateway",
        (500, 503, 546),
        "The Edge Function didn't start, or was stopped at its limit: its CORS code never ran to the end.",
        "its own error (BOOT_ERROR, WORKER_ERROR, WORKER_LIMIT)",
        "{server}: see the function's log (a wrong import, an error at the top level, too much memory or time).",
        "https://supabase.com/docs/guides/functions/status-codes",
        error_page="supabase",
        ran=True,
    ),
    Gate(
        "firebase-function-failed",
        "Firebase",
        (500,),
        "The Cloud Function crashed: its CORS code never ran to the end.",
        "its page “Error: could not handle the request”",
        "{server}: see the function's log (firebase functions:log), and fix that first.",
        "https://firebase.google.com/docs/functions/http-events",
        error_page="firebase",
        ran=True,
    ),
    Gate(
        "wordpress-no-route",
        "WordPress",
        (404,),
        "WordPress has no such REST route.",
        "its error rest_no_route",
        "The page: check path and method; {server}: activate the plugin that adds the route.",
        "https://developer.wordpress.org/rest-api/extending-the-rest-api/routes-and-endpoints/",
        error_page="wordpress-no-route",
    ),
)
"""The more particular sign comes first."""

_with = by_status(GATES)


def gate(headers: Lines, status: int | None, error_page: str | None, url: str, *, preflight: bool) -> Gate | None:
    """The maker that gave this answer in the app's place; None: unknown. `url`: the address that was called."""
    return next(holding(_with(status), headers, error_page, url, preflight=preflight), None)
