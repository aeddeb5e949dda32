import { type Fact, programLimits, readFactLine } from '@soundbite/model';

/** Reads facts from a program's standard output as it comes. */
export interface FactReader {
  /** Errors: none; gives the limit that is exceeded, or null. */
  take(chunk: Buffer): string | null;
  /** The program ended: what it printed last may lack its line end. */
  end(): void;
  readonly facts: readonly Fact[];
  /** What was wrong with its lines. */
  readonly strange: readonly string[];
}

/** `heard` gets each fact when it is said. */
export function factReader(heard: (fact: Fact) => void): FactReader {
  const facts: Fact[] = [];
  const strange: string[] = [];
  const decoder = new TextDecoder();
  let rest = '';
  let bytes = 0;
  let since = performance.now();

  function read(line: string): void {
    if (line.trim() === '') return;
    const now = performance.now();
    const fact = readFactLine(line, now - since);
    since = now;
    if (typeof fact === 'string') strange.push(fact);
    else if (facts.some(({ name }) => name === fact.name)) strange.push(`it says the fact ${fact.name} twice`);
    else {
      facts.push(fact);
      heard(fact);
    }
  }

  return {
    facts,
    strange,
    take(chunk) {
      bytes += chunk.length;
      if (bytes > programLimits.stdoutBytes) return `${mebibytes(programLimits.stdoutBytes)} on standard output`;
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) read(line);
      return facts.length + strange.length > programLimits.facts ? `${programLimits.facts} lines` : null;
    },
    end() {
      read(rest + decoder.decode());
      rest = '';
    },
  };
}

export const mebibytes = (bytes: number): string => `${bytes / 1_048_576} MiB`;
