#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 28
#
# sluice.service under systemd, which is the first process of a container in app's
# network namespace: what a host does at boot, at `systemctl reload`, and with a file
# that is wrong or not there. And sluice-health.service, with no more rights than it needs.
#
# The network is drawn in lib.sh.
#
# shellcheck disable=SC2317,SC2016	# called by name, evaluated later
. "$(dirname "$0")/lib.sh"

unit=$TMP/sluice.service
sed 's|@SBINDIR@|/usr/sbin|' "$TESTS/../docs/systemd/sluice.service.in" >"$unit"
install "$SLUICE" /usr/sbin/sluice
says "systemd finds nothing wrong with the unit" "" systemd-analyze --man=no verify "$unit"
health_unit=$TMP/sluice-health.service
sed 's|@LIBEXECDIR@|/usr/libexec/sluice|' "$TESTS/../docs/systemd/sluice-health.service.in" \
	>"$health_unit"
install -D "$SLUICE-health" /usr/libexec/sluice/sluice-health
says "nor with that of the daemon" "" systemd-analyze --man=no verify "$health_unit"
if [ ! -e /proc/sys/fs/inotify ] || ! grep -qw cgroup2 /proc/filesystems; then
	skip "it is started at boot" "this kernel has no inotify or no cgroups"
	finish
fi

net_up
rmmod sluice
# What the container has of its own goes with its mount namespace.
cat >"$TMP/init" <<'END'
set -e
mount --make-rprivate /
for dir in /run /etc/systemd /etc/modprobe.d /var/log; do
	mount -t tmpfs tmpfs "$dir"
done
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mkdir -p /etc/sluice /etc/systemd/system
mount --bind "$1/etc" /etc/sluice
echo "install sluice SLUICE_KO='$SLUICE_KO' sluice-insmod" >/etc/modprobe.d/sluice.conf
cp "$1/sluice.service" "$1/sluice-health.service" /etc/systemd/system
cd /etc/systemd/system
# systemd cleans it.
mount -t tmpfs tmpfs /tmp
# Of what a Debian starts nothing is needed here.
for other in getty.target ipvsadm.service systemd-logind.service; do
	ln -s /dev/null $other
done
ln -s /lib/systemd/system/multi-user.target default.target
systemctl -q --root=/ enable sluice.service
exec env -i container=test PATH="$PATH" /lib/systemd/systemd --show-status=0
END
mkdir "$TMP/etc"
# boot: as a host does, until systemd has done what there was to do
boot() {
	spawn boot.log ip netns exec app unshare --mount --pid --cgroup --uts --ipc --fork \
		--kill-child --mount-proc bash "$TMP/init" "$TMP"
	container=$!
	wait_for booted
}
inside() { nsenter -m -p -t "$(pgrep -P "$container")" "$@"; }
booted() { inside systemctl is-system-running --wait | grep -q running; }
halt() {
	kill -9 "$container"
	wait "$container"
} 2>/dev/null
named() { sluice -j service show | jq -r '.[] | .name + " " + .address' | xargs; }
state() { inside systemctl show -P Result -P ActiveState -P ConditionResult sluice | xargs; }

file=$TMP/etc/sluice.yaml
boot
claim "without a file the host boots" booted
is "and the unit does nothing" "$(state)" "success inactive no"
halt

echo "services: {web: {proto: tcp, address: $SERVICE4:8080, accept-proxy: tcp, trust: any}}" >"$file"
boot
is "with one the unit is started at boot" "$(state)" "success active yes"
is "which loads the module and applies the file" "$(named)" "web $SERVICE4:8080"
echo "services: {api: {proto: tcp, address: $SERVICE4:8081, accept-proxy: tcp, trust: any}}" >"$file"
claim "systemctl reload applies it again" inside systemctl reload sluice
is "as it is then" "$(named)" "api $SERVICE4:8081"
echo "services: {api: {trsut: any}}" >"$file"
status "a reload of a wrong one fails" 1 inside systemctl reload sluice
match "the journal says where" 'sluice.yaml:1:18: .*did you mean trust' \
	inside journalctl -q -o cat -u sluice
is "nothing has changed" "$(named) $(state)" "api $SERVICE4:8081 success active yes"
claim "the unit is stopped" inside systemctl stop sluice
is "services stay" "$(named)" "api $SERVICE4:8081"

# --- the daemon that checks ----------------------------------------------------------------

cat >"$file" <<-END
	pools:
	  tcp:
	    backends: [127.0.0.1:1, "[::1]:8000"]
	    health: {type: tcp, interval: 0.2}
	  exec:
	    backends: [127.0.0.1:1]
	    health: {type: exec, interval: 0.2, command: [/bin/sh, -c, "grep -q '^CapEff:.0*$' /proc/self/status"]}
END
server app 8000
claim "pools to be checked" inside systemctl reload-or-restart sluice
claim "the daemon starts, and says so" inside systemctl start sluice-health
found() { sluice -j backend show | jq -r '[sort_by(.pool, .address)[].health // "unknown"] | join(" ")'; }
wait_for eval '[ "$(found)" = "up down up" ]'
is "it checks, and programs have none of its rights" "$(found)" "up down up"
match "it is shown" "tcp +127.0.0.1:1 .*connection refused" \
	nsenter -m -p -n -t "$(pgrep -P "$container")" sluice health show
pid=$(inside systemctl show -P MainPID sluice-health)
is "it may set up networks, and nothing else" \
	"$(inside awk '$1 == "CapEff:" || $1 == "CapBnd:" { print $2 }' "/proc/$pid/status" | sort -u)" \
	0000000000001000
match "as nobody in particular" '^[1-9]' inside stat -c %u "/proc/$pid"
match "the journal says what is down" "pool tcp: 127.0.0.1:1 is down: connection refused" \
	inside journalctl -q -o cat -u sluice-health
match "as a warning" . inside journalctl -q -p warning..warning -u sluice-health
claim "it is reloaded" inside systemctl reload sluice-health
inside kill -9 "$pid"
back() { [ "$(inside systemctl show -P MainPID sluice-health)" != "$pid" ] && inside systemctl -q is-active sluice-health; }
claim "one that dies is started again" wait_for -t 30 back
is "nothing is lost" "$(found)" "up down up"
claim "it is stopped" inside systemctl stop sluice-health
is "what it found stays" "$(found)" "up down up"
halt
finish
