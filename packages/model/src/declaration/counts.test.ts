import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { declarationJsonSchema } from './json-schema.ts';
import { environmentsIn, numbered, parse, problems, small } from './testing/given.ts';

describe('the number of environments', () => {
  it.each([1, 2, 3, 5, 7, 10])('%i are declared as they stand, in order', (count) => {
    const environments = environmentsIn({ text: numbered(count) });
    expect(environments.map(({ name }) => name)).toEqual(Array.from({ length: count }, (_, i) => `e${i + 1}`));
  });

  it.each([11, 12])('%i are too many, and the eleventh is named', (count) => {
    const text = numbered(count);
    const line = text.split('\n').findIndex((one) => one.includes('name: e11')) + 1;
    expect(problems({ text })).toEqual([
      `environments.yaml:${line} environments[10]: is number 11 of ${count}; a declaration has at most 10 environments, so remove some`,
    ]);
  });

  it('none is too few, however that is written', () => {
    const head = small.split('environments:')[0];
    const line = 11;
    expect(problems({ text: `${head}environments: []\n` })).toEqual([
      `environments.yaml:${line} environments: [] is empty; declare at least one environment`,
    ]);
    expect(problems({ text: `${head}environments:\n` })).toEqual([
      `environments.yaml:${line} environments: must be a list, not null`,
    ]);
    expect(problems({ text: `${head}` })).toEqual(['environments.yaml:1 environments: is missing; it must be a list']);
  });

  it('is known to editors', () => {
    const { environments } = declarationJsonSchema().properties as Record<string, Record<string, unknown>>;
    expect(environments).toMatchObject({ minItems: 1, maxItems: 10 });
  });
});

describe('what goes without saying', () => {
  it('is left out of the shortest declaration, as the guide shows it', () => {
    const guide = readFileSync(new URL('../../../../docs/guides/your-own-environments.md', import.meta.url), 'utf8');
    const [, shortest = ''] = /```yaml\n(.*?)```/s.exec(guide) ?? [];
    const environments = environmentsIn({ text: `${small.split('environments:')[0]}${shortest}` });
    expect(environments).toMatchObject([{ name: 'live', runtime: 'aws', port: 8101, protected: true }]);
  });

  it('an environment runs on Lambda', () => {
    expect(environmentsIn({ text: numbered(1) })[0]?.runtime).toBe('aws');
    const processes = environmentsIn({ text: numbered(1, { 1: 'runtime: process' }) });
    expect(processes[0]?.runtime).toBe('process');
  });

  it('or all run as the home was begun, and the declaration is another one by that', () => {
    const [declared, contained] = [parse({}), parse({ runtime: 'compose' })];
    if (!declared.ok || !contained.ok) throw new Error('it is no declaration');
    expect(contained.declaration.environments.map(({ runtime }) => runtime)).toEqual(['compose', 'compose']);
    expect(contained.declaration.digest).not.toBe(declared.declaration.digest);
  });

  it('ten environments have ten ports from 8101 on, none of which is declared for another', () => {
    const portsIn = (more: Readonly<Record<number, string>>) =>
      environmentsIn({ text: numbered(10, more) }).map(({ port }) => port);
    expect(portsIn({})).toEqual([8101, 8102, 8103, 8104, 8105, 8106, 8107, 8108, 8109, 8110]);
    expect(portsIn({ 2: 'port: 8101', 9: 'port: 8102', 10: 'port: 9000' })).toEqual([
      ...[8103, 8101, 8104, 8105, 8106, 8107, 8108, 8109, 8102, 9000],
    ]);
  });

  it('is not asked for by the schema either, which names the default', () => {
    const { environments } = declarationJsonSchema().properties as Record<string, { items: Record<string, unknown> }>;
    expect(environments?.items.required).toEqual(['name', 'cloud', 'protected', 'gates']);
    expect(environments?.items.properties).toMatchObject({ runtime: { default: 'aws' } });
  });
});
