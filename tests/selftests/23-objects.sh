#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 11
#
# What is configured by netlink: several ports, pools, backends, rules. What is
# said and heard is in tools/control.py.
#
#     lb 10.0.0.1 (trusted) -> app
#
# The network is drawn in lib.sh.
# shellcheck disable=SC2317,SC2016	# called by name
. "$(dirname "$0")/lib.sh"

net_up
control() { ip netns exec app python3 "$TOOLS/control.py" "$@"; }

claim "a service has several ports, and keeps what a tool gives it" control ports
for port in 80 443 1000 2000; do
	server app "$port"
	match "who connects to its port $port is served there" \
		"^peer=203.0.113.7:6$port local=10.0.1.2:$port" \
		talk --v1 --client "203.0.113.7:6$port" "10.0.1.2:$port" who
done
status "its other ports are nobody's" 3 talk --v1 --client 203.0.113.7:6444 10.0.1.2:444 who
sluice service del many force
claim "what contradicts itself is refused in words, so is what this version has not" \
	control refusals
claim "pools are as they are told, or as they are unless told" control pools
claim "so are backends" control backends
claim "a service suits its pool, and all that stand in for it" control suited
claim "rules are checked, and not available in this version" control rules
claim "a listing refuses what it does not take" control listings
claim "a socket has one listing at a time, and sends what it has room for" control sockets
server app 8080
service held tcp 10.0.1.2:8080 accept-proxy trust 10.0.0.0/24
launch held.log lb client --v1 --client 203.0.113.7:5001 10.0.1.2:8080 who "file=$TMP/never" who
wait_for grep -q peer= "$TMP/held.log"
claim "a service stays as long as it has connections" control held held

# What a process needs from when it joins; ours has 8 MiB
group=$TMP/cgroup/own
mkdir "$TMP/cgroup"
mount -t cgroup2 none "$TMP/cgroup"
if grep -qw memory "$TMP/cgroup/cgroup.controllers"; then
	echo +memory >"$TMP/cgroup/cgroup.subtree_control"
	mkdir "$group"
	echo 8M >"$group/memory.max"
	# Nor does its libc give memory back there, for which the kernel would need some.
	MALLOC_TRIM_THRESHOLD_=1073741824 \
		claim "what is configured is charged to the control group of who configures it" \
		control charged "$group"
	note "$(cat "$TMP/claim.out")"
	rmdir "$group"
else
	skip "what is configured is charged to the control group of who configures it" \
		"this kernel has none for memory"
fi
umount "$TMP/cgroup"

spawn anew.log ip netns exec app python3 "$TOOLS/control.py" anew "$TMP/go"
anew=${PIDS[-1]}
wait_for grep -q ready "$TMP/anew.log"
claim "the module is loaded anew" eval 'rmmod sluice && sluice-insmod'
: >"$TMP/go"
claim "what is sent to the number that the family had is refused" \
	wait "$anew"
note "$(cat "$TMP/anew.log")"

finish
