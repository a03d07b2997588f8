#!/bin/sh
# Makes a node of a fresh machine. Its steps may be repeated.
set -eu
umask 077

. /etc/moat/node.env
programs=/usr/local/lib/moat
config=/etc/rancher/k3s/config.yaml.d
state=/var/lib/rancher/k3s/server

sysctl --quiet --system
mkdir -p "$config"
# The cloud's controllers know the machine by its id.
printf 'kubelet-arg+: ["provider-id=openstack:///%s"]\n' "$(cloud-init query v1.instance_id)" >"$config/40-instance.yaml"

units="moat-metadata-wall.service k3s.service"
if [ "$ROLE" = server ]; then
  "$programs/data-volume"
  mkdir -p "$state/tls" "$state/manifests"
  # A volume that has authorities keeps them. (What `cp -n` answers then differs from version to version.)
  for file in /etc/moat/tls/*; do
    if [ -e "$file" ] && [ ! -e "$state/tls/${file##*/}" ]; then cp "$file" "$state/tls/"; fi
  done
  rm -rf /etc/moat/tls
  # Manifests are of this version.
  cp /etc/moat/manifests/* "$state/manifests/"
  units="$units moat-rejoin.path"
fi

"$programs/install-k3s"
systemctl daemon-reload
for unit in $units; do
  systemctl enable --quiet "$unit"
  systemctl start --no-block "$unit"
done
