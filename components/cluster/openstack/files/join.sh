#!/bin/sh
# Decides at each start of k3s how this node takes part: it joins whichever server answers. Only the first server founds the cluster,
# and only when no other one answers and its data volume holds none yet.
set -eu
umask 077

. /etc/moat/node.env
. /etc/moat/bootstrap.env
choice=/etc/rancher/k3s/config.yaml.d/20-join.yaml
members=/var/lib/rancher/k3s/server/db/etcd/member

answers() {
  curl --silent --max-time 3 --cacert /etc/moat/server-ca.crt "https://$1:6443/ping" | grep -q '^pong$'
}

# The token names the authority, so that nobody else can pass for a server.
join() {
  printf 'server: "https://%s:6443"\ntoken: "K10%s::%s:%s"\n' "$1" "$CA_HASH" "$JOIN_AS" "$JOIN_TOKEN" >"$choice"
}

found() {
  printf 'cluster-init: true\ntoken: "%s"\n' "$JOIN_TOKEN" >"$choice"
}

try=0
while :; do
  for peer in $PEERS; do
    if answers "$peer"; then
      join "$peer"
      exit 0
    fi
  done
  try=$((try + 1))
  # Nobody answers. A server with data goes on as it was: all may be starting at once.
  if [ "$ROLE" = server ] && [ -d "$members" ]; then
    [ -e "$choice" ] || found
    exit 0
  fi
  # Others may just be slow, and a second cluster would be worse than a wait.
  if [ "$FOUNDER" = yes ] && [ "$try" -ge "$FOUND_AFTER" ]; then
    found
    exit 0
  fi
  sleep 5
done
