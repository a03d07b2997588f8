#!/bin/sh
# Says who reaches the metadata service through the wall: a pod, and on the machine itself root and any other user. It prints a line for each.
# Usage: unshare --net --mount sh run.sh TREE GIVEN sh /given/wall.sh WALL, with WALL as nft reads it, or /dev/null for none
set -eu
# Names of namespaces are kept to this one.
mount -t tmpfs names /run
ip netns add pod
ip netns add cloud

link() { # its namespace, its address, ours
  ip link add "$1" type veth peer name eth0 netns "$1"
  ip address add "$3/24" dev "$1"
  ip link set "$1" up
  ip -n "$1" address add "$2/24" dev eth0
  ip -n "$1" link set eth0 up
  ip -n "$1" link set lo up
  ip -n "$1" route add default via "$3"
}
link pod 10.42.0.2 10.42.0.1
# As OpenStack has it: the service's address is behind the router.
link cloud 10.40.0.1 10.40.0.16
ip -n cloud address add 169.254.169.254/32 dev lo
ip route add 169.254.169.254 via 10.40.0.1
sysctl --quiet net.ipv4.ip_forward=1

nft -f "$1"
nft -f "$1"
for who in pod user root; do
  case $who in
    pod) as="ip netns exec pod" ;;
    user) as="setpriv --reuid=65534 --regid=65534 --clear-groups" ;;
    root) as= ;;
  esac
  answer=0
  # shellcheck disable=SC2086 # no word at all for root
  $as curl --silent --max-time 2 http://169.254.169.254/ || answer=$?
  # Nothing listens there: a refusal (7) has come through, silence (28) has not.
  case $answer in
    7) echo "$who passes" ;;
    28) echo "$who is kept off" ;;
    *) echo "$who: curl ended with $answer" ;;
  esac
done
