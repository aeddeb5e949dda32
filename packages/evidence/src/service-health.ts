import { type Digest, type HealthPaths, shortDigest } from '@soundbite/model';
import { reasonOf } from './reason.ts';

/** One thing that was looked at; `hint` is the next command when it is not well. */
export interface Finding {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly hint?: string;
}

/** Jobs as the service tells them; `oldestSeconds` is the age of the oldest unfinished one. */
export interface Jobs {
  readonly waiting: number;
  readonly oldestSeconds: number | null;
}

export interface Health {
  /** healthy: ready, and the recorded release answers. degraded: it answers otherwise. down: no answer that is the service's. */
  readonly state: 'healthy' | 'degraded' | 'down';
  /** The release that answers, by its header. */
  readonly release: string | null;
  readonly findings: readonly Finding[];
  readonly jobs: Jobs | null;
}

/** What a path of the service answered. */
export interface Answered {
  readonly status: number;
  /** By its header. */
  readonly release: string | null;
  readonly text: string;
}

/** Asks the service by GET; rejects where there is no answer. */
export type Ask = (path: string) => Promise<Answered>;

interface Seen extends Answered {
  readonly ms: number;
}

/**
 * Looks at a service as anybody may, at the paths that it declares. One that keeps the service contract: liveness, the running digest against the recorded one, readiness with every dependency, waiting jobs,
 * and the endpoints that people and programs begin with. Any other: its health, and that it names no other release. What does not answer is a finding; never throws.
 */
export async function serviceHealth(ask: Ask, recorded: Digest, paths: HealthPaths): Promise<Health> {
  return paths.keepsContract ? contractHealth(ask, recorded) : declaredHealth(ask, recorded, paths.ready);
}

/** Which release answers is known by what runs, unless the service says so itself. */
async function declaredHealth(ask: Ask, recorded: Digest, path: string): Promise<Health> {
  const seen = await look(ask, path);
  const release = typeof seen === 'object' ? seen.release : null;
  const isOther = release !== null && release !== recorded;
  const alive = answered('alive', path, seen);
  return {
    state: typeof seen !== 'object' ? 'down' : alive.ok && !isOther ? 'healthy' : 'degraded',
    release,
    findings: [alive, ...(isOther ? [digest(seen, recorded)] : [])],
    jobs: null,
  };
}

async function contractHealth(ask: Ask, recorded: Digest): Promise<Health> {
  const [health, version, ready, ...endpoints] = await Promise.all(
    ['/health', '/version', '/ready', '/', '/openapi.json'].map((path) => look(ask, path)),
  );
  const readiness = readinessOf(ready);
  const findings = [
    answered('alive', '/health', health),
    digest(version, recorded),
    answered('ready', '/ready', ready),
    ...readiness.findings,
    endpointsFinding({ '/': endpoints[0], '/openapi.json': endpoints[1] }),
  ];
  const release = typeof ready === 'object' ? ready.release : null;
  return { state: stateOf(ready, recorded), release, findings, jobs: readiness.jobs };
}

/** What a path answered, or why it did not. */
async function look(ask: Ask, path: string): Promise<Seen | string> {
  const from = performance.now();
  try {
    const answer = await ask(path);
    return { ...answer, ms: Math.round(performance.now() - from) };
  } catch (error) {
    return reasonOf(error);
  }
}

function stateOf(ready: Seen | string | undefined, recorded: Digest): Health['state'] {
  if (typeof ready !== 'object' || !ready.release) return 'down';
  return ready.status === 200 && ready.release === recorded ? 'healthy' : 'degraded';
}

function answered(name: string, path: string, seen: Seen | string | undefined): Finding {
  if (typeof seen !== 'object')
    return { name, ok: false, detail: `GET ${path}: ${seen ?? 'no answer'}`, hint: 'soundbite up' };
  const ok = seen.status >= 200 && seen.status < 300;
  const detail = `GET ${path} answered ${seen.status} in ${seen.ms} ms`;
  return { name, ok, detail, ...(ok ? {} : { hint: 'soundbite logs' }) };
}

function digest(version: Seen | string | undefined, recorded: Digest): Finding {
  const named = typeof version === 'object' ? (parse(version).release ?? version.release) : null;
  if (named === recorded) return { name: 'digest', ok: true, detail: `${shortDigest(recorded)} as recorded` };
  const said = typeof named === 'string' ? named : 'no release';
  return {
    name: 'digest',
    ok: false,
    detail: `${said} answers, ${recorded} is recorded`,
    hint: 'soundbite up restores what is recorded',
  };
}

/** What the service says in its answer to /ready of what it depends on. */
export function dependencyFindings(text: string): Finding[] {
  const { dependencies } = parse({ text });
  return (Array.isArray(dependencies) ? dependencies.filter(isRecord) : []).map(({ name, ok, ms, error }) => ({
    name: `dependency ${String(name)}`,
    ok: ok === true,
    detail: ok === true ? `answered in ${String(ms)} ms` : String(error ?? 'no reason given'),
    ...(ok === true ? {} : { hint: 'soundbite logs' }),
  }));
}

/** The service's own word on what it depends on, and on its jobs. */
function readinessOf(ready: Seen | string | undefined): { readonly findings: Finding[]; readonly jobs: Jobs | null } {
  const { jobs } = typeof ready === 'object' ? parse(ready) : {};
  const findings = typeof ready === 'object' ? dependencyFindings(ready.text) : [];
  if (!isRecord(jobs) || typeof jobs.waiting !== 'number') return { findings, jobs: null };
  const { oldestSeconds } = jobs;
  return {
    findings,
    jobs: { waiting: jobs.waiting, oldestSeconds: typeof oldestSeconds === 'number' ? oldestSeconds : null },
  };
}

function endpointsFinding(endpoints: Readonly<Record<string, Seen | string | undefined>>): Finding {
  const bad = Object.entries(endpoints)
    .filter(([, seen]) => typeof seen !== 'object' || seen.status !== 200)
    .map(([path, seen]) => `GET ${path}: ${typeof seen === 'object' ? seen.status : seen}`);
  if (bad.length > 0) return { name: 'endpoints', ok: false, detail: bad.join('; '), hint: 'soundbite logs' };
  return { name: 'endpoints', ok: true, detail: `${Object.keys(endpoints).join(', ')} answer` };
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

function parse({ text }: Pick<Seen, 'text'>): Record<string, unknown> {
  try {
    const document: unknown = JSON.parse(text);
    return isRecord(document) ? document : {};
  } catch {
    return {};
  }
}
