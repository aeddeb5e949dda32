/** How large and deep JSON may be that somebody else wrote. */
export interface JsonLimits {
  /** Objects and arrays within each other. */
  readonly depth: number;
  /** Objects, arrays and members in all: each costs memory and time, however few bytes it has. */
  readonly parts: number;
  /** Members that are not accepted. */
  readonly refused?: ReadonlySet<string>;
}

/** Why a text is no JSON, or none that is accepted; `offset` is where in the text, if that is known. */
export class JsonSyntaxError extends SyntaxError {
  readonly offset: number | null;
  constructor(message: string, offset: number | null = null) {
    super(message);
    this.offset = offset;
  }
}

/**
 * Parses bytes as JSON and refuses what parsers disagree about: bytes that are not UTF-8, a byte order mark, a member named twice (in any spelling); and what
 * is too deep or has too many parts, before memory is spent on it. Errors: JsonSyntaxError. The service has one of its own: it imports nothing of the deliverer.
 */
export function parseStrictJson(bytes: Uint8Array, limits: JsonLimits): unknown {
  const text = decodeUtf8(bytes);
  inspect(text, limits);
  try {
    return JSON.parse(text);
  } catch (error) {
    const { message } = error as Error;
    throw new JsonSyntaxError(message, offsetIn(message, text));
  }
}

/** The engine's parser says the place in most of its messages. */
function offsetIn(message: string, text: string): number | null {
  if (message.startsWith('Unexpected end')) return text.length;
  const [, position] = /at position (\d+)/.exec(message) ?? [];
  return position === undefined ? null : Number(position);
}

/** The text of bytes, with its byte order mark, if it has one. Errors: JsonSyntaxError. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new JsonSyntaxError('is not UTF-8');
  }
}

/** Walks over the tokens and keeps for each open object the members seen. Of a text that is no JSON it says nothing: the engine's own parser does. */
function inspect(text: string, { depth, parts, refused }: JsonLimits): void {
  const open: (Set<string> | undefined)[] = [];
  let all = 0;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (sign === '{' || sign === '[') {
      if (open.length === depth) throw new JsonSyntaxError(`is nested deeper than ${depth}`, at);
      open.push(sign === '{' ? new Set() : undefined);
      all++;
    } else if (sign === '}' || sign === ']') open.pop();
    else if (sign === '"') {
      const end = endOfString(text, at);
      if (isMember(text, end + 1)) {
        all++;
        checkMember(text.slice(at, end + 1), open.at(-1), refused, at);
      }
      at = end;
    }
    if (all > parts) throw new JsonSyntaxError(`has more than ${parts} objects, lists and members`, at);
  }
}

/** The place of the quote that ends a string; the end of the text where none does. By hand: an expression would run out of stack on a long string. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
  }
  return text.length;
}

function isMember(text: string, after: number): boolean {
  let at = after;
  while (' \t\n\r'.includes(text[at] ?? '-')) at++;
  return text[at] === ':';
}

function checkMember(
  lexeme: string,
  seen: Set<string> | undefined,
  refused: ReadonlySet<string> | undefined,
  at: number,
): void {
  const name = nameOf(lexeme);
  if (refused?.has(name)) throw new JsonSyntaxError(`the member ${name} is not accepted`, at);
  if (seen?.has(name) === true) throw new JsonSyntaxError(`the member ${JSON.stringify(name)} is given twice`, at);
  seen?.add(name);
}

/** What is no string of JSON stays as it is: the parser refuses it. */
function nameOf(lexeme: string): string {
  if (!lexeme.includes('\\')) return lexeme.slice(1, -1);
  try {
    return JSON.parse(lexeme) as string;
  } catch {
    return lexeme;
  }
}
