#compdef sluice
# SPDX-License-Identifier: GPL-2.0
#
# Completion of sluice(8) for zsh: the program itself knows what may come.

_sluice() {
	local -a lines words_of
	local line
	lines=("${(@f)$(_call_program words \
		${(q)words[1]} complete "${(@q)words[2,CURRENT-1]}" "${(q)PREFIX}")}")
	if [[ $lines[1] == :file ]]; then
		_files
		return
	fi
	for line in $lines; do
		if [[ $line == *$'\t'* ]]; then
			words_of+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
		elif [[ -n $line ]]; then
			words_of+=("${line//:/\\:}")
		fi
	done
	_describe -V word words_of
}

_sluice "$@"
