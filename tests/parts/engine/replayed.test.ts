import { readdirSync, readFileSync } from 'node:fs';
import { stepKinds } from '@soundbite/engine';
import { interpret } from '@soundbite/engine/workflow/interpret.ts';
import type { PromotionRun } from '@soundbite/engine/workflow/run.ts';
import { PromotionPlan, type PromotionRequest, recordedPlan, sharedSite, stepNameOf } from '@soundbite/model';
import { describe, expect, it } from 'vitest';
import { memoryRecords } from '../../properties/memory-records.ts';
import { fakeWorld } from './fakes.ts';

/**
 * What each format recorded is followed by today's code from each of its steps on, forward and undone, in memory; `planned.test.ts` does so with control
 * planes that are replaced.
 */

const histories = new URL('histories/', import.meta.url);

/** A plan as that file has it, whose first steps another version did. */
async function begunBefore(file: string, done: number, more: { readonly isBad?: boolean } = {}) {
  const text = readFileSync(new URL(file, histories), 'utf8');
  const written = PromotionPlan.parse(recordedPlan((JSON.parse(text) as { plan: unknown }).plan));
  const world = fakeWorld([written.environment]);
  const [release, previous] = [world.add('release'), world.add('previous')];
  const own = (given: string, digest: string | null, by: string) =>
    digest === null ? given : given.replaceAll(JSON.stringify(digest), JSON.stringify(by));
  const plan = PromotionPlan.parse(
    JSON.parse(own(own(JSON.stringify(written), written.release, release), written.previous, previous)),
  );
  if (more.isBad) world.bad.add(release);
  const { name } = plan.environment;
  // As the other version left it: what was live stands, and what its steps did.
  world.versions.set(name, new Set([previous, release]));
  world.weights.set(name, [{ release: plan.previous ?? release, share: 1 }]);
  const { records, rows } = memoryRecords();
  const request: PromotionRequest = {
    environment: name,
    kind: plan.kind,
    release,
    override: false,
    allowRemovals: [],
    actor: 'x',
  };
  await records.create({ id: 'p', request, release, previous: null, declaration: 'd', rest: [], follows: null });
  await records.decided('p', { is: 'admitted', note: 'test' });
  await records.begin('p', sharedSite(name), () => plan);
  for (const step of plan.steps.slice(0, done)) {
    await records.stepBegun('p', step);
    await records.stepEnded('p', step, { state: 'succeeded', detail: 'elsewhere' });
    if (step.kind === 'shift') world.weights.set(name, [{ release, share: 1 }]);
  }
  const run: PromotionRun = {
    ...{ id: 'p', plan, kinds: stepKinds, ports: world.ports, records, installation: 'test' },
    wait: async () => {},
  };
  return { run, plan, world, records, row: rows.get('p') };
}

const files = readdirSync(histories);

describe.each(files)('%s', (file) => {
  const { plan } = JSON.parse(readFileSync(new URL(file, histories), 'utf8')) as { plan: PromotionPlan };
  const places = Array.from({ length: plan.steps.length + 1 }, (_, done) => done);

  it.each(places)('is followed after %i of its steps, none of which is done again', async (done) => {
    const { run, world, row, plan: own } = await begunBefore(file, done);
    await interpret(run);
    expect(row).toMatchObject({ state: 'succeeded', reason: null });
    const steps = [...(row?.steps ?? [])].map(([key, { detail }]) => `${key} ${detail === 'elsewhere'}`);
    expect(steps).toEqual(own.steps.map(({ key }, index) => `${key} ${index < done}`));
    expect(world.weights.get(own.environment.name)).toEqual([{ release: own.release, share: 1 }]);
  });

  it.each(places)('is undone after %i of its steps where it has to stop', async (done) => {
    const { run, world, row, records, plan: own } = await begunBefore(file, done);
    await records.stop('p', 'enough');
    await interpret(run);
    const isDone = done === own.steps.length;
    expect(row).toMatchObject(isDone ? { state: 'succeeded' } : { state: 'aborted', reason: 'enough' });
    const touched = own.steps.slice(0, done).some(({ changes }) => changes === 'versions' || changes === 'traffic');
    const undone = [...(row?.steps.keys() ?? [])].slice(done).map((key) => stepNameOf({ key }));
    expect(undone).toEqual(touched && !isDone ? ['rollback'] : []);
    const live = isDone ? own.release : own.previous;
    expect(world.weights.get(own.environment.name)).toEqual(live ? [{ release: live, share: 1 }] : []);
  });
});

it('a step of a kind that is not there is not passed over', async () => {
  const { run, row } = await begunBefore(files[0] as string, 0);
  const { verify: _, ...others } = stepKinds;
  await expect(interpret({ ...run, kinds: others })).rejects.toMatchObject({ code: 'step-unknown' });
  expect(row).toMatchObject({ end: null });
});
