#!/bin/sh
# Makes the organisations of tenants, and writes the provisioning files with their numbers.
#
# Grafana provisions into organisations that are there, by number, refuses to start when one is missing, and reads the mapping of groups
# to them once, at its start. It cannot make them itself. So this runs before it, in a pod of its own kind: a Grafana that only this pod
# reaches, which is asked for the organisations by name.
#
# organisations.sh <command of the server>, with
#   API                  where it answers: http://127.0.0.1:3000/api
#   ADMIN_PASSWORD_FILE  the administrator's password
#   PROVISIONING         folder for the files; templates stand beside this script
set -eu

here=$(dirname "$0")
organisations="$here/organisations"

fail() {
	echo "organisations.sh: $1" >&2
	exit 1
}

ask() {
	path=$1
	shift
	authorization=$(printf 'admin:%s' "$(cat "$ADMIN_PASSWORD_FILE")" | base64 | tr -d '\n')
	# By standard input: every process beside it sees the words of a command line.
	printf 'header = "Authorization: Basic %s"\n' "$authorization" |
		curl --silent --fail --max-time 30 --config - "$@" "$API/$path"
}

number_of() {
	ask "orgs/name/$1" | sed -n 's/^{"id":\([0-9]*\),.*/\1/p'
}

"$@" &
server=$!
trap 'kill "$server" 2>/dev/null || true' EXIT

waited=0
until curl --silent --fail --max-time 5 --output /dev/null "$API/health"; do
	kill -0 "$server" 2>/dev/null || fail "Grafana ended; its log above says why"
	[ "$waited" -lt 300 ] || fail "Grafana did not answer within 5 minutes"
	waited=$((waited + 1))
	sleep 1
done

# The secret is the truth: the password in the database is of the first start, or what somebody changed it to.
ask org >/dev/null || grafana cli --homepath="$GF_PATHS_HOME" --config="$GF_PATHS_CONFIG" \
	admin reset-admin-password --password-from-stdin <"$ADMIN_PASSWORD_FILE"
ask org >/dev/null || fail "the administrator's password is not taken"

mkdir -p "$PROVISIONING/datasources" "$PROVISIONING/dashboards"
while read -r name; do
	number=$(number_of "$name")
	if [ -z "$number" ]; then
		# Another replica may be faster.
		ask orgs --header 'Content-Type: application/json' --data "{\"name\":\"$name\"}" >/dev/null || true
		number=$(number_of "$name")
	fi
	[ -n "$number" ] || fail "there is no organisation $name, and it cannot be made"
	for kind in datasources dashboards; do
		sed "s/ORGANISATION_NUMBER/$number/" "$here/$kind.$name.yaml" >"$PROVISIONING/$kind/$name.yaml"
	done
	echo "organisations.sh: $name is organisation $number"
done <"$organisations"

kill "$server"
wait "$server" || true
trap - EXIT
