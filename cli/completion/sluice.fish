# SPDX-License-Identifier: GPL-2.0
#
# Completion of sluice(8) for fish: the program itself knows what may come.

function __sluice_words
    set -l words (commandline -opc)
    set -l begun (commandline -ct)
    set -l lines ($words[1] complete $words[2..-1] "$begun" 2>/dev/null)
    if test "$lines[1]" = :file
        __fish_complete_path "$begun"
    else
        string join \n -- $lines
    end
end

complete -c sluice -f -k -a '(__sluice_words)'
