#!/bin/sh
# Install what the tests need beside Python packages: clients from npm, and a browser.
set -eu
here=$(dirname "$0")

if ! command -v node >/dev/null || [ "$(node -p 'process.versions.node.split(".")[0]')" -lt 20 ]; then
  echo "The tests need Node 20 or later: https://nodejs.org, or your system's packages." >&2
  exit 1
fi
npm ci --prefix "$here/node" --no-audit --no-fund --silent

if ! command -v chromium >/dev/null; then
  if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium
  else
    echo "The tests need Debian's chromium: run 'apt-get install chromium' as root, then make test again." >&2
    exit 1
  fi
fi
