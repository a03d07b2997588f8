#!/bin/sh
# Runs COMMAND in a machine of the packages in TREE, with the files of the folder GIVEN in /given.
# Usage: unshare --mount sh run.sh TREE GIVEN COMMAND...
set -eu
tree=$1 given=$2
shift 2

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/room.sh"
cp -r "$given" "$root/given"
in_room "$@"
