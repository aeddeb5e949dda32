/** Objects and arrays within each other. A request of this API needs two. */
const maxDepth = 8;

/** Members that reach into a JavaScript object's prototype. */
const forbidden = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Parses bytes as JSON and refuses what parsers disagree about: bytes that are not UTF-8, a byte order mark, a member named twice (in any spelling), deep
 * nesting. Errors: SyntaxError. The service has one of its own: it imports nothing of the deliverer.
 */
export function parseStrictJson(bytes: Uint8Array): unknown {
  const text = decode(bytes);
  // First the syntax, in the engine's own parser; the walk then reads text known to be JSON.
  const value: unknown = JSON.parse(text);
  inspect(text);
  return value;
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new SyntaxError('is not UTF-8');
  }
}

/** Walks over the tokens of valid JSON, keeping for each open object the members seen. */
function inspect(text: string): void {
  const open: (Set<string> | undefined)[] = [];
  for (const [lexeme, colon] of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/gsu)) {
    if (lexeme === '{' || lexeme === '[') {
      if (open.length === maxDepth) throw new SyntaxError(`is nested deeper than ${maxDepth}`);
      open.push(lexeme === '{' ? new Set() : undefined);
    } else if (lexeme === '}' || lexeme === ']') open.pop();
    else if (colon !== undefined) checkMember(JSON.parse(lexeme.slice(0, -colon.length)) as string, open.at(-1));
  }
}

function checkMember(name: string, seen: Set<string> | undefined): void {
  if (forbidden.has(name)) throw new SyntaxError(`the member ${name} is not accepted`);
  if (seen?.has(name) === true) throw new SyntaxError(`the member ${JSON.stringify(name)} is given twice`);
  seen?.add(name);
}
