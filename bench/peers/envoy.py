"""Envoy in two ways: its native filters for keys and roles, and ``ext_authz`` to a service.

The native key filter has no hash, so that keys stand in the configuration as they are. It names the holder in a header
that the role filter reads and that is taken off before the request goes on.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bench.peers.key_check import CHECK_PATH
from bench.peers.peer import PREFIX, Peer, Prepared, Surroundings, find_version
from bench.peers.python_packages import BINARIES
from bench.peers.rules import CLERK, READER, allowed_paths, allowed_patterns
from bench.peers.service import key_check_command
from bench.upstream import free_port

ENVOY = str(BINARIES / "envoy")
TYPES = "type.googleapis.com/envoy.extensions"
HOLDER_HEADER = "x-holder"
LOG_FORMAT = "%DOWNSTREAM_REMOTE_ADDRESS% %REQ(X-HOLDER)% [%START_TIME%] %REQ(:METHOD)% %REQ(:PATH)% %RESPONSE_CODE%\n"
# A path of the catalogue is longer than the pattern that Envoy takes by default.
RUNTIME = {"layers": [{"name": "static", "static_layer": {"re2.max_program_size.error_level": 1000}}]}

Json = Mapping[str, Any]


def prepare_native(surroundings: Surroundings) -> Prepared:
    """Keys in ``api_key_auth``, what a role may call in ``rbac``."""
    key_filter = {
        "@type": f"{TYPES}.filters.http.api_key_auth.v3.ApiKeyAuth",
        "credentials": [{"key": holder.key, "client": holder.name} for holder in surroundings.rules.holders],
        "key_sources": [{"header": "Authorization"}],
        "forwarding": {"header": HOLDER_HEADER, "hide_credentials": True},
    }
    policies = {role: _policy(role) for role in (READER, CLERK)}
    role_filter = {
        "@type": f"{TYPES}.filters.http.rbac.v3.RBAC",
        "rules": {"action": "ALLOW", "policies": policies},
    }
    filters = [{"name": "keys", "typed_config": key_filter}, {"name": "roles", "typed_config": role_filter}]
    return _prepare(surroundings, filters, [])


def prepare_ext_authz(surroundings: Surroundings) -> Prepared:
    """Keys and paths in a service that Envoy asks over HTTP."""
    port = free_port()
    service = {
        "server_uri": {"uri": f"http://127.0.0.1:{port}", "cluster": "key_check", "timeout": "1s"},
        "path_prefix": CHECK_PATH,
        "authorization_response": {"allowed_upstream_headers": {"patterns": [{"exact": HOLDER_HEADER}]}},
    }
    ask = {
        "@type": f"{TYPES}.filters.http.ext_authz.v3.ExtAuthz",
        "transport_api_version": "V3",
        "http_service": service,
        "failure_mode_allow": False,
    }
    filters = [{"name": "ask", "typed_config": ask}]
    prepared = _prepare(surroundings, filters, [_cluster("key_check", port)])
    return Prepared([key_check_command(surroundings, port), *prepared.commands], helper_ports=[port])


def _policy(role: str) -> Json:
    def of_role(rules: Iterator[str]) -> Iterator[tuple[str, str]]:
        for rule in rules:
            holder_role, method, path = rule.split(":", 2)
            if holder_role == role:
                yield method, path

    exact = [_permission(method, {"exact": path}) for method, path in of_role(allowed_paths(PREFIX))]
    matched = [
        _permission(method, {"safe_regex": {"regex": pattern}}) for method, pattern in of_role(allowed_patterns(PREFIX))
    ]
    return {
        "permissions": [*exact, *matched],
        "principals": [{"header": {"name": HOLDER_HEADER, "string_match": {"prefix": f"{role}-"}}}],
    }


def _permission(method: str, path: Json) -> Json:
    method_is = {"header": {"name": ":method", "string_match": {"exact": method}}}
    return {"and_rules": {"rules": [{"url_path": {"path": path}}, method_is]}}


def _prepare(surroundings: Surroundings, filters: Sequence[Json], clusters: Sequence[Json]) -> Prepared:
    router = {"name": "router", "typed_config": {"@type": f"{TYPES}.filters.http.router.v3.Router"}}
    route = {
        "match": {"prefix": f"{PREFIX}/"},
        "route": {"cluster": "orchestrator", "prefix_rewrite": "/"},
        "request_headers_to_remove": [HOLDER_HEADER],
        "request_headers_to_add": [
            {
                "header": {"key": "authorization", "value": surroundings.upstream_authorization},
                "append_action": "OVERWRITE_IF_EXISTS_OR_ADD",
            }
        ],
    }
    log = {
        "@type": f"{TYPES}.access_loggers.file.v3.FileAccessLog",
        "path": str(surroundings.directory / "access.log"),
        "log_format": {"text_format_source": {"inline_string": LOG_FORMAT}},
    }
    manager = {
        "@type": f"{TYPES}.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "gate",
        "normalize_path": True,
        "merge_slashes": True,
        "path_with_escaped_slashes_action": "REJECT_REQUEST",
        "access_log": [{"name": "file", "typed_config": log}],
        "http_filters": [*filters, router],
        "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [route]}]},
    }
    listener = {
        "name": "gate",
        "address": _address(surroundings.port),
        "filter_chains": [{"filters": [{"name": "http", "typed_config": manager}]}],
    }
    resources = {"listeners": [listener], "clusters": [_cluster("orchestrator", surroundings.upstream_port), *clusters]}
    configuration = surroundings.directory / "envoy.json"
    configuration.write_text(json.dumps({"static_resources": resources, "layered_runtime": RUNTIME}))
    options = ("--concurrency", "1", "--disable-hot-restart", "--log-level", "error")
    return Prepared([[ENVOY, "-c", str(configuration), *options]])


def _cluster(name: str, port: int) -> Json:
    endpoint = {"endpoint": {"address": _address(port)}}
    assignment = {"cluster_name": name, "endpoints": [{"lb_endpoints": [endpoint]}]}
    return {"name": name, "type": "STATIC", "connect_timeout": "5s", "load_assignment": assignment}


def _address(port: int) -> Json:
    return {"socket_address": {"address": "127.0.0.1", "port_value": port}}


def _envoy_version() -> str | None:
    return find_version([ENVOY, "--version"], r"/([\d.]+)/Clean")


NATIVE = Peer("Envoy {version}, native filters", _envoy_version, prepare_native)
EXT_AUTHZ = Peer("Envoy {version}, ext_authz", _envoy_version, prepare_ext_authz, holds_keys=False)
