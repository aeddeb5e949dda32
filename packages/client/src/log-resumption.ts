import type { LogLine } from './schemas.ts';

/**
 * Where to go on after a stream of log lines broke: its last instant is asked for again, and what was seen of it is left out. `since`: the first instant (ms since
 * 1970) that is asked for; undefined: whatever is answered to nobody who says one.
 */
export function logResumption(since?: number) {
  let last = since;
  let atLast: string[] = [];
  let skip: string[] = [];
  return {
    /** The instant since which it is asked for, now and again. */
    again: (): number | undefined => {
      skip = [...atLast];
      return last;
    },
    /** Whether a line of the present stream was in none before. */
    isNew: (line: LogLine): boolean => {
      const at = Date.parse(line.at);
      const key = JSON.stringify([line.at, line.source, line.text]);
      const seen = skip.indexOf(key);
      if (seen >= 0) {
        skip.splice(seen, 1);
        return false;
      }
      if (last === undefined ? !Number.isNaN(at) : at > last) {
        last = at;
        atLast = [];
      }
      if (at === last) atLast.push(key);
      return true;
    },
  };
}
