import type { LogLevel } from './levels.ts';

/**
 * The level that a line of a log has by its form: a JSON object that names it (as pino, bunyan, winston, Powertools and Lambda's JSON format do), Lambda's text
 * formats, a level word where the formats of loggers have one, or logfmt. Null: it says none. The words of a message are never read.
 */
export function logLevelOf(text: string): LogLevel | null {
  const line = text.slice(0, longestLine).replaceAll(colours, '').trimStart();
  if (line.startsWith('{')) return levelInJson(line);
  const [head, word = ''] = formats.map((one) => one.exec(line)).find((found) => found !== null) ?? [];
  if (head === undefined) return null;
  // A service that writes JSON by what its runtime logs says itself how bad it is.
  const said = line.slice(head.length).trimStart();
  return (said.startsWith('{') ? levelInJson(said) : null) ?? ofWord(word);
}

/** In characters: Lambda writes no longer lines. */
const longestLine = 262_144;

// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what colours are made of.
const colours = /\u001b\[[0-9;]*m/g;

const word = '([A-Z]{3,13})';

/** Each from the beginning of a line to behind its level. */
const formats: readonly RegExp[] = [
  // Lambda for Node.js: time, request, level, tab by tab.
  new RegExp(`^\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z\\t\\S+\\t${word}\\t`),
  // Lambda for Python, and whoever puts it into brackets first.
  new RegExp(`^\\[${word}\\](?:\\s|$)`),
  // A time, perhaps a request's id, and the level as a column of its own: log4j, logback, Python, Go.
  new RegExp(
    `^\\d{4}[-/]\\d\\d[-/]\\d\\d[T ][\\d:.,]+(?:Z|[+-]\\d\\d:?\\d\\d)?\\s+(?:[0-9a-f]{8}-[0-9a-f-]{27}\\s+)?\\[?${word}\\]?(?:[\\s:]|$)`,
  ),
  // `ERROR:root:no` of Python, `WARN: no`, `INFO<tab>no`.
  new RegExp(`^${word}(?::|\\t)`),
  // logfmt
  /^(?:[\w.]+=(?:"[^"]*"|[^\s"]\S*|)\s+)*(?:level|lvl|severity)="?([A-Za-z]{3,13})"?(?:\s|$)/,
];

/** Where loggers name it, before what they log besides. */
const keys = ['level', 'log.level', 'severity', 'levelname', 'lvl'] as const;

function levelInJson(line: string): LogLevel | null {
  let said: Readonly<Record<string, unknown>>;
  try {
    said = JSON.parse(line) as typeof said;
  } catch {
    return null;
  }
  const level = keys.map((key) => said[key]).find((value) => typeof value === 'string' || typeof value === 'number');
  if (typeof level === 'number') return ofNumber(level);
  return typeof level === 'string' ? ofWord(level) : null;
}

/** As pino and bunyan count: 10 trace, 20 debug, 30 info, 40 warn, 50 error, 60 fatal, and others between them. */
function ofNumber(level: number): LogLevel | null {
  if (!(level >= 10 && level < 100)) return null;
  if (level < 30) return 'debug';
  if (level < 40) return 'info';
  return level < 50 ? 'warn' : 'error';
}

const words: ReadonlyMap<string, LogLevel> = new Map([
  ...['trace', 'debug', 'verbose', 'silly', 'fine', 'finer', 'finest'].map((one) => [one, 'debug'] as const),
  ...['info', 'information', 'informational', 'notice'].map((one) => [one, 'info'] as const),
  ...['warn', 'warning'].map((one) => [one, 'warn'] as const),
  ...['error', 'err', 'severe', 'fatal', 'critical', 'crit', 'alert', 'emerg', 'emergency', 'panic'].map(
    (one) => [one, 'error'] as const,
  ),
]);

const ofWord = (text: string): LogLevel | null => words.get(text.trim().toLowerCase()) ?? null;
