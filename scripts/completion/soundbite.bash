# bash completion for SoundBite: source <(./scripts/soundbite.sh completion bash)
_soundbite() {
  local line IFS=$' \t\n' words=("${COMP_WORDS[@]:1:COMP_CWORD}") program=${COMP_WORDS[0]}
  COMPREPLY=()
  if [ "${program##*/}" = npx ]; then
    # Of what npx runs only this; it installs nothing because of a Tab.
    [ "$COMP_CWORD" -gt 1 ] && [ "${words[0]}" = soundbite ] || return 0
    program+=' --no soundbite' words=("${words[@]:1}")
  fi
  while IFS=$'\t' read -r line _; do
    if [ "$line" = :directories ]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -d -- "${COMP_WORDS[COMP_CWORD]}")
    else
      COMPREPLY+=("$line")
    fi
  done < <(eval "$program __complete \"\${words[@]}\"" 2>/dev/null </dev/null)
}
complete -o nosort -F _soundbite soundbite soundbite.sh promote-environment.sh rollback-environment.sh validate-environment.sh
complete -p npx >/dev/null 2>&1 || complete -o nosort -o bashdefault -o default -F _soundbite npx
