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

# Each command of the tool, of a right user's such that it would succeed
commands=(
	"service add more tcp 10.0.1.2:8081 accept-proxy trust any"
	"service set web mark 5"
	"service show"
	"service show web"
	"service del web"
	"service del web force"
	"pool add p"
	"pool set p retries 3"
	"pool show"
	"pool stats p"
	"pool del p"
	"backend add p 10.0.2.1:80"
	"backend set p 10.0.2.1:80 weight 2"
	"backend show"
	"backend stats p"
	"backend del p 10.0.2.1:80"
	"backend del p 10.0.2.1:80 force"
	"pool del p force"
	"drain p 10.0.2.1:80"
	"drain p 10.0.2.1:80 deadline 0"
	"node drain"
	"node drain deadline 0"
	"node show"
	"node up"
	"health show"
	"health run"
	"export"
	"doctor"
	"rule add web sni *.example.org pool p"
	"rule show"
	"rule del web sni *.example.org"
	"limits show"
	"limits set max-flows 1000"
	"limits set user-namespaces on"
	"diff $TMP/conf"
	"apply $TMP/conf"
	"save $TMP/saved"
	"monitor config"
	"monitor health"
	"monitor flow"
	"flow show"
	"flow del 1"
	"flow flush"
	"stats"
	"stats web"
	"stats rate"
	"stats reset"
	"top"
	"unload"
	"unload drain 1"
	"unload force"
	"apply $TMP/conf watch"
)
# Those who need no right, and what help shows of itself; test 28 has whoami
others="check|version|whoami|import [a-z]+|help OBJECT"
# listed: the list's, without their arguments; a word more after a command is one
listed() { printf '%s\n' "${commands[@]}" | sed -E 's/^(stats reset|[a-z]+ (add|set|del|show|flush|stats|run)|node [a-z]+|[a-z]+).*/\1/'; }
is "these are all commands there are" "$(listed | sort -u | paste -sd,)" \
	"$("$SLUICE" help | sed -nE 's/^  (.{8}) (.{6}) .*/\1 \2/p' | sed -E 's/ +/ /; s/ +$//' |
		grep -vxE "$others" | sort -u | paste -sd,)"

printf '%s\n' "${commands[@]}" >"$TMP/commands"
cat >"$TMP/each" <<'END'
#!/bin/bash -f
# SLUICE COMMANDS OUT: what is not refused for want of a right; words, not patterns
while read -r c; do
	rc=0
	case $c in
	# It asks for a terminal first.
	top) timeout 10 script -qec "$1 top" /dev/null ;;
	*) timeout 10 "$1" $c ;;
	esac </dev/null >"$3" 2>&1 || rc=$?
	[ "$rc" = 3 ] || echo "$c: status $rc: $(head -c 200 "$3")"
done <"$2"
echo all
END
touch "$TMP/out"
chmod 777 "$TMP/each" "$TMP/out"

# refused TEXT WRAPPER...: no command works for whom WRAPPER makes of us
refused() { says "$1" all app "${@:2}" "$TMP/each" "$SLUICE" "$TMP/commands" "$TMP/out"; }

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

# --- who listened while that was allowed --------------------------------------------

# switch WORD: when the listener asks for it
switch() {
	wait_for test -e "$TMP/told/$1.asked" && sluice limits set user-namespaces "$1" &&
		touch "$TMP/told/$1"
}
sluice limits set user-namespaces on
mkdir -m 777 "$TMP/told"
spawn listener users silent "$TMP/told"
listener=$!
claim "somebody listens when that ends" switch off
claim "and when it is allowed again" switch on
claim "and hears while it is allowed, only" wait "$listener"
[ ! -s "$TMP/listener" ] || note "$(cat "$TMP/listener")"
sluice limits set user-namespaces off

is "the service is as it was, and alone" "$(sluice service show)" "$before"
status "who may, can" 0 sluice stats reset

finish
