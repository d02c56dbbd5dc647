# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the namespace tests share. A test is a bash script NN-topic.sh that
# sources this, makes its network with net_up, states claims with `claim`, `is`,
# `refused`, and ends with `finish`. It prints KTAP; `run` adds tests up.
#
#     client                      router                       lb
#     203.0.113.7/24 ------ .1  [ cl    lb ]  10.0.0.254 ----- 10.0.0.1/24  (the sender)
#     2001:db8:c::7/64      ::1 [          ]  fd00::fe         10.0.0.3     (not trusted, if a test
#                               [    ap    ]                   fd00::1/64    trusts 10.0.0.1 only)
#                                    | 10.0.1.254, fd00:1::fe
#                                    |
#                                    | 10.0.1.2/24, fd00:1::2/64
#                                   app  (Sluice and the applications)
#
# In each namespace but the router's the device is eth0. The functions client,
# lb, router, app run a command in the namespace of that name.

# Functions reach their callers by name, and expressions by eval.
# shellcheck disable=SC2317,SC2016

set -u
export LC_ALL=C

TESTS=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
TOOLS=$TESTS/tools
SLUICE=${SLUICE:-$TESTS/../cli/sluice}
NAME=$(basename "$0" .sh)
# Everything a test leaves: its peers' configurations, logs and captures
TMP=$(mktemp -d "${TMPDIR:-/tmp}/$NAME.XXXXXX")
NAMESPACES=()
TAP_N=0
TAP_BAD=0
TAP_TODO=

SERVICE4=10.0.1.2 SERVICE6=fd00:1::2
CLIENT4=203.0.113.7 CLIENT6=2001:db8:c::7
LB4=10.0.0.1 LB6=fd00::1
export SERVICE4 SERVICE6 CLIENT4 CLIENT6 LB4 LB6

# --- claims --------------------------------------------------------------------

note() { local l; while IFS= read -r l; do echo "# $l"; done <<<"$*"; }

# result ok|not TEXT
result() {
	TAP_N=$((TAP_N + 1))
	if [ "$1" = ok ]; then
		echo "ok $TAP_N - $2"
	else
		echo "not ok $TAP_N - $2${TAP_TODO:+ # TODO $TAP_TODO}"
		[ -n "$TAP_TODO" ] || TAP_BAD=$((TAP_BAD + 1))
	fi
	TAP_TODO=
}

# todo REASON: the next claim is known not to hold
todo() { TAP_TODO=$1; }

# skip TEXT REASON: a claim that cannot be judged here
skip() {
	TAP_N=$((TAP_N + 1))
	echo "ok $TAP_N - $1 # SKIP $2"
}

# claim TEXT COMMAND...: holds if COMMAND succeeds; what it said is shown if not
claim() {
	local text=$1 rc=0
	shift
	"$@" >"$TMP/claim.out" 2>&1 </dev/null || rc=$?
	if [ "$rc" -eq 0 ]; then
		result ok "$text"
	else
		result not "$text"
		note "status $rc of: $*"
		tail -n 20 "$TMP/claim.out" | sed 's/^/#   /'
	fi
	return "$rc"
}

# is TEXT GOT WANT
is() {
	if [ "$2" = "$3" ]; then
		result ok "$1"
		return 0
	fi
	result not "$1"
	note "got:  $2"
	note "want: $3"
	return 1
}

# says TEXT WANT COMMAND...: COMMAND succeeds and prints just WANT
says() {
	local text=$1 want=$2 got
	shift 2
	got=$("$@" 2>&1 </dev/null) || got="status $?: $got"
	is "$text" "$got" "$want"
}

# match TEXT REGEX COMMAND...: COMMAND succeeds and prints a line that matches
match() {
	local text=$1 want=$2 got
	shift 2
	if got=$("$@" 2>&1 </dev/null) && grep -Eq -- "$want" <<<"$got"; then
		result ok "$text"
		return 0
	fi
	result not "$text"
	note "no match for: $want"
	tail -n 12 <<<"$got" | sed 's/^/#   /'
	return 1
}

# status TEXT WANT COMMAND...: COMMAND ends with this exit status
status() {
	local text=$1 want=$2 rc=0
	shift 2
	"$@" >"$TMP/claim.out" 2>&1 </dev/null || rc=$?
	[ "$rc" = "$want" ] || tail -n 8 "$TMP/claim.out" | sed 's/^/#   /'
	is "$text" "status $rc" "status $want"
}

# nap SECONDS: sleep without a process, which an emulator takes long to start
exec {NEVER}<> <(:)
nap() { read -rt "$1" -u "$NEVER" _ || :; }

# again FILE COMMAND...: until FILE is there. Not each run of it can succeed beside
# the others, but it must come back, and succeed now and then.
again() {
	local stop=$1 n=0
	shift
	until [ -e "$stop" ]; do
		"$@" >/dev/null 2>&1 && n=$((n + 1))
		# Or a clock that runs only in idle times stands still.
		nap 0.02
	done
	echo "done $n"
}

# wait_for [-t SECONDS] COMMAND...: poll until COMMAND succeeds
wait_for() {
	local t=20 deadline
	[ "$1" != -t ] || { t=$2; shift 2; }
	deadline=$((SECONDS + t * ${SLUICE_SLOW:-1}))
	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$deadline" ] || return 1
		nap 0.1
	done
}

# small N M: N, or M where counts are to be small
small() { if [ -n "${SLUICE_SMALL:-}" ]; then echo "$2"; else echo "$1"; fi; }

# bail TEXT: the test cannot go on
bail() {
	result not "$*"
	finish
}

# finish: last line of each test
finish() {
	end_checks
	echo "1..$TAP_N"
	exit $((TAP_BAD > 0))
}

# --- what runs in the background -------------------------------------------------

PIDS=()

# spawn LOG COMMAND...: in the background, output to $TMP/LOG
spawn() {
	local log=$TMP/$1
	shift
	"$@" >"$log" 2>&1 </dev/null &
	PIDS+=($!)
}

# The namespaces' processes are this test's own.
stop_all() {
	local ns
	{
		for ns in "${NAMESPACES[@]}"; do
			ip netns pids "$ns"
		done | xargs -r kill -9
		[ ! -e "$TMP/agent.pid" ] || PIDS+=("$(<"$TMP/agent.pid")")
		rm -f "$TMP"/agent "$TMP"/agent.pid
		[ "${#PIDS[@]}" -eq 0 ] || kill -9 "${PIDS[@]}"
		PIDS=()
		wait
	} 2>/dev/null
}

cleanup() {
	stop_all
	[ "${#NAMESPACES[@]}" -eq 0 ] ||
		printf 'netns del %s\n' "${NAMESPACES[@]}" | ip -force -batch - 2>/dev/null
	if [ "$TAP_BAD" -gt 0 ] && [ -d "${SLUICE_OUT:-}" ]; then
		rm -rf "${SLUICE_OUT:?}/$NAME"
		cp -r "$TMP" "$SLUICE_OUT/$NAME" 2>/dev/null
	fi
	rm -rf "$TMP"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

# --- the network -------------------------------------------------------------------

ns() { ip netns exec "$@"; }
client() { ip netns exec client "$@"; }
lb() { ip netns exec lb "$@"; }
router() { ip netns exec router "$@"; }
app() { ip netns exec app "$@"; }

# ns_new NAME: a namespace that the test itself deletes
ns_new() {
	# Until duplicate address detection ends, after up to three seconds, a router
	# asks for no neighbour: it has no address to ask from.
	ip netns add "$1" && set_sysctl "$1" net.ipv6.conf.default.accept_dad=0 &&
		ip -n "$1" link set lo up
}

# ns_add NAME...: namespaces that go when the test ends
ns_add() {
	local n
	for n; do
		ns_new "$n" || bail "no namespace $n"
		NAMESPACES+=("$n")
	done
}

# set_sysctl NS KEY=VALUE...: sysctls of a namespace
set_sysctl() {
	local n=$1
	shift
	ip netns exec "$n" sysctl -qw "$@"
}

# link NS1 DEV1 NS2 DEV2 [OPTION...]: a cable. With SLUICE_CAPTURE in the
# environment, what comes and goes at its second end is kept if the test fails.
link() {
	local n1=$1 d1=$2 n2=$3 d2=$4
	shift 4
	ip link add "$d1" netns "$n1" "$@" type veth peer name "$d2" netns "$n2" &&
		ip -n "$n1" link set "$d1" up && ip -n "$n2" link set "$d2" "$@" up || return
	[ -z "${SLUICE_CAPTURE:-}" ] || capture "$n2" "$d2"
}

# addr NS DEV ADDRESS...
addr() { addr_lines "${@:2}" | ip -n "$1" -force -batch -; }

# addr_lines DEV ADDRESS...: the same for ip -batch
addr_lines() {
	local d=$1 a
	shift
	for a; do
		case $a in
		*:*) echo "addr add $a dev $d nodad" ;;
		*) echo "addr add $a dev $d" ;;
		esac
	done
}

# via NS ADDRESS...: default routes
via() {
	local n=$1 a
	shift
	for a; do ip -n "$n" route add default via "$a"; done
}

module_load() {
	grep -q '^sluice ' /proc/modules || sluice-insmod ||
		bail "the module does not load"
}

# net_up: the network drawn above, with the module loaded
net_up() {
	module_load
	net_lines
}

# net_lines: the network alone. In few processes, which an emulator takes long to
# start: what ns_add, link, addr and via would do.
net_lines() {
	NAMESPACES+=(client lb router app)
	ip -batch - <<-END || bail "no network"
		netns add client
		netns add lb
		netns add router
		netns add app
	END
	set_sysctl client net.ipv6.conf.default.accept_dad=0
	set_sysctl lb net.ipv6.conf.default.accept_dad=0
	set_sysctl router net.ipv6.conf.default.accept_dad=0 \
		net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	set_sysctl app net.ipv6.conf.default.accept_dad=0 net.ipv4.conf.all.rp_filter=1
	ip -batch - <<-END || bail "no network"
		link add eth0 netns client type veth peer name cl netns router
		link add eth0 netns lb type veth peer name lb netns router
		link add eth0 netns app type veth peer name ap netns router
	END
	{
		printf 'link set %s up\n' lo cl lb ap
		addr_lines cl 203.0.113.1/24 2001:db8:c::1/64
		addr_lines lb 10.0.0.254/24 fd00::fe/64
		addr_lines ap 10.0.1.254/24 fd00:1::fe/64
	} | ip -n router -batch - || bail "no network"
	net_host client 203.0.113.1 2001:db8:c::1 203.0.113.7/24 2001:db8:c::7/64
	net_host lb 10.0.0.254 fd00::fe 10.0.0.1/24 10.0.0.3/24 fd00::1/64 fd00::3/64
	net_host app 10.0.1.254 fd00:1::fe 10.0.1.2/24 fd00:1::2/64
	[ -z "${SLUICE_CAPTURE:-}" ] ||
		{ capture router cl; capture router lb; capture router ap; }
}

# net_host NS GATEWAY4 GATEWAY6 ADDRESS...: its end of the line
net_host() {
	{
		printf 'link set %s up\n' lo eth0
		addr_lines eth0 "${@:4}"
		printf 'route add default via %s\n' "$2" "$3"
	} | ip -n "$1" -batch - || bail "no network in $1"
}

# capture NS DEV [FILTER...]: the last 10 to 20 MB, kept if the test fails
capture() {
	local n=$1 d=$2
	shift 2
	spawn "tcpdump-$n-$d.log" ip netns exec "$n" tcpdump -U -s 200 -Z root \
		-C 10 -W 2 -i "$d" -w "$TMP/$n-$d.pcap" "$@"
	wait_for grep -q listening "$TMP/tcpdump-$n-$d.log"
}

# hex TEXT: as client.py --raw wants it; backslash sequences as printf(1)
hex() {
	# shellcheck disable=SC2059	# they are the point
	printf "$1" | xxd -p | tr -d '\n'
}

# listening NS PORT: something accepts connections there
listening() { ip netns exec "$1" ss -Hltn "sport = :$2" | grep -q .; }

# --- peers ---------------------------------------------------------------------------

# agent NS LOG|- PROGRAM [ARGUMENT...]: have agent.py, started by whoever first needs it,
# run client.py, load.py or server.py in NS. Prints what comes back.
agent() {
	if [ ! -S "$TMP/agent" ]; then
		python3 -S "$TOOLS/agent.py" "$TMP/agent" >"$TMP/agent.log" 2>&1 </dev/null &
		# This may be a subshell, whose variables nobody sees.
		echo "$!" >"$TMP/agent.pid"
		disown
		wait_for test -S "$TMP/agent" || { cat "$TMP/agent.log"; return 1; }
	fi
	printf '%s\n' "$@" "" | nc -N -U "$TMP/agent"
}

# server NS [OPTION...] PORT...: the application; its log is $TMP/server-NS-PORT.log
server() {
	local n=$1 port=${*: -1} said
	shift
	said=$(agent "$n" "$TMP/server-$n-$port.log" server "$@")
	[[ $said == "pid "* ]] || bail "server on $n:$port does not start: $said, $(served "$n" "$port")"
	PIDS+=("${said#pid }")
}

# served NS PORT: what that server printed
served() { cat "$TMP/server-$1-$2.log"; }

# talk [OPTION...] ADDR:PORT [COMMAND...]: client.py in lb; talk_from NS elsewhere.
talk() { talk_from lb "$@"; }
talk_from() {
	local n=$1 out
	shift
	out=$(agent "$n" - client "$@") || return 99
	[ "${out%$'\n'*}" = "$out" ] || echo "${out%$'\n'*}"
	return "${out##*$'\n'}"
}

# launch LOG NS client|load [ARGUMENT...]: client.py or load.py in the background, its
# output in $TMP/LOG as it comes
launch() {
	local log=$TMP/$1
	: >"$log"
	agent "$2" "$log" "${@:3}" >/dev/null &
	PIDS+=($!)
}

# nginx NS <<HTTP-OR-STREAM-BLOCKS: access log lines are "ADDRESS PORT REQUEST"
nginx_up() {
	local n=$1 dir=$TMP/nginx-$1
	mkdir -p "$dir"
	{
		cat <<-END
			load_module /usr/lib/nginx/modules/ngx_stream_module.so;
			pid $dir/pid;
			error_log $dir/error.log info;
			worker_processes 1;
			user root;
			events { worker_connections 4096; }
		END
		cat
	} >"$dir/nginx.conf"
	spawn "nginx-$n.log" ip netns exec "$n" \
		nginx -p "$dir" -c "$dir/nginx.conf" -g 'daemon off;'
	wait_for test -s "$dir/pid" || { cat "$TMP/nginx-$n.log"; bail "nginx does not start"; }
}

# http_block NS PORT: a server for nginx_up that logs the client's address and port
http_block() {
	local dir=$TMP/nginx-$1 port=$2
	cat <<-END
		http {
			log_format who '\$remote_addr \$remote_port \$request';
			access_log $dir/access.log who;
			client_body_temp_path $dir/body;
			proxy_temp_path $dir/proxy;
			fastcgi_temp_path $dir/fastcgi;
			uwsgi_temp_path $dir/uwsgi;
			scgi_temp_path $dir/scgi;
			server {
				listen $port;
				listen [::]:$port;
				location / { return 200 "\$remote_addr \$remote_port\n"; }
				location /blob { root $dir; }
			}
		}
	END
}

access_log() { cat "$TMP/nginx-$1/access.log"; }

# haproxy_up NS <<FRONTENDS-AND-BACKENDS
haproxy_up() {
	local n=$1
	{
		cat <<-END
			global
				log stdout format raw local0
				maxconn 4000
				stats socket $TMP/haproxy-$n.sock mode 600 level admin
			defaults
				mode tcp
				log global
				timeout connect 10s
				timeout client 60s
				timeout server 60s
		END
		cat
	} >"$TMP/haproxy-$n.cfg"
	spawn "haproxy-$n.log" ip netns exec "$n" haproxy -db -f "$TMP/haproxy-$n.cfg"
	wait_for test -S "$TMP/haproxy-$n.sock" ||
		{ cat "$TMP/haproxy-$n.log"; bail "haproxy does not start"; }
}

# --- Sluice ----------------------------------------------------------------------------

# sluice ARGUMENT...: the tool in app's namespace
sluice() { "$SLUICE" -n "${SLUICE_NS:-app}" "$@"; }

# service ARGUMENT...: `service add`, and the test is over if it is refused
service() {
	local out
	out=$(sluice service add "$@" 2>&1) || bail "service add $*: $out"
}

# stat NAME [SERVICE]: a counter. By the shell itself: jq takes half a second to start
# in an emulator.
stat() {
	local all
	all=$(sluice -j stats "${@:2}")
	[[ $all =~ \"$1\":([0-9]+) ]] || { echo "no such counter"; return; }
	echo "${BASH_REMATCH[1]}"
}

# flows: how many there are, in all states
flows() {
	local text lines
	text=$(sluice flow show) || { echo "no answer"; return; }
	mapfile -t lines <<<"$text"
	echo $((${#text} ? ${#lines[@]} : 0))
}

# counted TEXT NAME N COMMAND...: COMMAND makes counter NAME grow by N
counted() {
	local text=$1 name=$2 by=$3 before
	shift 3
	before=$(stat "$name")
	"$@" >"$TMP/claim.out" 2>&1 </dev/null
	wait_for -t 5 eval "[ \$(stat $name) -ge $((before + by)) ]"
	is "$text" "$name +$(($(stat "$name") - before))" "$name +$by"
}

# --- after each test -----------------------------------------------------------------

no_flows() {
	local n
	for n in "${NAMESPACES[@]}"; do
		[ -z "$(ip netns exec "$n" "$SLUICE" flow show)" ] || return 1
	done
}

# Connections must go when told to, in every namespace.
end_checks() {
	local n
	stop_all
	grep -q '^sluice ' /proc/modules || return 0
	for n in "${NAMESPACES[@]}"; do
		ip netns exec "$n" "$SLUICE" flow flush >/dev/null 2>&1
	done
	wait_for -t 10 no_flows || result not "no connection is left after a flush"
}
