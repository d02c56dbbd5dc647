# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# For who writes tests of balancing: something that is known to be right takes Sluice's
# place, and a claim that fails then was no claim. With BAL_WITH=nft in the environment
# that is destination NAT of nftables; with BAL_WITH=nobody nothing does, and each claim
# about a service must fail. Under nft clients from ports 5000 to 5299 go to one backend
# after another, all others to the first: a kernel of few parts has no numgen.

# shellcheck disable=SC2317

NFT_READY=
bal_module() { :; }

# only_sluice TEXT: the claim that follows holds for Sluice alone
only_sluice() {
	skip "$1" "needs Sluice, not $BAL_WITH"
	return 1
}

balance_with_nobody() { :; }

balance_with_nft() {
	local family=$1 proto=$2 ip=ip to=$3 port vip chain n backends=("${@:4}") map a rule plain=()
	[ "$family" = 4 ] || ip=ip6
	port=${to##*:} vip=${to%:*}
	vip=${vip#[} vip=${vip%]}
	[ -n "$NFT_READY" ] || bal nft -f - <<-END || bail "no nft"
		table inet bal {
			chain pre { type nat hook prerouting priority dstnat; }
			chain out { type nat hook output priority -100; }
		}
	END
	NFT_READY=1
	map=
	if [ "${#backends[@]}" -gt 1 ]; then
		for a in "${backends[@]}"; do plain+=("$(plain "$family" "$a")"); done
		for ((n = 5000; n < 5300; n++)); do
			map+="$n : ${plain[n % ${#plain[@]}]}, "
		done
	fi
	for chain in pre out; do
		rule="add rule inet bal $chain $ip daddr $vip $proto dport $port"
		[ -z "$map" ] || echo "$rule dnat $ip to $proto sport map { $map }"
		echo "$rule dnat $ip to $(at "$family" "${backends[0]}")"
	done | bal nft -f - || bail "nft refuses the rules"
}

# plain FAMILY BACKEND:PORT: as maps of nft have it
plain() {
	local a
	a=$(at "$1" "$2")
	a=${a#[}
	echo "${a%:*} . ${a##*:}" | sed 's/\]//'
}
