const ids = [
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i,
  /^[0-9a-hjkmnp-tv-z]{26}$/i,
  /^(sha256:)?[0-9a-f]{12,}$/i,
  /^\d+$/,
];
const longestSegment = 40;
const longestName = 160;

/** The path of a request as a route's name: no query, ids (uuid, ulid, hex, numbers, whatever is very long) as `:id`. */
export function routeName(url: string): string {
  const path = url.split(/[?#]/, 1)[0] ?? '/';
  return path
    .split('/')
    .map((segment) => (segment.length > longestSegment || ids.some((id) => id.test(segment)) ? ':id' : segment))
    .join('/')
    .slice(0, longestName);
}
