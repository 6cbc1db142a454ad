#!/bin/sh
# Install what the benchmarks need beside Python packages: an upstream and a load tool, both Debian's.
set -eu
if command -v nginx >/dev/null && command -v wrk >/dev/null; then exit 0; fi
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends nginx-light wrk
else
  echo "The benchmarks need Debian's nginx and wrk: run 'apt-get install nginx-light wrk' as root, then make bench again." >&2
  exit 1
fi
