#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 20
#
# Who may do what: nobody anything without CAP_NET_ADMIN in the user namespace
# that owns the network namespace, and that one is to be the first unless others
# are allowed in theirs.
#
#     app: a service, asked by who may and who may not
#
# In namespaces of other users: tools/userns.py.
#
# shellcheck disable=SC2317,SC2016	# called by name, evaluated later
. "$(dirname "$0")/lib.sh"

module_load
ns_add app
addr app lo 10.0.1.2/32
service web tcp 10.0.1.2:8080 accept-proxy trust 10.0.0.0/24

before=$(sluice service show)

echo 'services: {}' >"$TMP/conf"
chmod 755 "$TMP"

# Each command of the tool, such that it would succeed
commands=(
	"service add more tcp 10.0.1.2:8081 accept-proxy trust any"
	"service set web mark 5"
	"service show"
	"service show web"
	"service del web"
	"pool add p"
	"pool show"
	"backend add p 10.0.2.1:80"
	"backend show"
	"limits show"
	"limits set max-flows 1000"
	"limits set user-namespaces on"
	"apply $TMP/conf"
	"save $TMP/saved"
	"monitor config"
	"monitor flow"
	"flow show"
	"flow flush"
	"stats"
	"stats web"
	"stats reset"
	"unload"
)
# refused TEXT WRAPPER...: no command works for whom WRAPPER makes of us
refused() {
	local text=$1 c rc may=()
	shift
	for c in "${commands[@]}"; do
		rc=0
		# shellcheck disable=SC2086	# words
		app timeout 10 "$@" "$SLUICE" $c >"$TMP/out" 2>&1 </dev/null || rc=$?
		[ "$rc" = 3 ] || may+=("$c: status $rc: $(head -c 200 "$TMP/out")")
	done
	is "$text" "${may[*]}" ""
}

drop=(setpriv --bounding-set -net_admin --inh-caps -net_admin)
refused "somebody without any right may do nothing" setpriv --reuid 65534 --clear-groups
refused "root without CAP_NET_ADMIN may do nothing" "${drop[@]}"
refused "CAP_SYS_ADMIN alone does not help" \
	setpriv --bounding-set=-all,+sys_admin --inh-caps=-all
refused "root of a user namespace of one's own may do nothing here" unshare -Ur
refused "nor in a network namespace of its own" unshare -Urn
refused "nor may somebody who made them both" \
	setpriv --reuid 65534 --clear-groups unshare -Urn

# A socket that somebody with the right opened, asked by one without
cat >"$TMP/handed.py" <<'END'
import os
import sys

sys.path.insert(0, sys.argv[1])
from slnl import Refused, Sluice

s = Sluice()
s.do("get-info")
os.setuid(65534)
for op in s.spec.ops.values():
    if "do" in op and op["name"] != "whoami":
        try:
            s.raw(op["number"], b"")
            print(op["name"], "is allowed")
        except Refused as e:
            if e.errno != 1:
                print(op["name"], e)
for group in s.groups:
    try:
        s.join(group)
        print(group, "may be listened to")
    except PermissionError:
        pass
END
says "who asks counts, not only who opened the socket" "" app python3 "$TMP/handed.py" "$TOOLS"

# --- users' own ---------------------------------------------------------------------

users() { app setpriv --reuid 65534 --clear-groups unshare -Urn python3 "$TOOLS/userns.py" "$SLUICE" "$@"; }
claim "the owner of another user namespace may do nothing in it" users refused
match "who may may let owners configure theirs" "user-namespaces +off" sluice limits show
claim "and does" sluice limits set user-namespaces on
claim "then a service works there, within the limits, and no more is allowed" users allowed
refused "still nobody may do anything elsewhere" unshare -Ur
refused "nor in a namespace of one's own without CAP_NET_ADMIN" \
	unshare -Urn setpriv --bounding-set -net_admin --inh-caps -net_admin
claim "that ends when it is no longer allowed" sluice limits set user-namespaces off
claim "for all of them" users refused

is "the service is as it was, and alone" "$(sluice service show)" "$before"
status "who may, can" 0 sluice stats reset

finish
