/** What an error in a log may have: its place in the text of the service, and its own words. */
interface Told {
  /** What the service says of it. */
  readonly said?: string;
  readonly type?: string;
  readonly message?: string;
}

type Line = Readonly<Record<string, unknown>>;

const severe = new Set(['error', 'fatal', 'critical']);
const trace = 'Traceback (most recent call last):';
/** Lambda's Python runtime: `[ERROR] KeyError: 'name'`, and then where. */
const raised = /^\[ERROR\] (.+)$/;
/** Python's logging as Lambda sets it up: `[ERROR]⇥<time>⇥<request>⇥<message>`. */
const logged = /^\[(?:ERROR|CRITICAL)\]\t\S+\t\S*\t(.*)$/;
/** Node's console as Lambda sets it up: `<time>⇥<request>⇥ERROR⇥<message>`. */
const printing = /^\S+\t\S+\t(?:ERROR|FATAL)\t(.*)$/;
/** What Lambda itself says of an invocation. */
const platform =
  /(?:^|\s)(Task timed out after [\d.]+ seconds|Runtime exited (?:with error: .+|without providing a reason))$/;
/** How a traceback of Python ends. */
const exception = /^[A-Za-z_][\w.]*(?:: .*)?$/;

/**
 * Reads errors of one release out of log lines, in the forms in which services and Lambda's runtimes write them: JSON lines of the service or of Lambda's
 * JSON log format, Node's console, Python's tracebacks and logging, Lambda's own word on an invocation. A text is what one event of the log holds; a
 * traceback may go over several events of one source. Null: it is none, or names another release.
 */
export function errorReader(release: string): (source: string, text: string) => string | null {
  const sources = new Map<string, ReturnType<typeof textReader>>();
  return (source, text) => {
    if (text.startsWith('{')) return errorOfJson(text, release);
    const reader = sources.get(source) ?? textReader();
    sources.set(source, reader);
    return reader(text);
  };
}

function errorOfJson(text: string, release: string): string | null {
  const line = parsed(text);
  if (line === null || (typeof line.release === 'string' && line.release !== release)) return null;
  if (line.type === 'platform.report') return timeoutOf(line.record);
  const level = String(line.level ?? line.log_level ?? '').toLowerCase();
  const own = objectOf(line.error);
  // The service says of each error how bad it is; what Lambda adds to a line by `errorType` is one.
  if (own)
    return severe.has(level) || level === 'warn' ? words({ ...typed(own), said: textOf(line.msg) ?? 'error' }) : null;
  const inner = objectOf(line.message);
  const error = typed(inner ?? line);
  const said = textOf(inner ? inner.msg : line.message) ?? textOf(line.msg);
  if (error.type === undefined && !severe.has(level)) return null;
  return words({ ...error, ...(said === error.message ? {} : { said }) });
}

/** Its report is the only line of an invocation that took too long. */
function timeoutOf(record: unknown): string | null {
  const { status, metrics } = (objectOf(record) ?? {}) as { status?: string; metrics?: { durationMs?: number } };
  return status === 'timeout' ? `timed out after ${metrics?.durationMs ?? '?'} ms` : null;
}

/** Node prints an error and then where, without a word of its own; a line of its console has said it already. */
const isStackOf = (line: string, before: string): boolean =>
  /^\s+at /.test(line) && /^\S/.test(before) && !printing.test(before);

/** Lines of one source, which is not JSON. */
function textReader(): (text: string) => string | null {
  let before = '';
  /** What was said before a traceback, which may follow. */
  let said: Told = {};
  let isTraced = false;

  function errorOfLine(line: string): string | null {
    const last = before;
    before = line;
    if (line.trim() === '' || /^\s/.test(line)) return isStackOf(line, last) ? words({ said: last }) : null;
    if (line === trace) {
      isTraced = true;
      return null;
    }
    const ended = isTraced && exception.test(line) ? words({ ...said, message: line }) : null;
    [said, isTraced] = [{}, false];
    return ended ?? headOf(line);
  }

  function headOf(line: string): string | null {
    const [, logs] = logged.exec(line) ?? [];
    if (logs !== undefined) {
      said = { said: logs };
      return words(said);
    }
    const [, printed] = printing.exec(line) ?? [];
    if (printed !== undefined) return words(printedError(printed));
    const [, other] = raised.exec(line) ?? platform.exec(line) ?? [];
    return other === undefined ? null : words({ message: other });
  }

  return (text) => {
    const lines = text.split(/\r\n|\r|\n/);
    const found = lines.map(errorOfLine).filter((error) => error !== null);
    // Lambda's runtime says the error first, and its traceback has no such end; nor does what comes next.
    if (raised.test(lines[0] ?? '')) isTraced = false;
    return found.at(-1) ?? null;
  };
}

/** `Invoke Error ⇥{"errorType": …}`, or what somebody printed. */
function printedError(printed: string): Told {
  const at = printed.indexOf('{"errorType"');
  const line = at < 0 ? null : parsed(printed.slice(at));
  return line ? { ...typed(line), said: printed.slice(0, at).trim() } : { said: printed };
}

const typed = (error: Line): Pick<Told, 'type' | 'message'> => {
  const [type, message] = [textOf(error.errorType ?? error.type), textOf(error.errorMessage ?? error.message)];
  return { ...(type === undefined ? {} : { type }), ...(message === undefined ? {} : { message }) };
};

const words = (told: { readonly [of in keyof Told]?: Told[of] | undefined }): string | null => {
  const { said, type, message } = told;
  const all = [said, type, message ?? (type === undefined ? undefined : 'no message')];
  return all.filter((one) => one).join(': ') || null;
};

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
const objectOf = (value: unknown): Line | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Line) : null;

function parsed(text: string): Line | null {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    // A line that was cut.
    return null;
  }
}
