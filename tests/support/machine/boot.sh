#!/bin/sh
# Boots a machine's user data with the real cloud-init: in namespaces of its own, on a copy of this system that is thrown away.
# Of what would touch more than files there are stand-ins in the folder STUBS; afterwards the machine's files are below OUT.
# Usage: unshare --mount --net --uts --ipc --pid --fork sh boot.sh USER_DATA STUBS OUT
set -eu
user_data=$1 stubs=$2 out=$3

room=$(mktemp -d)
mount -t tmpfs room "$room"
mkdir "$room/changes" "$room/work" "$room/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$room/changes,workdir=$room/work" "$room/root"
root=$room/root

# Nothing of this system's own state: no secrets that lie around, no cloud that it may have come from.
for folder in root home run etc/cloud var/lib/cloud usr/local/lib/moat; do
  mkdir -p "$root/$folder"
  mount -t tmpfs empty "$root/$folder"
done
mount -t proc proc "$root/proc"
mount -t tmpfs devices "$root/dev"
for device in null zero full random urandom; do
  : >"$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done

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

mkdir -p "$root/usr/local/sbin"
cp "$stubs"/* "$root/usr/local/sbin/"
[ ! -d "$stubs.files" ] || cp -r "$stubs.files/." "$root/"

in_room() { PATH=/usr/local/sbin:$PATH chroot "$root" "$@"; }
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
