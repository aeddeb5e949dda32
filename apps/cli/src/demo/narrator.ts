import { clip, printable } from '@soundbite/reports/text.ts';
import type { Shell } from '../shell.ts';

/** Tells people what happens, and programs (`--json`) each fact as a JSON document on a line of its own. */
export interface Narrator {
  /** A new part begins. */
  part(title: string): void;
  say(text: string): void;
  /** Something smaller, that just happened. */
  aside(text: string): void;
  fact(fact: string, about?: Readonly<Record<string, unknown>>): void;
  /** A line that changes while it is the last one of a terminal; null ends it. Elsewhere only its last text is said. */
  live(text: string | null): void;
}

/** How often a line that changes is told to a program, in ms. */
const tellsEveryMs = 250;

/** Tells a program all that is said, each as a fact `said` of a kind: part, say, aside; live is the line that changes, null where there is none. */
export function narratorOfFacts({ host }: Shell): Narrator {
  const fact: Narrator['fact'] = (name, about = {}) =>
    host.stdout.write(`${JSON.stringify({ fact: name, ...about })}\n`);
  const said = (kind: 'part' | 'say' | 'aside' | 'live') => (text: string | null) => fact('said', { kind, text });
  let drawn: string | null = null;
  let toldAt = 0;
  return {
    part: said('part'),
    say: said('say'),
    aside: said('aside'),
    fact,
    live(text) {
      if (text === null && drawn !== null) {
        said('aside')(drawn.trim());
        said('live')(null);
      } else if (text !== null && performance.now() - toldAt >= tellsEveryMs) {
        toldAt = performance.now();
        said('live')(text.trim());
      }
      drawn = text;
    },
  };
}

export function narratorOn({ host, json, progress: { stream, terminal, paint, line } }: Shell): Narrator {
  let drawn: string | null = null;
  const erase = () => {
    if (drawn !== null && terminal) stream.write('\r\u001b[K');
  };
  const draw = () => {
    if (drawn !== null && terminal) stream.write(clip(drawn, (stream.columns || 80) - 1));
  };
  const print = (text: string) => {
    erase();
    line(text);
    draw();
  };
  return {
    part: (title) => print(`\n${paint('strong', title)}`),
    say: (text) => print(printable(text)),
    aside: (text) => print(paint('dim', `  ${printable(text)}`)),
    fact: (fact, about = {}) => {
      if (json) host.stdout.write(`${JSON.stringify({ fact, ...about })}\n`);
    },
    live(text) {
      erase();
      if (text === null && drawn !== null) line(drawn);
      drawn = text;
      draw();
    },
  };
}
