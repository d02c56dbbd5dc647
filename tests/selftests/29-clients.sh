#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 26
#
# Netlink as others speak it: a program on libnl-3 (tools/nlclient.c), and the
# kernel's own Python client, which is driven by the specification alone
# (tools/ynlclient.py). They and the tool say the same. So do the programs of
# docs/netlink.md.
#
#     lb 10.0.0.1 (trusted) -> app
#
# The network is drawn in lib.sh.
#
# shellcheck disable=SC2317	# called by name
. "$(dirname "$0")/lib.sh"

[ -x "${NLCLIENT:-}" ] || bail "no nlclient: make tools"
BIN=$(dirname "$NLCLIENT")
nlclient() { app "$NLCLIENT" "$@"; }
ynl() { app python3 "$TOOLS/ynlclient.py" "$@"; }

net_up
server app 8080
service web tcp "$SERVICE4:8080,9000-9010" accept-proxy trust 10.0.0.0/24,fd00::/8 \
	mark 0x1 forward local
service web6 tcp "[$SERVICE6]:8080" accept-proxy trust any forward local
sluice pool add p scheduler wrr retries 3 send-proxy v2 tlv authority,0xe0=0102
sluice pool add q
sluice backend add p 10.0.2.1:80 weight 3
sluice backend add p '[fd00:2::1]:80' state down
launch held.log lb client --bind "$LB4:7001" \
	--v2 --tlv 2=shop.example.org --client "$CLIENT4:5001" "$SERVICE4:8080" \
	who "file=$TMP/never"
wait_for grep -q peer= "$TMP/held.log" || bail "no connection"

# told OBJECT FIELDS: what the tool says, the FIELDS of each as jq writes them
told() { sluice -j "$1" show | jq -r ".[] | \"$2\""; }

# --- libnl ----------------------------------------------------------------------------

same() { is "libnl: each $1 is what the tool shows" "$(nlclient show "$1")" "$(told "$1" "$2")"; }
same service '\(.name) \(.id) \(.address | sub(",.*"; "")) \(."header-max") \(.flows)'
same pool '\(.name) \(.id) \(.scheduler) \(.retries) \(.backends)'
same backend '\(.pool) \(.id) \(.address) \(.weight)'
same flow \
	'\(.id) \(.service) \(.sender) \(.client) \(.backend) \(."bytes-in") \(."bytes-out")'
claim "libnl: it adds a service" nlclient add other "::ffff:$SERVICE4" 8081 ::ffff:10.0.0.3
says "which the tool shows" "other $SERVICE4:8081 [\"10.0.0.3\"]" \
	eval "told service '\\(.name) \\(.address) \\(.trust)' | grep other"
status "libnl: a refusal is one" 2 nlclient add other "::ffff:$SERVICE4" 8082 ::ffff:10.0.0.3
is "and says why" "$(cat "$TMP/claim.out")" \
	"refused: File exists: $(sluice service add other tcp "$SERVICE4:8082" accept-proxy trust any 2>&1 |
		sed 's/.*: //')"
status "libnl: an address that may not be is refused" 2 nlclient add bad ff02::1 80 ::1
match "and says what may" "not a global unicast" cat "$TMP/claim.out"
claim "libnl: it deletes the service" nlclient del other
is "then it is gone" "$(told service '\(.name)' | xargs)" "web web6"
says "libnl: the family has its groups" "config
health
flow" nlclient groups
spawn nl.config app "$NLCLIENT" events config 9
wait_for grep -q listening "$TMP/nl.config"
claim "libnl: it adds a pool" nlclient pool n wrr
claim "and a backend" nlclient backend n ::ffff:10.0.2.7 80
is "which the tool shows" "$(told backend '\(.pool) \(.address)' | grep '^n')" "n 10.0.2.7:80"
status "libnl: a batch is all or nothing" 2 \
	nlclient batch m ::ffff:10.0.2.8 80 ff02::1 80
match "and is refused in words" "not a global unicast" cat "$TMP/claim.out"
says "libnl: a batch makes several changes" "changes: 3" \
	nlclient batch m ::ffff:10.0.2.8 80 fd00:2::8 80
is "which are all there is" "$(told pool '\(.name) \(.backends)' | paste -sd,)" "p 2,q 0,n 1,m 2"
sluice pool del m force
sluice pool set n retries 9
claim "libnl: events come" wait_for grep -q changed "$TMP/nl.config"
is "and say what happened" "$(cut -d' ' -f1-3 "$TMP/nl.config" | paste -sd,)" \
	"listening,added pool n,added backend n,added pool m,added backend m,added backend m,removed backend m,removed backend m,removed pool m,changed pool n"
is "and are what show says" "$(tail -n 1 "$TMP/nl.config")" "changed pool $(nlclient show pool | grep '^n')"
sluice pool del n force

# --- ynl ------------------------------------------------------------------------------

operations=$(python3 - "$TESTS/../docs/netlink/sluice.yaml" <<-END
	import sys, yaml
	for op in yaml.safe_load(open(sys.argv[1]))["operations"]["list"]:
	    if "do" in op:
	        print("policy", op["name"])
	END
)
mapfile -t operations <<<"$operations"
new='{"name": "other", "proto": 6, "addr": "::ffff:10.0.1.2", "port": 8081, "accept-proxy": "tcp",
	"trust": [{"addr": "::ffff:10.0.0.0", "plen": 120}], "untrusted": "reset"}'
batch='{"new-pool": [{"name": "r"}], "new-backend": [
	{"pool": "r", "addr": "fd00:2::2", "port": 81}, {"pool": "nobody", "addr": "fd00:2::3"}]}'
ynl "dump get-service" "dump get-pool" "dump get-backend" "dump get-flow" "dump get-stats" \
	"do get-info" "do new-service $new" 'do get-service {"name": "other"}' \
	"do new-service $new" 'do set-service {"name": "web", "header-timeout": 100}' \
	'do del-service {"name": "other"}' "do batch $batch" "dump get-rule" \
	'dump get-service {"name": "web"}' 'dump get-backend {"pool": "q"}' \
	"${operations[@]}" >"$TMP/ynl" 2>"$TMP/ynl.err"
claim "ynl: all was asked" [ "$(wc -l <"$TMP/ynl")" -eq $((15 + ${#operations[@]})) ] ||
	tail -n 5 "$TMP/ynl.err" | sed 's/^/#   /'
# answer N FILTER: that of request N, from 1
answer() { sed -n "$1p" "$TMP/ynl" | jq -r "$2"; }
at='def at(a; p): if a | test(":") then "[\(a)]:\(p)" else "\(a):\(p)" end;'
agrees() {
	is "ynl: $1 agrees with the tool" "$(answer "$2" "$at .[] | \"$3\"")" "$(told "$4" "$5")"
}
agrees get-service 1 \
	'\(.name) \(.id) \(at(.addr; .port)) \(.trust | length) \(."accept-proxy") \(.untrusted)' \
	service '\(.name) \(.id) \(.address | sub(",.*"; "")) \(.trust | length) \(."accept-proxy") \(.untrusted)'
agrees get-pool 2 '\(.name) \(.id) \(.scheduler) \(.forward) \(."send-proxy") \(.tlv // [] | length)' \
	pool '\(.name) \(.id) \(.scheduler) \(.forward) \(."send-proxy") \(.tlv // [] | length)'
agrees get-backend 3 '\(.pool) \(.id) \(at(.addr; .port)) \(.weight) \(.state) \(.health)' \
	backend '\(.pool) \(.id) \(.address) \(.weight) \(.state) \(.health)'
agrees get-flow 4 \
	'\(.id) \(.service) \(.state) \(at(."sender-addr"; ."sender-port")) \(at(."client-addr"; ."client-port")) \(."bytes-in") \(."bytes-out")' \
	flow '\(.id) \(.service) \(.state) \(.sender) \(.client) \(."bytes-in") \(."bytes-out")'
match "ynl: a flow's TLVs are those of its header" "^02 00 10 $(printf shop.example.org | xxd -p | sed 's/../& /g')" \
	answer 4 '.[].tlvs + " "'
is "ynl: counters are the tool's" \
	"$(answer 5 '.[] | select(.service == "web").counter[] | select(.value > 0) | "\(.id) \(.value)"')" \
	"$(sluice stats web | tr -s ' ')"
is "ynl: get-info counts what there is" \
	"$(answer 6 '"\(.services) \(.pools) \(.backends) \(.flows)"')" "2 2 2 1"
is "ynl: what it adds it gets" "$(answer 7 .) $(answer 8 \
	'"\(.name) \(.addr) \(.port) \(.trust[0].addr)/\(.trust[0].plen) \(.untrusted)"')" \
	"null other 10.0.1.2 8081 10.0.0.0/120 reset"
is "ynl: a second one is refused, the attribute named" \
	"$(answer 9 '"\(.error) \(.refused."bad-attr")"')" "File exists .name"
match "ynl: a value out of range is refused, and what may be told" \
	'^\.header-timeout 3000 30000$' \
	answer 10 '.refused | "\(."bad-attr") \(.policy."min-value") \(.policy."max-value")"'
is "ynl: what it deletes is gone" "$(answer 11 .) $(told service '\(.name)' | xargs)" "null web web6"
match "ynl: a batch is refused by its bad part" 'new-backend' answer 12 '.refused."bad-attr"'
is "and changes nothing" "$(told pool '\(.name)' | xargs)" "p q"
is "ynl: an empty dump is empty" "$(answer 13 length)" 0
match "ynl: a listing refuses what names one object" '^is of one object' answer 14 .refused.msg
is "ynl: and takes a pool to list the backends of" "$(answer 15 length)" 0
is "ynl: the kernel's policies name what the specification names" \
	"$(tail -n +16 "$TMP/ynl" | sort -u)" "[]"
is "of each operation" "$(tail -n +16 "$TMP/ynl" | wc -l)" "${#operations[@]}"

backend='{"pool": "p", "addr": "::ffff:10.0.2.1", "port": 80'
id=$(sluice -j flow show client "$CLIENT4:5001" | jq '.[0].id')
spawn ynl.whoami ynl "whoami 9000"
ynl "listen config" "listen health" "do new-service $new" 'do get-service {"name": "other"}' \
	'do set-service {"name": "other", "mark": 9}' 'do del-service {"name": "other"}' \
	"do set-backend $backend, \"health\": \"down\"}" "do get-backend $backend}" \
	"heard config 3" "heard health 1" \
	"do get-flow {\"id\": $id, \"service\": \"web\"}" \
	"do get-flow {\"id\": $id, \"service\": \"web6\"}" >"$TMP/ynl" 2>"$TMP/ynl.err"
is "ynl: events of the configuration come, as what happened" \
	"$(answer 9 '.[] | "\(.name) \(.msg.event) \(.msg.name) \(.msg.mark)"')" \
	"service-event added other null
service-event changed other 9
service-event removed other 9"
is "and are what get says" "$(answer 9 '.[0].msg | del(.event) | tojson')" "$(answer 4 tojson)"
is "of health too" "$(answer 10 '.[] | "\(.name) \(.msg.event) \(.msg.health)"')" \
	"health-event changed down"
is "and are what get says" "$(answer 10 '.[0].msg | del(.event) | tojson')" "$(answer 8 tojson)"
is "ynl: a connection is shown by its id" "$(answer 11 '"\(.id) \(.service)"')" "$id web"
is "but not as another service's" "$(answer 12 .error)" "No such file or directory"
wait_for listening app 9000
talk --bind "$LB4:7002" --v2 --tlv 2=a --client "$CLIENT4:5002" --dest 198.51.100.9:443 \
	"$SERVICE4:9000" eof >"$TMP/talk"
is "ynl: whoami says who the client of a socket is" \
	"$(wait_for test -s "$TMP/ynl.whoami" && jq -r "$at"'
		"\(.service) \(at(."sender-addr"; ."sender-port")) \(at(."client-addr"; ."client-port"))",
		"\(at(."header-addr"; ."header-port")) \(.version) \(.tlvs)"' "$TMP/ynl.whoami" | xargs)" \
	"web $LB4:7002 $CLIENT4:5002 198.51.100.9:443 2 02 00 01 61"

# --- docs/netlink.md --------------------------------------------------------------------

doc=$TESTS/../docs/netlink.md
flows=$(sluice -j service show | jq '[.[].flows] | add')
is "its program in C counts services and connections" "$(app "$BIN/nlexample")" \
	"services 2, connections $flows"
sed -n '/^```python$/,/^```$/{ /^```/!p }' "$doc" >"$TMP/example.py"
says "its program in Python does what it says" "good: 2
done: 2
refused: the configuration has changed since that generation
service-event added shop
pool-event added spare
$(told service '\(.name) \(.flows)')
shop 0" app env "PYTHONPATH=$BIN" python3 "$TMP/example.py" "$TESTS/../docs/netlink/sluice.yaml"

# --- and the end of a connection ----------------------------------------------------------

spawn nl.flow app "$NLCLIENT" events flow 1
wait_for grep -q listening "$TMP/nl.flow"
claim "libnl: it ends a connection" nlclient cut "$id"
claim "libnl: which is told of" wait_for grep -q "^ended flow $id web $LB4:7001 $CLIENT4:5001 " "$TMP/nl.flow"

finish
