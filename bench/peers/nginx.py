"""nginx in three ways: a subrequest that a map answers, a subrequest that a service answers, and Lua.

``auth_request`` to a map is what NGINX advises for API keys in its articles on nginx as an API gateway; to a service,
what the module's own page shows. A map cannot hash, so that the keys of the first stand in its configuration as they
are. Access logs are buffered, as the manual advises where there is much traffic.
"""

from itertools import chain
from pathlib import Path

from bench.peers.key_check import CHECK_PATH
from bench.peers.peer import PREFIX, Peer, Prepared, Surroundings, find_version
from bench.peers.rules import allowed_paths, allowed_patterns
from bench.peers.service import key_check_command
from bench.upstream import free_port

MODULES = Path("/usr/lib/nginx/modules")
LUA_MODULES = ("ndk_http_module.so", "ngx_http_lua_module.so")
GATE = Path(__file__).with_name("gate.lua")

CONFIGURATION = """
{modules}
daemon off; worker_processes 1; pid {directory}/nginx.pid; error_log stderr error;
events {{ worker_connections 4096; }}
http {{
  client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy; fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi; scgi_temp_path {directory}/scgi;
  keepalive_requests 1000000;
  map_hash_max_size {map_size}; map_hash_bucket_size 256;
  {definitions}
  log_format calls '$remote_addr $holder [$time_iso8601] "$request" $status $body_bytes_sent $request_time';
  access_log {directory}/access.log calls buffer=64k flush=1s;
  upstream orchestrator {{ server 127.0.0.1:{upstream_port}; keepalive 128; keepalive_requests 1000000; }}
  server {{
    listen 127.0.0.1:{port};
    {check}
    location {prefix}/ {{
      {guard}
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Authorization "{authorization}";
      proxy_pass http://orchestrator/;
    }}
  }}
}}
"""

MAPS = """
  map $http_authorization $holder { default ""; include holders.map; }
  map $holder $role { default ""; "~^(?<found_role>[a-z]+)-" $found_role; }
  map $request_uri $asked_path { "~^(?<found_path>[^?]*)" $found_path; }
  map "$role:$request_method:$asked_path" $is_allowed { default 0; include allowed.map; }
"""
CHECK_BY_MAP = """
    location = /_check {
      internal;
      if ($holder = "") { return 401; }
      if ($is_allowed = 0) { return 403; }
      return 204;
    }
"""
CHECK_BY_SERVICE = """
    location = /_check {{
      internal;
      proxy_http_version 1.1;
      proxy_pass_request_body off;
      proxy_set_header Connection "";
      proxy_set_header Content-Length "";
      proxy_set_header X-Original-Method $request_method;
      proxy_set_header X-Original-URI $request_uri;
      proxy_pass http://key_check{path};
    }}
"""


def prepare_maps(surroundings: Surroundings) -> Prepared:
    """Keys and paths in maps, asked by a subrequest that nginx answers itself."""
    holders = (f'"Bearer {holder.key}" {holder.name};\n' for holder in surroundings.rules.holders)
    (surroundings.directory / "holders.map").write_text("".join(holders))
    paths = (f'"{path}" 1;\n' for path in allowed_paths(PREFIX))
    patterns = (f'"~^{pattern}$" 1;\n' for pattern in allowed_patterns(PREFIX))
    (surroundings.directory / "allowed.map").write_text("".join(chain(paths, patterns)))
    return _prepare(surroundings, definitions=MAPS, check=CHECK_BY_MAP, guard="auth_request /_check;")


def prepare_service(surroundings: Surroundings) -> Prepared:
    """Keys and paths in a service, asked by a subrequest."""
    port = free_port()
    definitions = f"upstream key_check {{ server 127.0.0.1:{port}; keepalive 128; keepalive_requests 1000000; }}"
    prepared = _prepare(
        surroundings,
        definitions=definitions,
        check=CHECK_BY_SERVICE.format(path=CHECK_PATH),
        guard="auth_request /_check; auth_request_set $holder $upstream_http_x_holder;",
    )
    return Prepared([key_check_command(surroundings, port), *prepared.commands], helper_ports=[port])


def prepare_lua(surroundings: Surroundings) -> Prepared:
    """Keys, hashed, and paths in tables of Lua, looked up in the access phase."""
    surroundings.rules.write_files(surroundings.directory, PREFIX)
    definitions = f'init_by_lua_block {{ gate = dofile("{GATE}"); gate.load("{surroundings.directory}") }}'
    modules = "".join(f"load_module {MODULES / module};\n" for module in LUA_MODULES)
    guard = 'set $holder ""; access_by_lua_block { gate.check() }'
    return _prepare(surroundings, modules=modules, definitions=definitions, check="", guard=guard)


def _prepare(surroundings: Surroundings, *, definitions: str, check: str, guard: str, modules: str = "") -> Prepared:
    configuration = surroundings.directory / "nginx.conf"
    configuration.write_text(
        CONFIGURATION.format(
            modules=modules,
            directory=surroundings.directory,
            map_size=max(2048, 2 * len(surroundings.rules.holders)),
            definitions=definitions,
            upstream_port=surroundings.upstream_port,
            port=surroundings.port,
            check=check,
            prefix=PREFIX,
            guard=guard,
            authorization=surroundings.upstream_authorization,
        )
    )
    return Prepared([["nginx", "-c", str(configuration), "-e", "stderr"]])


def _nginx_version() -> str | None:
    return find_version(["nginx", "-v"], r"nginx/([\d.]+)")


def _lua_version() -> str | None:
    return _nginx_version() if all((MODULES / module).exists() for module in LUA_MODULES) else None


NGINX_MAPS = Peer("nginx {version}, auth_request to a map", _nginx_version, prepare_maps)
NGINX_SERVICE = Peer("nginx {version}, auth_request to a service", _nginx_version, prepare_service, holds_keys=False)
NGINX_LUA = Peer("nginx {version} + lua", _lua_version, prepare_lua)
