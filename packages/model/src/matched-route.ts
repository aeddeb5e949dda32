/** The route of an API that takes a request. */
export interface MatchedRoute {
  /** `GET /orders/{id}`, `$default`. */
  readonly key: string;
  /** `/orders/{id}`; null: it takes any path. */
  readonly path: string | null;
  /** What stands in the path for the names in it; `{name+}` takes the rest of it. */
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * Which of an API's routes takes a request, as API Gateway chooses: the most specific path that has the method, a word before a parameter before the rest of the
 * path, and a method before any. Null: none does.
 */
export function matchedRoute(keys: readonly string[], method: string, path: string): MatchedRoute | null {
  const asked = segmentsOf(path);
  const found = keys.flatMap((key): (MatchedRoute & { readonly rank: string })[] => {
    if (key === '$default') return [{ key, path: null, parameters: {}, rank: '9' }];
    const [verb = '', template = ''] = key.split(' ');
    if (verb !== 'ANY' && verb !== method) return [];
    const match = matched(segmentsOf(template), asked);
    return match ? [{ key, path: template, parameters: match.parameters, rank: match.rank + anyLast(verb) }] : [];
  });
  const [first] = found.sort((a, b) => (a.rank < b.rank ? -1 : 1));
  return first ? { key: first.key, path: first.path, parameters: first.parameters } : null;
}

const segmentsOf = (path: string): readonly string[] => path.split('/').filter((segment) => segment !== '');

const anyLast = (verb: string) => (verb === 'ANY' ? '1' : '0');

/** Parameters by their names; `rank` orders matches, the most specific first, a digit for each segment. */
function matched(template: readonly string[], asked: readonly string[]) {
  const parameters: Record<string, string> = {};
  let rank = '';
  for (const [at, segment] of template.entries()) {
    const name = /^\{(.*)\}$/.exec(segment)?.[1];
    const value = asked[at];
    if (value === undefined) return null;
    if (name?.endsWith('+')) {
      parameters[name.slice(0, -1)] = asked.slice(at).join('/');
      return { parameters, rank: `${rank}2` };
    }
    if (name === undefined && segment !== value) return null;
    if (name !== undefined) parameters[name] = value;
    rank += name === undefined ? '0' : '1';
  }
  return template.length === asked.length ? { parameters, rank } : null;
}
