#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 12
#
# What becomes of connections when their backend goes down, drains or is removed.
#
#     client -- router -- bal -- b1, b2
#
# The network is drawn in ballib.sh: the one with two arms.

# shellcheck disable=SC2317,SC2016,SC2034,SC2154	# called by name, evaluated later
. "$(dirname "$0")/ballib.sh"

bal_net
balance keep tcp 80 b1:8080
balance cuts tcp 81 b1:8080 b2:8080
for s in cuts cuts6; do
	claim "a pool may reset the connections of backends that go down" \
		sluice pool set "$s" on-down reset
done

# held LOG FAMILY PORT: a connection that goes on until its peer ends it
held() {
	n=$((n + 1))
	names "$2" "$3"
	launch "$1" client client -t 60 --bind "$me" "$vip" who eof
	wait_for grep -q peer= "$TMP/$1" || bail "$1 is not served"
}
# lives LOG, by LOG: is it still there, and who serves it
lives() { ! grep -qE 'reset|eof|timeout|refused' "$TMP/$1"; }
by() { sed -n 's/.*local=\[\{0,1\}\(.*[0-9a-f]\)\]\{0,1\}:8080.*/\1/p' "$TMP/$1"; }
# ends_at NS: established connections that a backend has
ends_at() { ip netns exec "$1" ss -Htn state established "sport = :8080" | wc -l; }

for f in 4 6; do
	six=''
	[ $f = 4 ] || six=6
	one=10.0.1.1 two=10.0.1.2
	[ $f = 4 ] || one=fd00:1::1 two=fd00:1::2
	held "kept$f" $f 80
	held "one$f" $f 81
	held "two$f" $f 81
	gone=one$f stays=two$f
	[ "$(by "one$f")" = "$one" ] || { gone=two$f stays=one$f; }
	is "two connections have two backends (IPv$f)" "$(by "$gone") $(by "$stays")" "$one $two"

	for s in keep$six cuts$six; do
		claim "a backend goes down ($s)" \
			sluice backend set "$s" "$(at $f b1:8080)" state down
	done
	claim "its connection is reset where the pool says so (IPv$f)" \
		wait_for -t 5 grep -q reset "$TMP/$gone"
	claim "that of another backend is not" lives "$stays"
	claim "nor one where the pool says nothing" lives "kept$f"
	is "the backend has been told, too" "$(ends_at b1)" "$((f == 4 ? 1 : 2))"
	n=$((n + 1))
	names $f 81
	match "new ones go to the other" "local=\[?$two\]?:8080" tcp $f 81 who
	claim "it comes back" sluice backend set "cuts$six" "$(at $f b1:8080)" state up
	claim "one that drains" sluice backend set "cuts$six" "$(at $f b2:8080)" state drain
	claim "keeps what it has" lives "$stays"
	n=$((n + 1))
	match "and gets nothing new" "local=\[?$one\]?:8080" tcp $f 81 who
	claim "one that is removed" sluice backend del "cuts$six" "$(at $f b2:8080)"
	claim "keeps what it has, too" lives "$stays"
done

finish
