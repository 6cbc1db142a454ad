#!/bin/sh
# Install what the benchmarks need beside Stagedoor: an upstream and a load tool, with the word "cds" the server whose
# lists are compared with ours, and with the word "peers" after it the gateways. Without the first two nothing can be
# measured; what else is missing is only named.
set -eu
here=$(dirname "$0")
root=$here/..
PATH=$PATH:/usr/sbin:/sbin

# Print those of "what-must-be-there=package" that are not.
missing_packages() {
  for pair in "$@"; do
    there=${pair%%=*}
    case $there in
      /*) [ -e "$there" ] || printf '%s ' "${pair#*=}" ;;
      *) command -v "$there" >/dev/null || printf '%s ' "${pair#*=}" ;;
    esac
  done
}

# Install Debian packages, or say what a person with the rights has to do. The benchmarks start servers of their own:
# nothing that is installed for them starts by itself, so that no port is taken.
install_packages() {
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "Not installed: $*. Run 'apt-get install $*' as root, then make bench again." >&2
    return 1
  fi
  policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
  fi
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" >/dev/null
}

needed=$(missing_packages nginx=nginx-light wrk=wrk taskset=util-linux)
# Each name is a word of its own.
# shellcheck disable=SC2086
[ -z "$needed" ] || install_packages $needed || exit 1

# SQLite's driver for Node is downloaded from its makers, or built where that cannot be: with the headers beside Node.
install_cds() {
  cds=$here/peers/cds
  cmp -s "$cds/package-lock.json" "$cds/node_modules/installed.json" && return 0
  prefix=$(dirname "$(dirname "$(command -v node)")")
  [ ! -e "$prefix/include/node/node_version.h" ] || export npm_config_nodedir="$prefix"
  npm ci --prefix "$cds" --ignore-scripts --no-audit --no-fund --silent &&
    npm rebuild --prefix "$cds" --silent better-sqlite3 &&
    cp "$cds/package-lock.json" "$cds/node_modules/installed.json"
}

if [ "${1:-}" = cds ]; then
  if ! command -v npm >/dev/null || [ "$(node -p 'process.versions.node.split(".")[0]')" -lt 20 ]; then
    echo "@sap/cds needs Node 20 or later and npm; it is left out of the comparison." >&2
  else
    install_cds || echo "@sap/cds could not be installed; it is left out of the comparison." >&2
  fi
  shift
fi

[ "${1:-}" = peers ] || exit 0

lua=/usr/lib/nginx/modules/ngx_http_lua_module.so
for package in $(missing_packages haproxy=haproxy "$lua=libnginx-mod-http-lua"); do
  install_packages "$package" || echo "It is left out of the comparison." >&2
done

if ! cmp -s "$root/requirements/bench.txt" "$root/.venv-bench/installed.txt"; then
  if "${PYTHON:-python3}" -m venv --clear "$root/.venv-bench" &&
    "$root/.venv-bench/bin/pip" --disable-pip-version-check install --quiet --require-hashes --only-binary :all: \
      -r "$root/requirements/bench.txt"; then
    cp "$root/requirements/bench.txt" "$root/.venv-bench/installed.txt"
  else
    echo "Envoy and Caddy could not be installed (requirements/bench.txt); they are left out of the comparison." >&2
  fi
fi

node=$here/peers/node
if ! command -v npm >/dev/null || [ "$(node -p 'process.versions.node.split(".")[0]')" -lt 20 ]; then
  echo "@fastify/http-proxy needs Node 20 or later and npm; it is left out of the comparison." >&2
elif ! cmp -s "$node/package-lock.json" "$node/node_modules/installed.json"; then
  if npm ci --prefix "$node" --no-audit --no-fund --silent; then
    cp "$node/package-lock.json" "$node/node_modules/installed.json"
  else
    echo "@fastify/http-proxy could not be installed; it is left out of the comparison." >&2
  fi
fi
