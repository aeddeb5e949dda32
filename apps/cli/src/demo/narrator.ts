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
