"""Caddy with ``forward_auth`` to a service.

Inside ``route``, because Caddy's own order of directives would strip the prefix before the check sees the path.
"""

from bench.peers.key_check import CHECK_PATH
from bench.peers.peer import PREFIX, Peer, Prepared, Surroundings, find_version
from bench.peers.python_packages import BINARIES
from bench.peers.service import key_check_command
from bench.upstream import free_port

CADDY = str(BINARIES / "caddy")

CONFIGURATION = """
{{
	admin off
	persist_config off
	auto_https off
}}
http://127.0.0.1:{port} {{
	bind 127.0.0.1
	log {{
		output file {directory}/access.log
	}}
	route {{
		forward_auth 127.0.0.1:{check_port} {{
			uri {check_path}
			copy_headers X-Holder
		}}
		uri strip_prefix {prefix}
		reverse_proxy 127.0.0.1:{upstream_port} {{
			header_up Authorization "{authorization}"
			header_up -X-Holder
			transport http {{
				keepalive_idle_conns_per_host 128
			}}
		}}
	}}
}}
"""


def prepare(surroundings: Surroundings) -> Prepared:
    """Write the Caddyfile."""
    check_port = free_port()
    configuration = surroundings.directory / "Caddyfile"
    configuration.write_text(
        CONFIGURATION.format(
            port=surroundings.port,
            directory=surroundings.directory,
            check_port=check_port,
            check_path=CHECK_PATH,
            prefix=PREFIX,
            upstream_port=surroundings.upstream_port,
            authorization=surroundings.upstream_authorization,
        )
    )
    command = [CADDY, "run", "--config", str(configuration), "--adapter", "caddyfile"]
    return Prepared([key_check_command(surroundings, check_port), command], helper_ports=[check_port])


FORWARD_AUTH = Peer(
    "Caddy {version}, forward_auth",
    lambda: find_version([CADDY, "version"], r"v([\d.]+)"),
    prepare,
    holds_keys=False,
)
