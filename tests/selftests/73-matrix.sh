#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 300
# limit: 800
#
# Balancing, all of it: each way to forward with each protocol, family, header and place of
# client and backend, and what comes of it. The table below is what is promised; a cell
# that it does not have is an error, and so is a row that no cell needs.
#
#     client -- router -- bal (client.py, server.py, nft) -- b1, b2, near (client.py)
#
# The network is drawn in ballib.sh, the one with two arms; near is one more host on the
# backends' wire. b1, the backend of nat, has a way to near by the balancer alone; b2, that
# of full NAT, has none to anybody but its own wire. b3, that of dsr, dsr-nat and the tunnels, has
# the VIP on lo, an end of each tunnel and a router that is not the balancer; for dsr-nat it has
# Sluice, which answers from the VIP.
#
# Every other cell has a balancer without any rule, the rest one that drops what is not
# client to backend and tracks connections, but not those whose answers go past it. With full
# counts each cell has both.

# shellcheck disable=SC2317,SC2016,SC2034,SC2154	# called by name, evaluated later
. "$(dirname "$0")/ballib.sh"

# The table. Of a cell the first row that fits says what is to come; "*" fits all, "a,b" both.
#
#   families   of service>backend
#   header     -: no accept-proxy; same, other: a header that names a client of the backend's
#              family, or of the other one
#   where      of client>backend: away is another host, here the balancer; one-arm is a client
#              on the backend's own wire
#
# and what comes of it:
#
#   sees WHOM          it works, and the backend sees the client that connects (client), the one
#                      that the header names (named), or the balancer, by a port lent (lent)
#   COMMAND: WORDS     the command is refused, with these words
#   reset, COUNTER     the client is reset, and that is counted, once
#   lost, COUNTER      nothing comes back, which is counted as often
#   refused, COUNTER   it is told that the connection is refused, which is counted as often
table() {
	cat <<-'END'
	# method proto families  header     where     | outcome

	# nat keeps the client's address, so the backend is of its family.
	# The same holds for dsr and dsr-nat.
	  nat,dsr,dsr-nat * 6>4,4>6 -       *         | backend add: address: nat, dsr and dsr-nat keep the client's address, so service and backends have to be of one family; fullnat, ipip and gue reach either
	  nat    tcp   6>4,4>6   other      *         | reset, no-backend
	  nat    tcp   4>4,6>6   other      *         | reset, family-refused
	  nat    udp   6>4,4>6   other      *         | lost, no-backend
	  nat    udp   4>4,6>6   other      *         | lost, family-refused
	# What answers past this host is sent no header, and who sent one is none of its clients.
	  dsr,ipip,gue,dsr-nat * * same,other *       | backend add: address: backends by dsr, ipip, gue or dsr-nat answer past this host: their service and its pools take no PROXY headers, and send none
	# What this host makes is past where a packet changes families.
	  fullnat,ipip,gue * 6>4,4>6 -     here>away,here>here | refused, family-refused
	# A client of this host would see answers from an address that is its own.
	  dsr,ipip,gue,dsr-nat * * -       here>away  | refused, connect-unreachable
	# A sender of this host has no device that its backend's packets could be forwarded from.
	  *      tcp   *         same,other here>away | reset, connect-unreachable
	  *      udp   *         same,other here>away | lost, connect-unreachable

	  nat    *     4>4,6>6   -          *         | sees client
	  nat    *     *         same       *         | sees named
	  fullnat *    *         *          *         | sees lent
	  dsr,dsr-nat * 4>4,6>6  -          *         | sees client
	  ipip,gue *   *         -          *         | sees client
	END
}
METHODS="nat fullnat dsr ipip gue dsr-nat"
PROTOS="tcp udp"
FAMILIES="4>4 6>6 6>4 4>6"
HEADERS="- same other"
WHERES="away>away away>here one-arm here>away here>here"

ROWS=() USED=()
while read -r row; do
	case $row in ''|'#'*) continue ;; esac
	ROWS+=("$row")
	USED+=(0)
done < <(table)

# fits PATTERN VALUE
fits() { [[ $1 == '*' || ,$1, == *",$2,"* ]]; }

# outcome METHOD PROTO FAMILIES HEADER WHERE: into $want
outcome() {
	local i j words
	for i in "${!ROWS[@]}"; do
		read -ra words <<<"${ROWS[i]%%|*}"
		for j in 1 2 3 4 5; do
			fits "${words[j - 1]}" "${!j}" || continue 2
		done
		USED[i]=1
		want=${ROWS[i]#*| }
		return
	done
	want="no row has it"
}

# --- the network --------------------------------------------------------------------------

bal_net
DIRECT_ROUTED=b3 direct_net b3
bal_hosts near
{ ip link add eth0 netns near type veth peer name near netns sw &&
	ip -n sw link set near master br0 up; } || bail "no wire to near"
net_host near "$HERE4" "$HERE6" 10.0.1.9/24 fd00:1::9/64
{ ip -n b1 route add 10.0.1.9 via "$HERE4" && ip -n b1 route add fd00:1::9 via "$HERE6" &&
	ip -n b2 route del default && ip -n b2 -6 route del default; } || bail "routes of b1, b2"
set_sysctl b2 net.ipv4.conf.all.rp_filter=1 net.ipv4.conf.eth0.rp_filter=1
server bal 8080
udp_server bal 5300
for a in "$HERE4" "$HERE6"; do
	wait_for -t 10 ns near ping -c 1 -W 1 "$a" || bail "near is alone"
done

# Clients see nobody but the service.
vip_alone client near

# client_of WHERE FAMILY: its namespace and address, into $at_ns and $at
client_of() {
	case $1$2 in
	away*4)		at_ns=client at=$CLIENT4 ;;
	away*6)		at_ns=client at=$CLIENT6 ;;
	one-arm4)	at_ns=near at=10.0.1.9 ;;
	one-arm6)	at_ns=near at=fd00:1::9 ;;
	here*4)		at_ns=bal at=10.0.0.2 ;;
	here*6)		at_ns=bal at=fd00::2 ;;
	esac
}
NAMED4=198.51.100.9 NAMED6=2001:db8:9::9

# end FAMILY ADDRESS PORT: as the tool and the programs write it
end() { if [ "$1" = 4 ]; then echo "$2:$3"; else echo "[$2]:$3"; fi; }

# --- a cell ---------------------------------------------------------------------------------

# application METHOD PROTO FAMILY HOST VIP: what the backend has to have, beside its servers of
# 8080 and 5300: one at the service's own port, or a service that answers from it
application() {
	local host=$4 port=${5##*:}
	[ "$host" != here ] || host=bal
	case $1$host in
	dsr-natbal)	;;
	dsr-nat*)	SLUICE_NS=$host sluice service del "own$2$3" force >/dev/null 2>&1
			SLUICE_NS=$host service "own$2$3" "$2" \
				"$(at "$3" "$host:$([ "$2" = tcp ] && echo 8080 || echo 5300)")" \
				forward local reply-from "$5" ;;
	dsr*|ipip*|gue*) if [ "$2" = tcp ]; then server "$host" "$port"; else udp_server "$host" "$port"; fi ;;
	esac
}

bytes=$(small 10000000 500000)
sizes=() udp_up=0 udp_ok=
for ((i = 1; i <= 1400; i += $(small 7 70))); do
	sizes+=("size=$i")
	udp_up=$((udp_up + i))
	udp_ok+=$'\n'"size $i ok"
done
WORKED=()

# cell TEXT NAME PORT METHOD PROTO FAMILIES HEADER WHERE: what comes of it, into $got
cell() {
	local name=$2 port=$3 method=$4 proto=$5 sf=${6%>*} bf=${6#*>} header=$7 where=$8
	local vip to own at_ns at me named='' out rc=0 args=() who rest
	local vips=("" "" "" "" "$VIP4" "" "$VIP6")
	client_of "$where" "$sf"
	vip=$(end "$sf" "${vips[sf]}" "$port")
	me=$(end "$sf" "$at" "$((port + 20000))")
	case $method in
	nat)		to=b1 ;;
	fullnat)	to=b2 ;;
	*)		to=b3 ;;
	esac
	[ "${where#*>}" != here ] || to=here
	[[ $want != sees* ]] || application "$method" "$proto" "$sf" "$to" "$vip"
	case $method in
	dsr|ipip|gue)	to=$(at "$bf" "$to") own=$vip ;;
	*)		to=$(at "$bf" "$to:$([ "$proto" = tcp ] && echo 8080 || echo 5300)") own=$to ;;
	esac

	[ "$header" = - ] || args=(accept-proxy "$([ "$proto" = tcp ] && echo tcp || echo each)" trust any)
	if ! out=$(sluice service add "$name" "$proto" "$vip" "${args[@]}" scheduler rr \
			forward "$method" 2>&1)
	then
		got=${out#sluice: }
		return
	fi
	if ! out=$(sluice backend add "$name" "$to" 2>&1); then
		got=${out#sluice: } got=${got/ "$to":/:}
		return
	fi

	case $header$bf in
	same4|other6)	named=$NAMED4:$((port + 30000)) rest=$VIP4:80 ;;
	same6|other4)	named=[$NAMED6]:$((port + 30000)) rest=[$VIP6]:80 ;;
	esac
	if [ "$proto" = tcp ]; then
		args=()
		[ -z "$named" ] || args=(--v2 --client "$named" --dest "$rest")
		out=$(talk_from "$at_ns" -t 30 "${args[@]}" --bind "$me" "$vip" \
			who "both=$bytes" half 2>&1) || rc=$?
		rest=" local=$own"$'\n'"both $bytes ok"$'\n'bye
	else
		args=()
		[ -z "$named" ] || args=(--header each --client "$named" --dst "$rest")
		[[ $want != "lost, "* ]] || args+=(-t 1)
		out=$(udp_from "$at_ns" -t 10 "${args[@]}" --bind "$me" "$vip" who "${sizes[@]}" zero 2>&1) ||
			rc=$?
		rest=" local=$own answer=$vip$udp_ok"$'\n'"zero ok"
	fi

	got="status $rc: $out"
	if [ "$rc" = 0 ] && [ "${out%"$rest"}" != "$out" ]; then
		who=${out%"$rest"}
		WORKED+=("$name $proto $sf $bf $((${#who} + ${#own} + 7)) $method $where $1")	# "peer=... local=..."
		who=${who#peer=}
		case $who in
		"$me")		who=client ;;
		"$named")	who=named ;;
		"$(end "$bf" "$([ "$bf" = 4 ] && echo "$HERE4" || echo "$HERE6")" "${who##*:}")")
			[ "${who##*:}" -lt 1024 ] || who=lent ;;
		esac
		got="sees $who"
	elif [ "$got" = "status 3: refused: Connection reset by peer" ]; then
		case $want in
		"reset, "*)	[ "$(stat "${want#reset, }" "$name")" != 1 ] || got=$want ;;
		esac
	elif [ "$got" = "status 4: timeout" ]; then
		case $want in
		"lost, "*)	[ "$(stat "${want#lost, }" "$name")" != 1 ] || got=$want ;;
		esac
	elif [[ $got == *"Connection refused" ]]; then
		case $want in
		"refused, "*)	[ "$(stat "${want#refused, }" "$name")" != 1 ] || got=$want ;;
		esac
	fi
}

# matrix 0|1 SUFFIX: all cells, or every other one: those that the other call leaves
matrix() {
	local m p f h w id=0 sum text got want
	local i_m=0 i_p i_f i_h i_w
	for m in $METHODS; do
		i_p=0
		for p in $PROTOS; do
			i_f=0
			for f in $FAMILIES; do
				i_h=0
				for h in $HEADERS; do
					i_w=0
					for w in $WHERES; do
						id=$((id + 1))
						sum=$((i_m + i_p + i_f + i_h + i_w + $1))
						i_w=$((i_w + 1))
						[ -z "${SLUICE_SMALL:-}" ] || [ $((sum % 2)) = 0 ] || continue
						text="$m $p $f, header $h, $w$2"
						outcome "$m" "$p" "$f" "$h" "$w"
						cell "$text" "c$1-$id" $((2000 + 1000 * $1 + id)) "$m" "$p" "$f" "$h" "$w"
						is "$text: $want" "$got" "$want"
					done
					i_h=$((i_h + 1))
				done
				i_f=$((i_f + 1))
			done
			i_p=$((i_p + 1))
		done
		i_m=$((i_m + 1))
	done
}

matrix 0 ""
is "conntrack is not in use yet" \
	"$(bal cat /proc/sys/net/netfilter/nf_conntrack_count 2>/dev/null || echo 0)" 0

# --- the firewall -----------------------------------------------------------------------------

# What is allowed is who the backend sees, to the backend, in the chain that the two are of:
# FORWARD, INPUT where the backend is here, OUTPUT where the client is. A sender of this host
# has to be let out to the service, as to any address over lo.
bal nft -f - <<-END || bail "nft refuses the rules"
	table inet t {
		counter new { }
		counter invalid { }
		counter direct { }
		counter other { }
		chain begin {
			ct state invalid counter name invalid drop
			meta l4proto { icmp, ipv6-icmp } accept
			ct state established,related accept
		}
		chain input {
			type filter hook input priority 0; policy drop;
			jump begin
			ct state new th dport { 8080, 5300 } jump to_here
			ct state new th dport 3000-3999 jump to_here_as_is
			counter name other
		}
		chain to_here_as_is {
			ip saddr { $CLIENT4, 10.0.1.9, 10.0.0.2 } ip daddr $VIP4 counter name new accept
			ip6 saddr { $CLIENT6, fd00:1::9, fd00::2 } ip6 daddr $VIP6 counter name new accept
		}
		chain to_here {
			ip saddr { $CLIENT4, $NAMED4, $HERE4, 10.0.0.2 } ip daddr $HERE4 counter name new accept
			ip6 saddr { $CLIENT6, $NAMED6, $HERE6, fd00::2 } ip6 daddr $HERE6 counter name new accept
		}
		chain output {
			type filter hook output priority 0; policy drop;
			jump begin
			ct state new th dport { 8080, 5300 } jump to_here
			ct state new th dport { 8080, 5300 } jump from_here
			ct state new ip saddr 10.0.0.2 ip daddr $VIP4 th dport 3000-3999 accept
			ct state new ip6 saddr fd00::2 ip6 daddr $VIP6 th dport 3000-3999 accept
			counter name other
		}
		chain from_here {
			ip saddr { $HERE4, 10.0.0.2 } ip daddr { 10.0.1.1, 10.0.1.2 } counter name new accept
			ip6 saddr { $HERE6, fd00::2 } ip6 daddr { fd00:1::1, fd00:1::2 } counter name new accept
		}
		chain forward {
			type filter hook forward priority 0; policy drop;
			jump begin
			oifname lan ct state new th dport { 8080, 5300 } jump through
			oifname lan ct state untracked jump direct
			counter name other
		}
		chain through {
			ip saddr { $CLIENT4, $NAMED4, 10.0.1.9 } ip daddr 10.0.1.1 counter name new accept
			ip6 saddr { $CLIENT6, $NAMED6, fd00:1::9 } ip6 daddr fd00:1::1 counter name new accept
			ip saddr $HERE4 ip daddr 10.0.1.2 counter name new accept
			ip6 saddr $HERE6 ip6 daddr fd00:1::2 counter name new accept
		}
		chain direct {
			ip saddr != { $CLIENT4, 10.0.1.9 } return
			ip6 saddr != { $CLIENT6, fd00:1::9 } return
			ip daddr $VIP4 th dport 3000-3999 counter name direct accept
			ip6 daddr $VIP6 th dport 3000-3999 counter name direct accept
			ip daddr 10.0.1.3 th dport { 8080, 5300 } counter name direct accept
			ip6 daddr fd00:1::3 th dport { 8080, 5300 } counter name direct accept
		}
		chain post {
			type filter hook postrouting priority 200; policy drop;
			jump begin
			ct state new,untracked accept
			counter name other
		}
	}
END
matrix 1 ", policy drop"
claim "the firewall has seen connections" test "$(counter bal new)" -ge 20
claim "and packets whose answers go past" test "$(counter bal direct)" -ge 20
is "none of it was invalid" "$(counter bal invalid)" 0
is "nor was there anything that no rule is for" "$(counter bal other)" 0
bal nft delete table inet t

# --- the table has what there is ----------------------------------------------------------------

for i in "${!ROWS[@]}"; do
	[ "${USED[i]}" = 1 ] || is "each row of the table is of use" "${ROWS[i]}" ""
done
for h in client near; do
	claim "$h has seen the VIP" test "$(counter $h vip)" -ge 100
	is "$h has seen nobody else" "$(counter $h wrong)" 0
done

# --- counters --------------------------------------------------------------------------------------

# counts JSON: what service and backend have both, into $counts
counts() {
	local name
	counts=
	for name in flows-opened packets-in bytes-in packets-out bytes-out; do
		[[ $1 =~ \"$name\":([0-9]+) ]] || BASH_REMATCH=(- -)
		counts+=" ${BASH_REMATCH[1]}"
	done
	counts=${counts# }
}

declare -A BACKEND
while IFS= read -r line; do
	[[ $line =~ \"pool\":\"([^\"]*)\" ]] || continue
	pool=${BASH_REMATCH[1]}
	counts "$line"
	BACKEND[$pool]=$counts
done < <(sluice -j backend stats)

# between A B C: B is neither less nor more
between() { [ "$1" -le "$2" ] && [ "$2" -le "$3" ]; }

# header FAMILY: bytes of its header and UDP's
header() { if [ "$1" = 4 ]; then echo 28; else echo 48; fi; }

# proxy TEXT FAMILY: bytes of the PROXY header of a cell whose backend is of that family
proxy() {
	case $1 in
	*"header same"*)	[ "$2" = 4 ] && echo 28 || echo 52 ;;
	*"header other"*)	[ "$2" = 4 ] && echo 52 || echo 28 ;;
	*)			echo 0 ;;
	esac
}

# judge NAME PROTO FAMILY FAMILY LENGTH METHOD WHERE TEXT: "right", or the counters. What changes
# families is counted as it comes; of what answers past this host, nothing that comes back. Some of a stream may come again: a packet of 64 kB, or the first ones of a sender that
# makes them too big for the other family.
judge() {
	local q n in out back again=70000
	[ "$3" = "$4" ] || again=200000
	case $6$7 in
	dsr-nat*here|nat*|fullnat*) back=1 ;;
	*)		back=0 ;;
	esac
	counts "$(sluice -j stats "$1")"
	judged="service $counts; backend ${BACKEND[$1]:-none}"
	[ "$counts" = "${BACKEND[$1]:-}" ] || return
	read -ra n <<<"$counts"
	if [ "$2" = udp ]; then
		q=$((${#sizes[@]} + 2))
		in=$((($(header "$3") + $(proxy "$8" "$4")) * q + 3 + udp_up))
		out=$(($(header "$4") * q + udp_up + $5))
		[ "$counts" != "1 $q $in $((q * back)) $((out * back))" ] || judged=right
		return
	fi
	between $((bytes + 40 * n[1])) "${n[2]}" $((bytes + 100 * n[1] + 200 + again)) &&
		[ "${n[0]}" = 1 ] || return
	if [ $back = 0 ]; then
		[ "${n[*]:3}" != "0 0" ] || judged=right
	else
		between $((bytes + 40 * n[3])) "${n[4]}" $((bytes + 100 * n[3] + 300 + again)) &&
			judged=right
	fi
}
for row in "${WORKED[@]}"; do
	read -r name proto from to length method where text <<<"$row"
	judge "$name" "$proto" "$from" "$to" "$length" "$method" "$where" "$text"
	is "$text: service and backend have counted all of it" "$judged" right
done

finish
