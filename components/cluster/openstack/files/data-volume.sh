#!/bin/sh
# Mounts the data volume at /var/lib/rancher/k3s. A volume that holds a file system already is never formatted.
set -eu

. /etc/moat/bootstrap.env
folder=/var/lib/rancher/k3s

# The guest sees the first 20 characters of the volume's id as the disk's serial number.
serial=$(printf '%.20s' "$DATA_VOLUME")
device=
for _ in $(seq 60); do
  device=$(find /dev/disk/by-id -name "*$serial*" ! -name '*-part*' | head -n 1)
  [ -z "$device" ] || break
  sleep 2
done
if [ -z "$device" ]; then
  echo "no disk with the serial number $serial: is the volume $DATA_VOLUME attached?" >&2
  exit 1
fi

# blkid says 2 when it finds nothing at all on the disk.
found=0
blkid -p "$device" >/dev/null || found=$?
case $found in
  0) ;;
  2) mkfs.ext4 -q -L moat-data "$device" ;;
  *) echo "$device cannot be read: blkid ended with $found" >&2; exit 1 ;;
esac

mkdir -p "$folder"
grep -q " $folder " /etc/fstab || echo "LABEL=moat-data $folder ext4 defaults,noatime 0 2" >>/etc/fstab
mountpoint -q "$folder" || mount "$folder"
chmod 0700 "$folder"
