# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Completion of sluice(8) for bash: the program itself knows what may come.

_sluice()
{
	local words prefix i
	# Words as the program sees them: readline would part them at colons.
	read -ra words <<<"${COMP_LINE:0:COMP_POINT}"
	[[ ${COMP_LINE:0:COMP_POINT} == *[[:blank:]] ]] && words+=('')
	mapfile -t COMPREPLY < <("$1" complete "${words[@]:1}" 2>/dev/null)
	if [[ ${COMPREPLY[0]-} == :file ]]; then
		COMPREPLY=()
		compopt -o default
		return
	fi
	prefix=${words[-1]}
	[[ $COMP_WORDBREAKS == *:* && $prefix == *:* ]] || prefix=
	prefix=${prefix%"${prefix##*:}"}
	for i in "${!COMPREPLY[@]}"; do
		COMPREPLY[i]=${COMPREPLY[i]%%$'\t'*}
		COMPREPLY[i]=${COMPREPLY[i]#"$prefix"}
	done
}

complete -F _sluice sluice
