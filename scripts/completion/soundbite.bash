# bash completion for SoundBite: source <(./scripts/soundbite.sh completion bash)
_soundbite() {
  local line IFS=$' \t\n' words=("${COMP_WORDS[@]:1:COMP_CWORD}")
  COMPREPLY=()
  while IFS=$'\t' read -r line _; do
    if [ "$line" = :directories ]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -d -- "${COMP_WORDS[COMP_CWORD]}")
    else
      COMPREPLY+=("$line")
    fi
  done < <(eval "${COMP_WORDS[0]} __complete \"\${words[@]}\"" 2>/dev/null </dev/null)
}
complete -o nosort -F _soundbite soundbite soundbite.sh promote-environment.sh rollback-environment.sh validate-environment.sh
