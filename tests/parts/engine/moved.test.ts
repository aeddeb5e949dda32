import { stepKinds } from '@soundbite/engine';
import { sitesOf } from '@soundbite/engine/store/sites.ts';
import { begin, type WorkflowParts } from '@soundbite/engine/workflow/begin.ts';
import { type Environment, homeSite, type PromotionRequest, sharedSite } from '@soundbite/model';
import { expect, it } from 'vitest';
import { memoryRecords } from '../../properties/memory-records.ts';
import { declaredHere, declaredReal, environments } from './declared.ts';
import { fakeWorld } from './fakes.ts';

/** Between request and turn an environment may be declared elsewhere, or no more. */

const name = environments[0]?.name as string;
const here = environments;
const real = declaredReal([name]);
const home = { id: 'a'.repeat(32), host: 'laptop' };
const recorded = real[0] as Environment;

/** A promotion that was asked for while the environment was real and shared; by its turn something else is declared. */
async function turnOf(kind: PromotionRequest['kind'], declared: Environment[], letInAs: Environment | null) {
  const world = fakeWorld(declared);
  const store = memoryRecords();
  const sites = sitesOf(home, { declaration: world.ports.declaration, isHere: declaredHere });
  const release = world.add('a');
  const request: PromotionRequest = {
    environment: name,
    kind,
    release,
    override: false,
    allowRemovals: [],
    actor: 'x',
  };
  const asking = { request, release, previous: null, declaration: 'x', rest: [], follows: null };
  await store.records.create({ id: 'p', ...asking });
  await store.records.decided('p', { is: 'admitted', note: 'test' });
  const records = {
    ...store.records,
    sites,
    within: () => records,
    asked: async (id: string) => ({ ...(await store.records.asked(id)), site: sharedSite(name), declared: letInAs }),
    declaredAt: async () => ({ environment: recorded, by: 'ana', host: null, at: null }),
  } as unknown as WorkflowParts['records'];
  const run = await begin('p', {
    ports: world.ports,
    records,
    locks: { holder: async () => null } as unknown as WorkflowParts['locks'],
    kinds: stepKinds,
    installation: 'test',
    wait: async () => {},
  });
  return { run, view: await store.records.view('p') };
}

it('a promotion is refused where the environment is declared elsewhere by its turn: its order was asked of the old one', async () => {
  expect(sitesOf(home, { declaration: fakeWorld(here).ports.declaration, isHere: declaredHere }).of(name)).toBe(
    homeSite(name, home.id),
  );
  const { run, view } = await turnOf('promote', here, recorded);
  expect(run).toBeNull();
  expect(view).toMatchObject({
    state: 'failed',
    reason: `${name} was declared elsewhere when this was requested; request it again: soundbite promote ${name}`,
  });
});

it.each([
  ['elsewhere', here],
  ['no more', here.slice(1)],
])('a rollback goes back where it was asked for, though that is declared %s by its turn', async (_, declared) => {
  for (const letInAs of [recorded, null]) {
    const { run, view } = await turnOf('rollback', declared, letInAs);
    expect(view).toMatchObject({ state: 'running' });
    expect(run?.plan.environment).toEqual(recorded);
  }
});
