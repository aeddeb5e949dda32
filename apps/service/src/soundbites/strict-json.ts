/** Why a body is not the JSON that is taken here. The message is for the one who sent it. */
export class StrictJsonError extends Error {
  override readonly name = 'StrictJsonError';
  /** The member that is at fault, if it is one. */
  readonly field: string | undefined;

  constructor(message: string, field?: string) {
    super(message);
    this.field = field;
  }
}

/** Objects and arrays within each other. A request of ours needs one. */
const MAX_DEPTH = 8;

/** Members that reach into a JavaScript object's prototype somewhere down the road. */
const FORBIDDEN_MEMBERS = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Parses bytes as JSON and refuses what parsers disagree about or trip over: bytes that are no UTF-8, a byte order mark, a member
 * named twice (in any spelling), `__proto__`, and deep nesting.
 * @throws StrictJsonError
 */
export function parseStrictJson(bytes: Uint8Array): unknown {
  const text = decode(bytes);
  try {
    // First the syntax, in the engine's own parser; the second pass then reads text known to be JSON.
    JSON.parse(text);
  } catch (error) {
    throw new StrictJsonError(`the body is no JSON: ${(error as Error).message}`);
  }
  inspect(text);
  return JSON.parse(text);
}

function decode(bytes: Uint8Array): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new StrictJsonError('the body is no UTF-8');
  }
  // What a gateway on the way makes of bytes that are no UTF-8.
  if (text.includes('\ufffd')) throw new StrictJsonError('the body is no UTF-8: it has U+FFFD in it');
  return text;
}

/** Walks over the tokens of valid JSON, keeping for each open object the members seen. */
function inspect(text: string): void {
  const open: (Set<string> | undefined)[] = [];
  const token = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/gsu;
  for (const [lexeme, colon] of text.matchAll(token)) {
    if (lexeme === '{' || lexeme === '[') {
      if (open.length === MAX_DEPTH) throw new StrictJsonError(`the body is nested deeper than ${MAX_DEPTH}`);
      open.push(lexeme === '{' ? new Set() : undefined);
    } else if (lexeme === '}' || lexeme === ']') {
      open.pop();
    } else if (colon !== undefined) {
      checkMember(JSON.parse(lexeme.slice(0, -colon.length)) as string, open.at(-1));
    }
  }
}

function checkMember(name: string, seen: Set<string> | undefined): void {
  if (FORBIDDEN_MEMBERS.has(name)) throw new StrictJsonError(`the member ${name} is not taken`, name);
  if (seen?.has(name) === true) throw new StrictJsonError(`the member ${name} is there twice`, name);
  seen?.add(name);
}
