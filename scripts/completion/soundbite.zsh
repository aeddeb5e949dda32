#compdef soundbite soundbite.sh promote-environment.sh rollback-environment.sh validate-environment.sh
# zsh completion for SoundBite, after compinit: source <(./scripts/soundbite.sh completion zsh)
_soundbite() {
  local line
  local -a values texts
  for line in "${(@f)$(eval "${words[1]} __complete ${(@q)words[2,CURRENT]}" 2>/dev/null </dev/null)}"; do
    [[ $line == :directories* ]] && { _files -/; return }
    [[ -n $line ]] || continue
    values+=("${line%%$'\t'*}")
    texts+=("${(r:24:)${line%%$'\t'*}} ${line#*$'\t'}")
  done
  (( $#values )) && compadd -V soundbite -l -d texts -a values
}
(( $+functions[compdef] )) && compdef _soundbite soundbite soundbite.sh promote-environment.sh rollback-environment.sh validate-environment.sh
