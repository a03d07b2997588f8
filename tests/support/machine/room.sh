# shellcheck shell=sh
# Sourced. Makes a machine of Debian's packages in the folder $tree, in $root: a copy that is thrown away with the namespaces of the shell.
# in_room runs a program in it. The path of env is whole, as chroot would look for it where the PATH of the tests points.
mount -t tmpfs room /mnt
mkdir /mnt/changes /mnt/work /mnt/root
# shellcheck disable=SC2154 # who sources this sets it
mount -t overlay overlay -o "lowerdir=$tree,upperdir=/mnt/changes,workdir=/mnt/work" /mnt/root
root=/mnt/root
mount -t proc proc "$root/proc"
mount -t tmpfs devices "$root/dev"
for device in null zero full random urandom; do
  : >"$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done

in_room() {
  chroot "$root" /usr/bin/env -i HOME=/root LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
}
