/** What a word stands for; a surface decides how that looks. */
export type Tone = 'good' | 'bad' | 'warn' | 'dim' | 'strong';

/** Gives a text its tone. */
export type Paint = (tone: Tone, text: string) => string;

/** No colours: pipes, files, tests. */
export const plain: Paint = (_tone, text) => text;

const codes: Readonly<Record<Tone, readonly [number, number]>> = {
  good: [32, 39],
  bad: [31, 39],
  warn: [33, 39],
  dim: [2, 22],
  strong: [1, 22],
};

/** ANSI colours, for terminals only. */
export const ansi: Paint = (tone, text) => `\u001b[${codes[tone][0]}m${text}\u001b[${codes[tone][1]}m`;

/** A cell of a table: a text, or a text with a tone. */
export type Cell = string | { readonly text: string; readonly tone: Tone };

const textOf = (cell: Cell) => (typeof cell === 'string' ? cell : cell.text);

/** Control characters of a text that others wrote would move the cursor of whoever reads it: they are shown, not obeyed. */
export function printable(text: string): string {
  return text.replace(/(?![\n\t])\p{Cc}/gu, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** A cell has a line: what others wrote on several is read as one. */
const inLine = (text: string): string => printable(text.replace(/[\n\t]+/g, ' '));

/** Columns two spaces apart, the header dimmed; the last column is not padded. No rows: no text. */
export function table(header: readonly string[], rows: readonly (readonly Cell[])[], paint: Paint = plain): string {
  if (rows.length === 0) return '';
  const cells = rows.map((row) =>
    row.map((cell) => (typeof cell === 'string' ? inLine(cell) : { ...cell, text: inLine(cell.text) })),
  );
  const widths = header.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => textOf(row[column] ?? '').length)),
  );
  const line = (row: readonly Cell[]) =>
    row
      .map((cell, column) => {
        const text = textOf(cell);
        const gap = column === row.length - 1 ? '' : ' '.repeat((widths[column] ?? 0) - text.length);
        return (typeof cell === 'string' ? text : paint(cell.tone, text)) + gap;
      })
      .join('  ')
      .trimEnd();
  return [line(header.map((text) => ({ text, tone: 'dim' as const }))), ...cells.map(line)].join('\n');
}

/** 0.42 → `0.4 s`, 75 → `1 min 15 s`, 7260 → `2 h 1 min`. */
export function duration(seconds: number): string {
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** `2026-01-02T03:04:05.678Z` → `2026-01-02 03:04:05` (UTC, as recorded). */
export const instant = (iso: string): string => iso.slice(0, 19).replace('T', ' ');

/** `sha256:0123456789ab…` → `0123456789ab`; none → `-`. */
export const short = (release: string | null): string => release?.replace(/^sha256:/, '').slice(0, 12) ?? '-';

/** `1 file`, `2 files` */
export const count = (n: number, noun: string, plural = `${noun}s`): string => `${n} ${n === 1 ? noun : plural}`;

/** One JSON document, as `--json` prints it. */
export const jsonText = (document: unknown): string => `${JSON.stringify(document, null, 2)}\n`;

/** Cuts a line to the width of a terminal. */
export const clip = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
