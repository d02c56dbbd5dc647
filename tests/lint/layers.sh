#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Who may include whom. Lower never includes higher:
#
#	main, net	the header of each layer that starts and stops it
#	nl/		obj/, core/{addr,base,sched}.h, mode/mode.h; never path/
#	path/		obj/, core/, mode/mode.h, path/, trace.h
#	mode/		obj/, core/, mode/mode.h, path/{pkt,rewrite,route,seg}.h
#	obj/		obj/, core/; no packets
#	core/		core/ alone; base.h alone sees the kernel
#
# All but core/ may include compat.h and the uapi header. compat.h alone looks at the kernel's
# version, core/base.h alone at whether this is the kernel.
# shellcheck source=tests/lint/lib.sh
. "$(dirname "$0")/lib.sh"

code=$(files 'kmod/*.[ch]' 'cli/*.[ch]')
if [ -z "$code" ]; then
	report 'there is code to look at' 'no .c or .h file in kmod/ or cli/'
	finish
fi

# One line "file line <name>" or "file line "path"" an include. Names in quotes
# are made paths from the root: beside the file, in kmod/ or in include/.
includes=$(for f in $code; do
	grep -nE '^[[:blank:]]*#[[:blank:]]*include[[:blank:]]*[<"]' "$f" |
		sed -E 's/^([0-9]+):[^<"]*([<"])([^>"]*).*/\1 \2 \3/' |
		while read -r line kind name; do
			if [ "$kind" = '"' ]; then
				for d in "$(dirname "$f")" kmod include cli; do
					[ -f "$d/$name" ] || continue
					name=$(realpath -m --relative-to=. "$d/$name")
					break
				done
			elif [ -f "include/$name" ]; then
				name=include/$name
			elif [ -f "include/uapi/$name" ]; then
				name=include/uapi/$name
			else
				name="<$name>"
			fi
			printf '%s:%s %s\n' "$f" "$line" "$name"
		done
done)

# may WHO PATTERN... - includes made by files matching WHO that no PATTERN (an
# extended regular expression for the whole name) allows
may() {
	who=$1
	shift
	printf '%s\n' "$includes" | grep -E "^($who):" |
		grep -vE "^[^ ]* ($(printf '%s|' "$@")NOTHING)\$"
}

uapi='include/uapi/linux/sluice\.h'
compat='kmod/compat\.h'
core='kmod/core/.*'
obj='kmod/obj/.*'
linux='<(linux|net|uapi/linux|asm|kunit|crypto)/.*>'

report 'core/base.h includes the kernel or the shim, nothing of ours' \
	"$(may 'kmod/core/base\.h' '<(linux|asm|crypto)/[^ ]*>' 'slc_user\.h' '.*/slc_user\.h' |
		cat; printf '%s\n' "$includes" |
		grep -E '^kmod/core/base\.h:.*<linux/(skbuff|slab|spinlock|netdevice|jiffies)\.h>')"
report 'core/ includes core/ alone' \
	"$(may 'kmod/core/.*' "$core" | grep -v '^kmod/core/base\.h:')"
report 'obj/ includes obj/, core/, the uapi header' \
	"$(may 'kmod/obj/.*' "$obj" "$core" "$uapi" "$compat" "$linux"
	printf '%s\n' "$includes" | grep -v '^kmod/obj/bpfsched\.c:' |
		grep -E '^kmod/obj/.*<linux/(skbuff|netfilter.*|ip|ipv6|tcp|udp)\.h>')"
report 'mode/ includes obj/, core/, mode.h, packets' \
	"$(may 'kmod/mode/.*' "$obj" "$core" 'kmod/mode/mode\.h' \
		'kmod/path/(pkt|rewrite|route|seg)\.h' "$uapi" "$compat" "$linux")"
report 'path/ includes obj/, core/, mode.h, path/' \
	"$(may 'kmod/path/.*' "$obj" "$core" 'kmod/mode/mode\.h' 'kmod/path/.*' \
		'kmod/trace\.h' "$uapi" "$compat" "$linux")"
report 'nl/ includes obj/, addresses, mode.h, the uapi header' \
	"$(may 'kmod/nl/.*' "$obj" 'kmod/core/(addr|base|sched)\.h' 'kmod/mode/mode\.h' \
		'kmod/nl/.*' "$uapi" "$compat" "$linux")"
report 'trace.h and trace.c include obj/, core/' \
	"$(may 'kmod/trace\.[ch]' "$obj" "$core" 'kmod/path/pkt\.h' 'kmod/trace\.h' \
		"$uapi" "$compat" "$linux" '<trace/.*>')"
report 'compat.h includes nothing of ours' "$(may "$compat" "$linux" '<generated/.*>')"
report 'main.c and net.c include the headers that start a layer' \
	"$(may 'kmod/(main\.c|net\.[ch])' 'kmod/net\.h' 'kmod/obj/[a-z]*\.h' \
		'kmod/path/(early|hook)\.h' 'kmod/mode/mode\.h' 'kmod/nl/nl\.h' \
		'kmod/trace\.h' "$uapi" "$compat" "$linux")"
report 'cli/ includes the uapi header and libraries, never the module' \
	"$(may 'cli/.*' 'cli/.*' "$uapi" '<.*>')"
report 'every file of kmod/ is in a layer' \
	"$(printf '%s\n' "$code" | grep '^kmod/' |
		grep -vE '^kmod/((core|obj|path|mode|nl)/|(main|net|trace)\.c$|(compat|net|trace)\.h$)')"

# Comments, strings aside, may mention what code may not use.
code_of() {
	for f in "$@"; do
		sed -E 's|//.*||' "$f" | awk -v f="$f" '
			{ line = $0; out = ""
			  while (length(line)) {
				if (c) { i = index(line, "*/"); if (!i) break
					 line = substr(line, i + 2); c = 0 }
				else { i = index(line, "/*")
				       if (!i) { out = out line; break }
				       out = out substr(line, 1, i - 1)
				       line = substr(line, i + 2); c = 1 } }
			  gsub(/"[^"]*"/, "\"\"", out)
			  print f ":" NR ": " out }'
	done
}

# uses EXEMPT WORDS PATTERN... - lines of code with one of WORDS in files that
# match a PATTERN, but for files matching the regular expression EXEMPT
uses() {
	exempt=$1 words=$2
	shift 2
	# shellcheck disable=SC2046 # a list of names without spaces
	code_of $(files "$@" | grep -vE "^($exempt)\$") |
		grep -E "(^|[^A-Za-z0-9_])($words)([^A-Za-z0-9_]|\$)"
}

report 'the kernel version is looked at in compat.h alone' \
	"$(uses "$compat" 'LINUX_VERSION_CODE|KERNEL_VERSION|RHEL_RELEASE_CODE' \
		'kmod/*.[ch]' 'include/*.h')"
report '__KERNEL__ is looked at in core/base.h alone' \
	"$(uses 'kmod/core/base\.h' '__KERNEL__' 'kmod/*.[ch]')"
report 'core/ has no packet, lock, allocation or clock' \
	"$(uses 'kmod/core/base\.h' \
		'sk_buff|skb|spin_(un)?lock[a-z_]*|mutex_[a-z]*|rcu_[a-z_]*|k[vmz]*alloc[a-z_]*|k?v?free|jiffies|ktime_[a-z_]*|get_random_[a-z0-9]*|printk|pr_[a-z_]*' \
		'kmod/core/*.[ch]')"
report 'obj/ and nl/ know no packet' \
	"$(uses 'kmod/obj/bpfsched\.c' 'struct slc_pkt' 'kmod/obj/*.[ch]' 'kmod/nl/*.[ch]')"
report 'nothing configures but netlink' \
	"$(uses 'NOTHING' 'module_param[a-z_]*|register_sysctl[a-z_]*|register_net_sysctl[a-z_]*|proc_create[a-z_]*|nf_register_sockopt' \
		'kmod/*.[ch]')"
report 'no BUG()' "$(uses 'NOTHING' 'BUG|BUG_ON' 'kmod/*.[ch]')"

# tsort names the members of each loop on stderr.
loops=$(printf '%s\n' "$includes" | awk '{ sub(/:[0-9]+$/, "", $1) }
	$1 ~ /\.h$/ && $2 ~ /\.h$/ && !($1 ~ /trace\.h$/ && $1 == $2) { print $1, $2 }' |
	tsort 2>&1 >/dev/null)
report 'headers include each other in no circle' "$loops"
finish
