#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 24
#
# Configuration files: applied, saved, compared, watched, cut short, and how long
# that takes beside nft and ipvsadm.
#
#     lb 10.0.0.1 (trusted) -> app
#
# The network is drawn in lib.sh.
#
# limit: 600
# shellcheck disable=SC2317,SC2016	# called by name, evaluated later
. "$(dirname "$0")/lib.sh"

net_up
server app 8080
server app 8081 8089

BIN=$(dirname "${NLCLIENT:-}")
[ -e "$BIN/killat.so" ] || bail "no killat.so: make tools"
apply() { sluice apply "$@"; }
saved() { sluice save; }

# --- from a file and back --------------------------------------------------------------

cat >"$TMP/a.yaml" <<-EOF
	# a comment
	services:
	  web:
	    proto: tcp
	    address: 10.0.1.2:8080,9000-9010
	    accept-proxy: tcp
	    trust: 10.0.0.0/24
	    mark: 0x1/0x1
	  other: {proto: tcp, address: 10.0.1.2:8081, accept-proxy: tcp, trust: any, idle-timeout: 60}
	pools:
	  p:
	    scheduler: wrr
	    sorry: q
	    send-proxy: v2
	    tlv: [authority, 0xe0=0102]
	    health: {type: http, path: /, interval: 0.5}
	    backends: [10.0.2.2:80, {address: 10.0.2.1:80, weight: 3}, w.example.org:80]
	  q: {scheduler: maglev, hash: [src-port, src], hash-key: 0123456789abcdef0123456789abcdef}
	limits: {max-flows: 100000}
EOF
cat >"$TMP/b.yaml" <<-EOF
	services:
	  web: {proto: tcp, address: "10.0.1.2:8080,9000-9010", accept-proxy: tcp, trust: any, header-timeout: 7}
	  new: {proto: tcp, address: 10.0.1.2:8082, accept-proxy: tcp, trust: any}
	pools:
	  p: {backends: [{address: 10.0.2.1:80, state: drain}, 10.0.2.3:80]}
	  r: {sorry: p}
EOF
claim "a file is good" sluice check "$TMP/a.yaml"
status "what it would change is told" 1 sluice diff "$TMP/a.yaml"
claim "it is applied" apply "$TMP/a.yaml"
says "then it would change nothing" "" sluice diff "$TMP/a.yaml"
claim "what is there is saved" sluice save "$TMP/saved.yaml"
is "what has a secret in it is nobody else's to read" "$(command stat -c %a "$TMP/saved.yaml")" 600
is "the secret is there" "$(grep -c 'hash-key: 0123456789abcdef0123456789abcdef$' "$TMP/saved.yaml")" 1
says "and that is what is there" "" sluice diff "$TMP/saved.yaml"
echo '{services: {}, pools: {}, limits: {max-flows: 1048576}}' >"$TMP/fresh.yaml"
claim "all is taken away" apply "$TMP/fresh.yaml"
claim "what was saved is applied" apply "$TMP/saved.yaml"
says "what was saved brings all of it back" "" sluice diff "$TMP/a.yaml"
is "and saved again as the same" "$(saved)" "$(cat "$TMP/saved.yaml")"
claim "JSON is saved" sluice -j save "$TMP/saved.json"
says "and says the same" "" sluice diff "$TMP/saved.json"
claim "another file is applied" apply "$TMP/b.yaml"
says "and is what is there" "" sluice diff "$TMP/b.yaml"
claim "and the first again" apply "$TMP/a.yaml"
is "which leaves what it left before" "$(saved)" "$(cat "$TMP/saved.yaml")"
is "from standard input too" "$(sluice diff - <"$TMP/a.yaml")" ""
claim "another is tried" sluice apply "$TMP/b.yaml" dry-run
is "which changes nothing" "$(saved)" "$(cat "$TMP/saved.yaml")"

# --- what lives is not touched ------------------------------------------------------------

id_of() { sluice -j service show | jq -r --arg n "$1" '.[] | select(.name == $n) | .id'; }
web=$(id_of web)
# carries TEXT: the connection that stands takes 100000 bytes each way, and each is right
moved=0
carries() {
	moved=$((moved + 1))
	: >"$TMP/go$moved"
	wait_for eval '[ "$(grep -c "^both 100000 ok" "$TMP/long.log")" -ge "$moved" ]'
	is "$1" "$(sed -n "$((moved + 1))p" "$TMP/long.log")" "both 100000 ok"
}
launch long.log lb client -t 60 --v1 --client "$CLIENT4:5555" 10.0.1.2:8080 who \
	"file=$TMP/go1" both=100000 "file=$TMP/go2" both=100000 "file=$TMP/go3" both=100000 \
	"file=$TMP/go4" both=100000 "file=$TMP/go5" both=100000 eof
wait_for eval '[ "$(flows)" = 1 ]'
flow=$(sluice -j flow show | jq -r '.[0].id')
carries "a connection carries, before any of this"
claim "a change of a service's options is applied" apply "$TMP/b.yaml"
is "the service is the same one" "$(id_of web)" "$web"
is "its flow as well" "$(sluice -j flow show | jq -r '.[0].id')" "$flow"
carries "and carries what it did"
echo 'services: {}' >"$TMP/none.yaml"
status "a service with flows is not removed" 2 apply "$TMP/none.yaml"
says "and nothing else is" "" sluice diff "$TMP/b.yaml"
carries "its flow carries"
sed 's/10.0.1.2:8080,9000-9010/10.0.1.2:8089/' "$TMP/b.yaml" >"$TMP/moved.yaml"
claim "it moves to another port" apply "$TMP/moved.yaml"
is "is the same one there" "$(id_of web)" "$web"
is "and so is its flow" "$(sluice -j flow show | jq -r '.[0].id')" "$flow"
carries "and carries, past the port that it came to"
says "who comes there is served" "peer=$CLIENT4:5556 local=10.0.1.2:8089" \
	talk --v2 --client "$CLIENT4:5556" 10.0.1.2:8089 who
says "who comes to the old port meets the application" "peer=$LB4:7080 local=10.0.1.2:8080" \
	talk --bind "$LB4:7080" 10.0.1.2:8080 who
carries "the connection does so after all that"
is "as the client that it began as" "$(sed -n 1p "$TMP/long.log")" \
	"peer=$CLIENT4:5555 local=10.0.1.2:8080"
claim "unless its flows may be reset" apply "$TMP/none.yaml" force
is "then nothing is left" "$(sluice service show)$(sluice pool show)" ""
wait_for eval '[ "$(flows)" = 0 ]'

# Who is trusted goes with what it was for.
for with in " , tunnel: any, trust: [10.9.0.0/16]" ""; do
	echo "services: {vip: {proto: udp, address: \"10.0.1.77:53\", to: \"10.0.1.2:5300\"$with}}" |
		sed 's/" ,/",/' >"$TMP/vip.yaml"
	claim "a VIP${with:+ with a tunnel}${with:- without one} is applied" apply "$TMP/vip.yaml" force
done
is "nobody is trusted any more" "$(sluice -j service show vip | jq -c '.[0] | [.trust, .tunnel]')" \
	'[null,null]'
sluice service del vip || bail "no VIP to delete"

# --- what the kernel refuses ----------------------------------------------------------------

cat >"$TMP/bad.yaml" <<-EOF
	services:
	  web: {proto: tcp, address: 10.0.1.2:8080, accept-proxy: tcp, trust: any}
	  bad:
	    proto: tcp
	    address: 224.0.0.1:80
	    accept-proxy: tcp
	    trust: any
EOF
match "what the kernel refuses is told with its place" \
	"^$TMP/bad.yaml:5:14: service bad address: not a global unicast" \
	sh -c "ip netns exec app '$SLUICE' apply '$TMP/bad.yaml' 2>&1 || :"
is "and nothing was changed" "$(sluice service show)" ""
claim "check does not see it" sluice check "$TMP/bad.yaml"
match "but a dry run does" \
	"^$TMP/bad.yaml:5:14: service bad address: not a global unicast" \
	sh -c "ip netns exec app '$SLUICE' apply '$TMP/bad.yaml' dry-run 2>&1 || :"

# --- watching ------------------------------------------------------------------------------

watched() {
	cp "$TMP/a.yaml" "$TMP/watched.yaml"
	spawn watch.log ip netns exec app "$SLUICE" apply "$TMP/watched.yaml" watch
	local watcher=$! rc=0
	wait_for eval 'sluice diff "$TMP/a.yaml"'
	is "a watched file is applied" "$(sluice diff "$TMP/a.yaml")" ""
	echo 'services: {web: {trsut: any}}' >"$TMP/watched.yaml"
	wait_for eval 'grep -q "did you mean trust" "$TMP/watch.log"'
	is "an invalid edit changes nothing" "$(sluice diff "$TMP/a.yaml")" ""
	: >"$TMP/watched.yaml"
	wait_for eval 'grep -q "is empty" "$TMP/watch.log"'
	is "nor does an empty one" "$(sluice diff "$TMP/a.yaml")" ""
	cp "$TMP/b.yaml" "$TMP/watched.new"
	mv "$TMP/watched.new" "$TMP/watched.yaml"
	wait_for eval 'sluice diff "$TMP/b.yaml"'
	is "a file that is put in its place is applied" "$(sluice diff "$TMP/b.yaml")" ""
	rm "$TMP/watched.yaml"
	nap 1
	is "one that is not there changes nothing" "$(sluice diff "$TMP/b.yaml")" ""
	for i in {1..30}; do cp "$TMP/$( ((i % 2)) && echo b || echo a).yaml" "$TMP/watched.yaml"; done
	cp "$TMP/a.yaml" "$TMP/watched.yaml"
	wait_for eval 'sluice diff "$TMP/a.yaml"'
	is "of many edits the last one is applied" "$(sluice diff "$TMP/a.yaml")" ""
	sluice unload force && sluice-insmod
	wait_for eval 'sluice diff "$TMP/a.yaml"'
	is "and to a module that is loaded anew, too" "$(sluice diff "$TMP/a.yaml")" ""
	match "which is said" "the module is gone, waiting for it" cat "$TMP/watch.log"
	cp "$TMP/b.yaml" "$TMP/watched.yaml"
	wait_for eval 'sluice diff "$TMP/b.yaml"'
	is "as is an edit after that" "$(sluice diff "$TMP/b.yaml")" ""
	kill -TERM "$watcher"
	wait "$watcher" || rc=$?
	is "SIGTERM ends it" "$rc" 0
	mkdir -p "$TMP/volume/..a" "$TMP/volume/..b"
	cp "$TMP/a.yaml" "$TMP/volume/..a/conf"
	cp "$TMP/b.yaml" "$TMP/volume/..b/conf"
	ln -s ..a "$TMP/volume/..data"
	ln -s ..data/conf "$TMP/volume/conf"
	ln -s volume/conf "$TMP/watched.link"
	spawn watch2.log ip netns exec app "$SLUICE" apply "$TMP/watched.link" watch
	watcher=$!
	wait_for eval 'sluice diff "$TMP/a.yaml"'
	ln -s ..b "$TMP/volume/..new"
	mv -T "$TMP/volume/..new" "$TMP/volume/..data"
	wait_for eval 'sluice diff "$TMP/b.yaml"'
	is "one that links lead to, which turn elsewhere" "$(sluice diff "$TMP/b.yaml")" ""
	cp "$TMP/a.yaml" "$TMP/volume/..b/conf"
	wait_for eval 'sluice diff "$TMP/a.yaml"'
	is "and that is written to there" "$(sluice diff "$TMP/a.yaml")" ""
	kill -TERM "$watcher"
}
watched

# --- cut short -------------------------------------------------------------------------------

# many COUNT BACKENDS MARK: a file with so many services, and pools of backends. Its
# limits are of its own too.
many() {
	awk -v n="$1" -v m="$2" -v mark="$3" 'BEGIN {
		printf "limits: {max-flows: %d}\n", 100000 + m
		print "services:"
		for (i = 0; i < n; i++)
			printf "  s%d: {proto: tcp, address: 10.%d.%d.1:80, accept-proxy: tcp, trust: 10.0.0.0/24, mark: %s}\n",
				i, 100 + i / 250, i % 250, mark
		print "pools:"
		for (i = 0; i < n; i++) {
			printf "  p%d:\n    backends:\n", i
			for (j = 0; j < m; j++)
				printf "      - {address: 10.%d.%d.%d:80, weight: %d}\n",
					150 + i / 250, i % 250, j + 1, j + 1
		}
	}'
}

n=$(small 200 30)
many "$n" 5 0x1 >"$TMP/one.yaml"
many "$n" 7 0x2 >"$TMP/two.yaml"
apply "$TMP/two.yaml" 2>/dev/null
saved >"$TMP/two"
begun=$(date +%s%N)
apply "$TMP/one.yaml" 2>/dev/null
took=$((($(date +%s%N) - begun) / 1000000))
saved >"$TMP/one"
torn=0
both=0
n=$(small 40 10)
for ((i = 0; i < n; i++)); do
	next=two
	cmp -s "$TMP/now" "$TMP/two" && next=one
	ip netns exec app "$SLUICE" apply "$TMP/$next.yaml" >/dev/null 2>&1 &
	sleep "$(printf '%d.%03d' $((took * i / n / 1000)) $((took * i / n % 1000)))"
	kill -KILL $! 2>/dev/null
	wait $! 2>/dev/null
	saved >"$TMP/now"
	if cmp -s "$TMP/now" "$TMP/one"; then
		both=$((both | 1))
	elif cmp -s "$TMP/now" "$TMP/two"; then
		both=$((both | 2))
	else
		torn=$((torn + 1))
	fi
done
is "killed $n times in an apply of $took ms, it leaves the old or the new" "$torn" 0
note "seen: $both (3: both)"
apply "$TMP/none.yaml" 2>/dev/null

# Before and after each message that it sends: N of the first apply that ends by
# itself is how many points there are.
killed() {
	ip netns exec app env LD_PRELOAD="$BIN/killat.so" KILL_AT="$1" \
		"$SLUICE" apply "$2" >/dev/null 2>&1
}
apply "$TMP/a.yaml" 2>/dev/null
saved >"$TMP/one"
apply "$TMP/b.yaml" 2>/dev/null
saved >"$TMP/two"
seen=
for ((n = 0; n < 1000; n++)); do
	apply "$TMP/a.yaml" 2>/dev/null
	killed "$n" "$TMP/b.yaml" && break
	saved >"$TMP/now"
	if cmp -s "$TMP/now" "$TMP/one"; then
		seen+=o
	elif cmp -s "$TMP/now" "$TMP/two"; then
		seen+=n
	else
		seen+=x
		diff "$TMP/one" "$TMP/now" | head -n 5 | sed 's/^/# /'
	fi
done 2>/dev/null
match "killed before or after each of its $((n / 2)) messages, too, first the old, then the new" \
	'^o+n+$' echo "$seen"
apply "$TMP/none.yaml" 2>/dev/null

# --- how long it takes ------------------------------------------------------------------------

declare -A ms
# timed WHAT COMMAND...: milliseconds, the fewest there were, go to ms[WHAT]
timed() {
	local what=$1 begun=${EPOCHREALTIME/[.,]/} took
	shift
	"$@" >"$TMP/$what" </dev/null || return 1
	took=$(((${EPOCHREALTIME/[.,]/} - begun) / 1000))
	[ "$took" -ge "${ms[$what]:-$((took + 1))}" ] || ms[$what]=$took
}
# same WHAT COMMAND...: it prints what was printed for WHAT
same() {
	local what=$1
	shift
	"$@" | cmp -s - "$TMP/$what"
}
# try WHAT COMMAND...: timed, of another program; what goes wrong is in $TMP/tried
try() { timed "$@" 2>"$TMP/try.err" || echo "$1: $(head -n 1 "$TMP/try.err")" >>"$TMP/tried"; }
row() {
	local i cells=()
	for i in apply dump compare flush; do
		cells+=("${ms[$1-$i]:--}")
	done
	note "$(printf '%-8s %8s %8s %8s %8s' "$1" "${cells[@]}")"
}

s=$(small 1000 100)
many "$s" 10 0x1 >"$TMP/many.yaml"
claim "$s services and as many pools of 10 backends are good" sluice check "$TMP/many.yaml"
claim "they are applied" timed sluice-apply apply "$TMP/many.yaml"
claim "and dumped" timed sluice-dump sluice save
claim "and are what the file says" timed sluice-compare sluice diff "$TMP/many.yaml"
is "all of them" "$(sluice -j backend show | jq length)" $((10 * s))
claim "and flushed" timed sluice-flush apply "$TMP/none.yaml"
is "then none is left" "$(sluice -j pool show | jq length)" 0
again() {
	timed sluice-apply apply "$TMP/many.yaml" &&
		timed sluice-dump sluice save &&
		timed sluice-compare sluice diff "$TMP/many.yaml" &&
		timed sluice-flush apply "$TMP/none.yaml"
}
claim "and once more" again
claim "and a third time" again

: >"$TMP/tried"
# A chain of 10 rules for each pool
awk -v n="$s" 'BEGIN {
	print "table ip many {"
	for (i = 0; i < n; i++) {
		printf "chain c%d {\n", i
		for (j = 0; j < 10; j++)
			printf "ip daddr 10.%d.%d.%d tcp dport 80 mark set %d\n",
				150 + i / 250, i % 250, j + 1, j + 1
		print "}"
	}
	print "}"
}' >"$TMP/many.nft"
for i in 1 2 3; do
	try nft-apply app nft -f "$TMP/many.nft"
	try nft-dump app nft list ruleset
	try nft-compare same nft-dump app nft list ruleset
	try nft-flush app nft flush ruleset
done

# A service of 10 servers for each
awk -v n="$s" 'BEGIN {
	for (i = 0; i < n; i++) {
		at = sprintf("10.%d.%d.1:80", 100 + i / 250, i % 250)
		printf "-A -t %s -s rr\n", at
		for (j = 0; j < 10; j++)
			printf "-a -t %s -r 10.%d.%d.%d:80 -m -w %d\n", at,
				150 + i / 250, i % 250, j + 1, j + 1
	}
}' >"$TMP/many.ipvs"
for i in 1 2 3; do
	try ipvsadm-apply app sh -c "ipvsadm -R <'$TMP/many.ipvs'"
	try ipvsadm-dump app ipvsadm -Sn
	try ipvsadm-compare same ipvsadm-dump app ipvsadm -Sn
	try ipvsadm-flush app ipvsadm -C
done

note "milliseconds for $s services or chains, of 10 backends, rules or servers each,"
note "the best of three"
note "$(printf '%-8s %8s %8s %8s %8s' "" apply dump compare flush)"
row sluice
row nft
row ipvsadm
is "nft and ipvsadm did the same" "$(cat "$TMP/tried")" ""
# The aim is three times, and the machine is not ours alone.
claim "a file is applied in less than six times what nft takes for its own" \
	test "${ms[sluice-apply]}" -lt $((6 * ${ms[nft-apply]:-0}))

finish
