/**
 * The path and query of a request, fit to be put behind an upstream's prefix; null when it is not. Dot segments, plain or encoded, are
 * refused: behind a gateway's prefix they would lead out of the API, to the account's own doors. So are characters that no URL has: they must be escaped.
 */
export function safePath(url: string): string | null {
  if (!/^[\x21-\x7e]*$/.test(url)) return null;
  if (!url.startsWith('/')) return fromAbsolute(url);
  const path = url.split('?', 1)[0] ?? '';
  return [path, decoded(path)].some(hasDotSegment) ? null : url;
}

function hasDotSegment(path: string): boolean {
  return path.split(/[/\\]/).some((segment) => segment === '.' || segment === '..');
}

/** Bad escapes are for the service to judge; they hide no dots. */
function decoded(path: string): string {
  return path.replace(/%2e/gi, '.').replace(/%2f/gi, '/').replace(/%5c/gi, '\\');
}

/** RFC 9112 §3.2.2: a server takes `GET http://host/path` too. */
function fromAbsolute(url: string): string | null {
  const parsed = URL.parse(url);
  return parsed?.protocol === 'http:' ? safePath(`${parsed.pathname}${parsed.search}`) : null;
}
