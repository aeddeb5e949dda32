#compdef soundbite soundbite.sh promote-environment.sh rollback-environment.sh validate-environment.sh
# zsh completion for SoundBite, after compinit: source <(./scripts/soundbite.sh completion zsh)
_soundbite() {
  local line program=${words[1]} from=2
  local -a values texts
  if [[ ${program:t} == npx ]]; then
    # Of what npx runs only this; it installs nothing because of a Tab.
    (( CURRENT > 2 )) && [[ ${words[2]} == soundbite ]] || { _default; return }
    program+=' --no soundbite' from=3
  fi
  for line in "${(@f)$(eval "$program __complete ${(@q)words[from,CURRENT]}" 2>/dev/null </dev/null)}"; do
    [[ $line == :directories* ]] && { _files -/; return }
    [[ -n $line ]] || continue
    values+=("${line%%$'\t'*}")
    texts+=("${(r:24:)${line%%$'\t'*}} ${line#*$'\t'}")
  done
  (( $#values )) && compadd -V soundbite -l -d texts -a values
}
if (( $+functions[compdef] )); then
  compdef _soundbite soundbite soundbite.sh promote-environment.sh rollback-environment.sh validate-environment.sh
  (( $+_comps[npx] )) || compdef _soundbite npx
fi
