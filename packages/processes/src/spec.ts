import { createHash } from 'node:crypto';
import type { ProcessSpec } from '@soundbite/model';
import { SoundBiteError } from '@soundbite/model/errors.ts';

const signals = new Set(['SIGTERM', 'SIGINT', 'SIGQUIT']);
const isText = (value: unknown): value is string => typeof value === 'string' && !value.includes('\0');
const isWhole = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 0;
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const optional = (check: (value: unknown) => boolean) => (value: unknown) => value === undefined || check(value);

/** The type of each key of a spec; an unknown key is refused too. */
const keys: Readonly<Record<string, readonly [check: (value: unknown) => boolean, is: string]>> = {
  name: [isProcessName, 'a name of a-z, 0-9, ".", "_" and "-", at most 100 long, not "host"'],
  command: [(v) => isText(v) && v !== '', 'a program'],
  args: [(v) => Array.isArray(v) && v.every(isText), 'a list of texts'],
  cwd: [optional(isText), 'a directory'],
  env: [isEnv, 'an object of texts'],
  port: [optional((v) => isWhole(v) && (v as number) > 0 && (v as number) < 65_536), 'a port from 1 to 65535'],
  keepsPort: [optional((v) => v === true), 'true, or not there'],
  health: [optional((v) => isRecord(v) && isText(v.url) && isWhole(v.withinMs)), '{url, withinMs}'],
  restart: [(v) => v === 'always' || v === 'never', '"always" or "never"'],
  stopSignal: [optional((v) => signals.has(v as string)), 'SIGTERM, SIGINT or SIGQUIT'],
  stopWithinMs: [optional(isWhole), 'a number of ms'],
  uid: [optional(isWhole), 'a user id'],
  gid: [optional(isWhole), 'a group id'],
  pidFile: [optional((v) => isText(v) && v !== '' && !v.includes('/')), 'the name of a file'],
};

/** A name is a file's name too: no slash, nothing hidden, and the host's own log stays its own. */
export function isProcessName(value: unknown): value is string {
  return typeof value === 'string' && /^[a-z0-9][a-z0-9._-]{0,99}$/.test(value) && value !== 'host';
}

/** A value from outside as a spec. Errors: `bad-spec`, naming the key. */
export function checkSpec(value: unknown): ProcessSpec {
  if (!isRecord(value)) throw badSpec(`a process spec is an object, not ${JSON.stringify(value)}`);
  const unknown = Object.keys(value).find((key) => !(key in keys));
  if (unknown !== undefined) throw badSpec(`${unknown} is not a key of a process spec`);
  for (const [key, [check, is]] of Object.entries(keys)) {
    if (!check(value[key])) throw badSpec(`${key} must be ${is}, not ${JSON.stringify(value[key])}`);
  }
  return value as unknown as ProcessSpec;
}

/** Errors: `bad-spec`. */
export function checkEnv(value: unknown): void {
  if (!isEnv(value)) throw badSpec(`env must be an object of texts, not ${JSON.stringify(value)}`);
}

function isEnv(value: unknown): boolean {
  return isRecord(value) && Object.values(value).every(isText);
}

/** The same for specs that differ in nothing but the order of their keys. */
export function specDigest(spec: ProcessSpec): string {
  return createHash('sha256')
    .update(JSON.stringify(ordered(spec)))
    .digest('hex');
}

/** The spec with `{port}` replaced in args, env values and health.url. */
export function withPort(spec: ProcessSpec, port: number | null): ProcessSpec {
  if (port === null) return spec;
  const put = (text: string) => text.replaceAll('{port}', String(port));
  return {
    ...spec,
    args: spec.args.map(put),
    env: Object.fromEntries(Object.entries(spec.env).map(([key, value]) => [key, put(value)])),
    ...(spec.health === undefined ? {} : { health: { ...spec.health, url: put(spec.health.url) } }),
  };
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, ordered(value[key])]),
  );
}

function badSpec(message: string): SoundBiteError {
  return new SoundBiteError('bad-spec', message, { hint: 'fix the process spec' });
}
