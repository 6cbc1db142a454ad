"""HAProxy with everything in its configuration: keys hashed in a map, paths in a map, patterns in another."""

from bench.peers.peer import PREFIX, Peer, Prepared, Surroundings, find_version
from bench.peers.rules import allowed_paths, allowed_patterns

CONFIGURATION = """
global
  nbthread 1
  maxconn 4096
  log stdout format raw local0
defaults
  mode http
  log global
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend gate
  bind 127.0.0.1:{port}
  log-format "%ci %[var(txn.holder)] [%tr] %{{+Q}}r %ST %B %Ta"
  http-request set-var(txn.holder) http_auth_bearer,sha2(256),hex,map_str({directory}/holders.map)
  http-request deny deny_status 401 unless {{ var(txn.holder) -m found }}
  http-request set-var(txn.role) var(txn.holder),field(1,-)
  http-request set-var-fmt(txn.asked) "%[var(txn.role)]:%[method]:%[path]"
  http-request set-var(txn.allowed) var(txn.asked),map_str({directory}/paths.map)
  acl is_allowed var(txn.allowed) -m found
  http-request set-var(txn.allowed) var(txn.asked),map_reg({directory}/patterns.map) unless is_allowed
  http-request deny deny_status 403 unless is_allowed
  http-request replace-path {prefix}(/.*) \\1
  http-request set-header Authorization "{authorization}"
  default_backend orchestrator
backend orchestrator
  http-reuse always
  server orchestrator 127.0.0.1:{upstream_port}
"""


def prepare(surroundings: Surroundings) -> Prepared:
    """Write the configuration and its maps."""
    directory = surroundings.directory
    holders = (f"{holder.key_sha256.upper()} {holder.name}\n" for holder in surroundings.rules.holders)
    (directory / "holders.map").write_text("".join(holders))
    (directory / "paths.map").write_text("".join(f"{path} 1\n" for path in allowed_paths(PREFIX)))
    (directory / "patterns.map").write_text("".join(f"^{pattern}$ 1\n" for pattern in allowed_patterns(PREFIX)))
    configuration = directory / "haproxy.cfg"
    configuration.write_text(
        CONFIGURATION.format(
            directory=directory,
            port=surroundings.port,
            prefix=PREFIX,
            authorization=surroundings.upstream_authorization,
            upstream_port=surroundings.upstream_port,
        )
    )
    return Prepared([["haproxy", "-f", str(configuration)]])


HAPROXY = Peer("HAProxy {version}, maps", lambda: find_version(["haproxy", "-v"], r"version ([\d.]+)"), prepare)
