#!/bin/sh
# Install what the tests need beside Python packages: clients from npm, a browser, PostgreSQL, nginx and a C compiler.
set -eu
here=$(dirname "$0")
PATH=$PATH:/usr/sbin:/sbin

if ! command -v node >/dev/null || [ "$(node -p 'process.versions.node.split(".")[0]')" -lt 20 ]; then
  echo "The tests need Node 20 or later: https://nodejs.org, or your system's packages." >&2
  exit 1
fi
npm ci --prefix "$here/node" --no-audit --no-fund --silent

missing=
command -v chromium >/dev/null || missing="$missing chromium"
command -v nginx >/dev/null || missing="$missing nginx"
command -v cc >/dev/null || missing="$missing gcc libc6-dev"
# Debian keeps the programs of PostgreSQL's server out of the PATH.
command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "The tests need Debian's$missing: run 'apt-get install$missing' as root, then make test again." >&2
  exit 1
fi
# The tests start servers of their own. Nothing that is installed for them starts by itself, so that no port is taken.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod +x "$policy"
fi
apt-get update -qq
# shellcheck disable=SC2086 # a list of names
DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing
