import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSettings } from '../apps/service/src/settings.ts';
import { variables } from '../apps/service/src/testing/settings.ts';
import { parseDeclaration, problemText } from '../packages/model/src/index.ts';

const root = join(import.meta.dirname, '..');
const textOf = (file: string) => readFileSync(join(root, file), 'utf8');

/** environments.yaml of this repository, with some texts replaced, where these environments are on a real cloud. */
function declared(changes: readonly (readonly [from: string, to: string])[], real: readonly string[] = []) {
  const text = changes.reduce((before, [from, to]) => {
    expect(before).toContain(from);
    return before.replaceAll(from, to);
  }, textOf('environments.yaml'));
  const cloud = {
    kind: 'real',
    account: '123456789012',
    region: 'eu-central-1',
    role: 'arn:aws:iam::123456789012:role/c',
  };
  const clouds = real.map((name) => [
    `SOUNDBITE_CLOUD_${name.toUpperCase().replaceAll('-', '_')}`,
    JSON.stringify(cloud),
  ]);
  const files = (file: string) =>
    file === 'environments.yaml' ? text : file === 'environments.local.yaml' ? undefined : textOf(file);
  return parseDeclaration(files, { variables: Object.fromEntries(clouds) });
}

const problems = (...given: Parameters<typeof declared>): readonly string[] => {
  const parsed = declared(...given);
  return parsed.ok ? [] : parsed.problems.map((problem) => problemText(problem).replace(/^.*?:\d+ /, ''));
};

const authorizer = [
  '    port: 8104\n',
  '    port: 8104\n    authorizer: { issuer: "https://id.example", audience: [a] }\n',
] as const;

describe('the schema of the speech service’s settings', () => {
  it('keeps loopback callbacks on this machine', () => {
    expect(problems([], ['dev-aws'])).toEqual([
      'environments[1].settings.callbacks: must be public, not "loopback" (loopback is refused on a real cloud)',
    ]);
    expect(problems([['callbacks: loopback', 'callbacks: public']], ['dev-aws'])).toEqual([]);
  });

  it('wants the requests logged that a watch on a real cloud counts', () => {
    const quiet = ['logLevel: info # debug', 'logLevel: warn # debug'] as const;
    expect(problems([authorizer, quiet], ['staging'])).toEqual([
      'settings.logLevel: must be debug or info, not "warn" (warn and error hide the requests that the watch counts on a real cloud; or take watch out of the gates)',
    ]);
    expect(problems([authorizer, quiet, ['seconds: 2', 'seconds: 0']], ['staging'])).toEqual([]);
    expect(problems([quiet])).toEqual([]);
    expect(problems([authorizer], ['staging'])).toEqual([]);
  });

  it('wants five tries of a job or more, and says why', () => {
    expect(problems([['maxAttempts: 5', 'maxAttempts: 4']])).toEqual([
      expect.stringMatching(
        /^settings\.maxAttempts: must be 5 or more, not 4 \(.*a function that is throttled, uses up/,
      ),
    ]);
  });

  it('allows what the service takes', () => {
    const parsed = declared([]);
    if (!parsed.ok) throw new Error('environments.yaml is wrong');
    for (const { settings } of parsed.declaration.environments)
      expect(readSettings(variables(settings)).service).toMatchObject({ voiceEngine: settings.voiceEngine });
  });
});

it('the service refuses a text that does not fit into a request, which no schema can say', () => {
  const limits = { textBytes: 3000, bodyBytes: 3000, requestsPerSecond: 1 };
  expect(() => readSettings(variables({ limits }))).toThrow('textBytes do not fit into bodyBytes');
});
