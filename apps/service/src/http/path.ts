/**
 * The one spelling of a path. A gateway hands on a decoded path (all escapes but `%25`), a process gets it as it was sent: both are decoded whole, and each
 * segment is encoded anew, so that the same request finds the same route in every runtime. A dot segment becomes `~`: a URL would resolve it to another route.
 */
export function canonicalPath(path: string): string {
  return decoded(path)
    .toWellFormed()
    .split('/')
    .map((segment) => (/^\.{1,2}$/.test(segment) ? '~' : encodeURIComponent(segment)))
    .join('/');
}

/** The target of a request line with its path in that spelling; a target that is neither a path nor a URL stays as it is. */
export function canonicalTarget(target: string): string {
  const path = target.startsWith('/') ? target : pathOfUrl(target);
  if (path === undefined) return target;
  const end = path.indexOf('?');
  return end < 0 ? canonicalPath(path) : canonicalPath(path.slice(0, end)) + path.slice(end);
}

/** RFC 9112, 3.2.2: a server takes `GET http://host/path`, too. */
function pathOfUrl(target: string): string | undefined {
  const [, path] = /^https?:\/\/[^/?#]+(.*)$/i.exec(target) ?? [];
  if (path === undefined || !URL.canParse(target)) return undefined;
  return path.startsWith('/') ? path : `/${path}`;
}

/** Escapes that are none stay; bytes that are not UTF-8 become U+FFFD. */
function decoded(path: string): string {
  return path.replace(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'));
}
