#!/bin/sh
# Downloads the pinned k3s, unless it is there already, and checks it against the sums of its release.
set -eu

. /etc/moat/node.env
target=/usr/local/bin/k3s

case $(uname -m) in
  x86_64) binary=k3s sums=sha256sum-amd64.txt ;;
  aarch64) binary=k3s-arm64 sums=sha256sum-arm64.txt ;;
  *) echo "there is no k3s for $(uname -m): take an image for x86_64 or aarch64" >&2; exit 1 ;;
esac

if [ -x "$target" ] && "$target" --version | grep -qF "$K3S_VERSION"; then exit 0; fi

# The plus sign of a version is written as %2B in an address.
from=$K3S_RELEASES/$(printf '%s' "$K3S_VERSION" | sed 's/+/%2B/')
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
fetch() { curl --fail --silent --show-error --location --retry 10 --retry-delay 5 --retry-all-errors -o "$1" "$from/$1"; }
fetch "$binary"
fetch "$sums"
grep -E " $binary\$" "$sums" | sha256sum --check --status || {
  echo "$from/$binary is not what $sums of the release says" >&2
  exit 1
}
install -m 0755 "$binary" "$target"
