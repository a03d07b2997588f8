#!/bin/sh
# Boots a machine of the packages in TREE with the real cloud-init and USER_DATA, in namespaces of its own.
# Of what would touch more than files there are stand-ins in the folder STUBS; afterwards the machine's files are below OUT.
# Usage: unshare --mount --net --uts --ipc --pid --fork sh boot.sh TREE USER_DATA STUBS OUT
set -eu
tree=$1 user_data=$2 stubs=$3 out=$4

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/room.sh"

seed=$root/var/lib/cloud/seed/nocloud
mkdir -p "$seed"
cp "$user_data" "$seed/user-data"
printf 'instance-id: 3f2b8c1e-0d4a-4b57-9c43-1a2b3c4d5e6f\n' >"$seed/meta-data"
# The stages and modules that the user data has work for; packages and the network are the cloud's.
cat >"$root/etc/cloud/cloud.cfg" <<'CONFIG'
datasource_list: [NoCloud]
network: {config: disabled}
cloud_init_modules: [write-files, set_hostname]
cloud_config_modules: [runcmd]
cloud_final_modules: [scripts-user]
CONFIG

# What an image has besides packages.
mkdir -p "$root/usr/local/bin" "$root/usr/local/sbin"
: >"$root/etc/fstab"
cp "$stubs"/* "$root/usr/local/sbin/"
[ ! -d "$stubs.files" ] || cp -r "$stubs.files/." "$root/"

in_room cloud-init init --local
in_room cloud-init init
in_room cloud-init modules --mode config
in_room cloud-init modules --mode final

mkdir -p "$out"
for folder in etc/moat etc/rancher etc/systemd/system etc/fstab var/lib/rancher usr/local/lib/moat usr/local/bin/k3s calls; do
  if [ -e "$root/$folder" ]; then
    mkdir -p "$out/$(dirname "$folder")"
    cp -a "$root/$folder" "$out/$folder"
  fi
done
hostname >"$out/hostname"
