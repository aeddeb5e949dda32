/**
 * A shell script that becomes the program, after it has left a guard in the program's process group: `sh -c <guard> guard <mark> <variable> <directory>
 * <program> [argument…]`, as the leader of a group. File descriptor 3 is a pipe that the control plane holds open.
 *
 * The guard waits for the pipe's end. It comes when the run is over, and also when the control plane was killed: then everything that the program left
 * behind is killed. That is its group, and what made a session of its own (Node's `detached`) but still has the run's mark in its environment or works
 * in its directory. The guard itself has neither: it forks before the mark is set.
 */
export const guard = `
mark=$1 variable=$2 directory=$3
shift 3
(
  trap '' TERM INT HUP QUIT
  exec >/dev/null 2>&1
  cd /
  while read -r _ <&3; do :; done
  grep -ls "$variable=$mark" /proc/[0-9]*/environ | while IFS=/ read -r _ _ pid _; do kill -KILL "$pid"; done
  ls -l /proc/[0-9]*/cwd | sed -n 's#^.* /proc/\\([0-9]*\\)/cwd -> #\\1 #p' | while read -r pid at; do
    case $at in "$directory" | "$directory"/* | "$directory (deleted)") kill -KILL "$pid" ;; esac
  done
  kill -KILL 0
) &
exec 3<&-
export "$variable=$mark"
exec env -u PWD -u OLDPWD -u SHLVL -u _ "$@"
`;
