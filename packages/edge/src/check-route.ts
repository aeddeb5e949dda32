import type { EdgeRoute, EdgeUpstream } from '@soundbite/model';
import { SoundBiteError } from '@soundbite/model/errors.ts';

const maxUpstreams = 16;
const digest = /^sha256:[0-9a-f]{64}$/;
const environmentName = /^[a-z][a-z0-9-]{0,62}$/;
const loopback = new Set(['127.0.0.1', 'localhost', '[::1]']);
/** Shares are decimal fractions: their sum is 1 but for what floating point makes of it. */
const rounding = 1e-6;

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const isWhole = (value: unknown, least: number, most: number): value is number =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= most;

/**
 * A value from outside as a route, with known keys only. `containers`: how the names of containers begin that may be upstreams. Errors: `route-bad`, naming the place and the wrong
 * value.
 */
export function checkRoute(value: unknown, containers?: string): EdgeRoute {
  if (!isObject(value)) throw bad('a route is an object', value);
  const { environment, port, generation, upstreams } = value;
  if (typeof environment !== 'string' || !environmentName.test(environment))
    throw bad('environment must be a name of a-z, 0-9 and "-"', environment);
  if (!isWhole(port, 1, 65_535)) throw bad('port must be 1 to 65535', port);
  if (!isWhole(generation, 0, Number.MAX_SAFE_INTEGER)) throw bad('generation must be a whole number', generation);
  if (!Array.isArray(upstreams) || upstreams.length > maxUpstreams)
    throw bad(`upstreams must be a list of at most ${maxUpstreams}`, upstreams);
  const checked = upstreams.map((upstream, index) => checkUpstream(upstream, index, containers));
  for (const ofPath of Map.groupBy(checked, ({ path }) => path).values()) mustFitTogether(ofPath);
  return { environment, port, generation, upstreams: checked };
}

function checkUpstream(value: unknown, index: number, containers: string | undefined): EdgeUpstream {
  const at = `upstreams[${index}]`;
  if (!isObject(value)) throw bad(`${at} must be an object`, value);
  const { release, share, kind, url, path } = value;
  if (typeof release !== 'string' || !digest.test(release)) throw bad(`${at}.release must be a digest`, release);
  if (typeof share !== 'number' || !(share >= 0 && share <= 1)) throw bad(`${at}.share must be 0 to 1`, share);
  if (kind !== 'http' && kind !== 'gateway') throw bad(`${at}.kind must be http or gateway`, kind);
  const upstream: EdgeUpstream = {
    release: release as EdgeUpstream['release'],
    share,
    kind,
    url: checkUrl(at, url, containers),
  };
  return path === undefined ? upstream : { ...upstream, path: checkPath(at, path) };
}

function checkPath(at: string, value: unknown): string {
  if (typeof value === 'string' && value.length <= 200 && /^(?:\/[\w~-][\w.~-]*)+$/.test(value)) return value;
  throw bad(`${at}.path must be a path such as /admin`, value);
}

/** Upstreams are processes of this machine, or containers of this home: an edge that went elsewhere would be an open proxy. */
function checkUrl(at: string, value: unknown, containers: string | undefined): string {
  const url = typeof value === 'string' ? URL.parse(value) : null;
  const isOurs = (host: string) => loopback.has(host) || isContainer(host, containers);
  const plain = url !== null && url.protocol === 'http:' && isOurs(url.hostname) && url.port !== '';
  if (!plain || url.username !== '' || url.search !== '' || url.hash !== '')
    throw bad(`${at}.url must be http://127.0.0.1:<port>[/path]`, value);
  return url.href.replace(/\/$/, '');
}

/** A name below localhost is asked of the engine alone, which gives it to nobody else. */
const isContainer = (host: string, prefix: string | undefined): boolean =>
  prefix !== undefined && host.startsWith(prefix) && /^[a-z0-9-]+\.localhost$/.test(host);

/** The upstreams of one path. */
function mustFitTogether(upstreams: readonly EdgeUpstream[]): void {
  const sum = upstreams.reduce((total, upstream) => total + upstream.share, 0);
  if (Math.abs(sum - 1) > rounding) throw bad('the shares of upstreams must sum to 1', sum);
  if (new Set(upstreams.map((upstream) => upstream.release)).size < upstreams.length)
    throw bad(
      'a release may stand in upstreams once',
      upstreams.map((upstream) => upstream.release),
    );
  if (upstreams.length > 1 && upstreams.some((upstream) => upstream.kind === 'gateway'))
    throw bad('a gateway applies its own weights, so it must be the one upstream of its path', upstreams.length);
}

function bad(message: string, value: unknown): SoundBiteError {
  const shown = (JSON.stringify(value) ?? 'nothing').slice(0, 200);
  return new SoundBiteError('route-bad', `${message}, not ${shown}`, { hint: 'fix the route' });
}
