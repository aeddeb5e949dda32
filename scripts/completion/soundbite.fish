# fish completion for SoundBite: ./scripts/soundbite.sh completion fish | source
function __soundbite_complete
    set -l words (commandline -opc) (commandline -ct)
    # npx installs nothing because of a Tab.
    if string match -qr '(^|/)npx$' -- $words[1]
        set words "$words[1] --no soundbite" $words[3..-1]
    end
    set -l found (eval $words[1] __complete (string escape -- $words[2..-1]) 2>/dev/null </dev/null)
    if string match -q ':directories*' -- $found
        __fish_complete_directories (commandline -ct)
    else
        printf '%s\n' $found
    end
end
for name in soundbite soundbite.sh promote-environment.sh rollback-environment.sh validate-environment.sh
    complete -c $name -k -f -a '(__soundbite_complete)'
end
complete -c npx -k -f -n 'set -l words (commandline -opc); test "$words[2]" = soundbite' -a '(__soundbite_complete)'
