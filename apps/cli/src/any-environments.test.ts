import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeWorld } from '@soundbite/client/testing/fake-world.ts';
import { environmentsIn, numbered } from '@soundbite/model/declaration/testing/given.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { a, json } from './testing/chain.ts';
import { type CliStage, repositoryRoot, setStage } from './testing/stage.ts';

const cleanUp: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const clean of cleanUp.splice(0)) await clean();
});

/** A repository that declares so many environments, and its control plane; `live` names what is live where. */
async function stageOf(
  count: number,
  live: Readonly<Record<string, typeof a>> = {},
): Promise<CliStage & { readonly root: string }> {
  const text = numbered(count);
  const root = mkdtempSync(join(tmpdir(), 'soundbite-repository-'));
  cleanUp.push(() => rmSync(root, { recursive: true }));
  writeFileSync(join(root, 'environments.yaml'), text);
  writeFileSync(join(root, 'package.json'), '{"version":"0.1.0"}');
  mkdirSync(join(root, 'scripts'));
  symlinkSync(join(repositoryRoot, 'scripts/completion'), join(root, 'scripts/completion'));
  const world = makeWorld(live, environmentsIn({ text }));
  world.addRelease(a);
  world.promotions.auto = true;
  const stage = await setStage(world, { root });
  cleanUp.push(stage.close);
  return { ...stage, root };
}

const namesOf = (count: number) => Array.from({ length: count }, (_, index) => `e${index + 1}`);

describe.each([1, 2, 3, 7, 10])('with %i environments of names of their own', (count) => {
  const names = namesOf(count);
  const last = `e${count}`;

  it('tables and documents have a row for each, in order', async () => {
    const stage = await stageOf(count, { e1: a });
    const firstColumn = (text: string) => text.split('\n').flatMap((line) => /^e\d+(?=\s)/.exec(line)?.[0] ?? []);
    for (const words of [['status'], ['env', 'list']]) {
      expect(firstColumn((await stage.run(...words)).stdout)).toEqual(names);
      const { environments } = json(await stage.run(...words, '--json'));
      expect(environments.map(({ name }: { name: string }) => name)).toEqual(names);
    }
    for (const words of [['plan'], ['validate'], ['health'], ['env', 'show']]) {
      const { environments } = json(await stage.run(...words, '--json'));
      expect(environments).toHaveLength(count);
    }
  });

  it('a deploy brings a release through to the last, and says one document for it', async () => {
    const stage = await stageOf(count);
    const outcome = await stage.run('deploy', last, '--json');
    expect(outcome).toMatchObject({ exit: 0 });
    expect(stage.fake.world.all().map(({ environment }) => environment)).toEqual(names);
    const document = json(outcome);
    expect(document.promotions.map(({ environment }: { environment: string }) => environment)).toEqual(names);
    expect(json(await stage.run('status', last, '--json')).environments[0]).toMatchObject({ state: 'healthy' });
  });

  it('promote --through begins behind the first, which holds the release, and ends at the one named', async () => {
    const stage = await stageOf(count, { e1: a });
    const outcome = await stage.run('promote', '--through', last);
    expect(outcome).toMatchObject({ exit: 0 });
    const promoted = stage.fake.world.all().map(({ environment }) => environment);
    expect(promoted).toEqual(count === 1 ? ['e1'] : names.slice(1));
  });

  it('help and hints name those that are declared, and no others', async () => {
    const stage = await stageOf(count);
    const help = await Promise.all(
      ['up', 'dev', 'plan', 'promote', 'destroy', 'open'].map(async (word) => (await stage.run(word, '--help')).stdout),
    );
    const hint = (await stage.run('promote')).stderr;
    expect(hint).toContain(`→ soundbite promote ${last}, or soundbite promote --through ${last}`);
    expect([...help, hint].join('\n')).not.toMatch(/\b(dev-localstack|dev-aws|staging|production)\b/);
    expect(help[4]).toContain(`soundbite destroy ${last} --confirm ${last}`);
    expect((await stage.run('__complete', 'up', '')).stdout.split('\n').slice(0, count)).toEqual(
      names.map((name) => `${name}\tenvironment`),
    );
  });
});

it('promote --through the first of several promotes into the first', async () => {
  const stage = await stageOf(3);
  expect(await stage.run('promote', '--through', 'e1')).toMatchObject({ exit: 0 });
  expect(stage.fake.world.all().map(({ environment }) => environment)).toEqual(['e1']);
});

it.each([
  [0, 'is empty; declare at least one environment'],
  [11, 'is number 11 of 11; a declaration has at most 10 environments, so remove some'],
])('%i environments are refused by every command, with exit 2', async (count, message) => {
  const stage = await stageOf(1);
  const text = count === 0 ? `${numbered(1).split('environments:')[0]}environments: []\n` : numbered(count);
  writeFileSync(join(stage.root, 'environments.yaml'), text);
  for (const words of [['env', 'list'], ['up'], ['deploy']]) {
    const outcome = await stage.run(...words, '--json');
    expect(outcome.exit).toBe(2);
    expect(json(outcome).error).toMatchObject({
      code: 'declaration-invalid',
      message: expect.stringContaining(message),
      path: count === 0 ? 'environments' : 'environments[10]',
      hint: 'fix these lines, then run: soundbite env list',
    });
  }
  expect(stage.fake.requests).toEqual([]);
});
