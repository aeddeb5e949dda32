import { DBOS } from '@dbos-inc/dbos-sdk';
import { startEngine } from '@soundbite/engine';
import { isFinal } from '@soundbite/model';
import { temporaryPostgres } from '../parts/engine/database.ts';
import { environments } from '../parts/engine/declared.ts';
import { fakeWorld } from '../parts/engine/fakes.ts';
import { percentile } from './stage.ts';

const times = 40;
const name = environments[0]?.name ?? '';

/** What a step of a promotion costs above a bare step of DBOS, in ms: the world does nothing and takes no time. Of each the first quarter warms up. */
export async function steps(): Promise<object> {
  const postgres = await temporaryPostgres();
  try {
    const ours = await promotionSteps(postgres.url);
    const bare = await bareSteps(postgres.url);
    const above = percentile(ours.each, 0.5) - percentile(bare, 0.5);
    return {
      bench: 'steps',
      promotions: times,
      promotionP50Ms: round(percentile(ours.whole, 0.5)),
      stepP50Ms: round(percentile(ours.each, 0.5)),
      bareStepP50Ms: round(percentile(bare, 0.5)),
      aboveP50Ms: round(above),
      must: { aboveP50Ms: 5 },
    };
  } finally {
    await postgres.stop();
  }
}

const round = (ms: number): number => Math.round(ms * 10) / 10;

/** Ms of whole promotions from the request to the end, and of each of their steps, all that lies between two steps included. */
async function promotionSteps(databaseUrl: string): Promise<{ whole: number[]; each: number[] }> {
  const world = fakeWorld(environments);
  const engine = await startEngine({
    databaseUrl,
    executor: 'bench',
    ports: world.ports,
    lost: (error) => Promise.reject(error),
  });
  const whole: number[] = [];
  const each: number[] = [];
  for (let number = 0; number < times; number++) {
    const release = world.add(`${number}`);
    const begun = performance.now();
    let first: number | undefined;
    let view = await engine.request({
      environment: name,
      kind: 'promote',
      release,
      override: false,
      allowRemovals: [],
      actor: 'bench',
    });
    while (!isFinal(view.state)) {
      view = await engine.view(view.promotion, view.revision, 10_000);
      if (view.steps.length > 0) first ??= performance.now();
    }
    if (view.state !== 'succeeded') throw new Error(view.reason ?? view.state);
    if (number < times / 4) continue;
    whole.push(performance.now() - begun);
    each.push((performance.now() - (first ?? begun)) / view.steps.length);
  }
  await engine.stop();
  return { whole, each };
}

/** Ms of a step that does nothing in a workflow that does nothing else. */
async function bareSteps(systemDatabaseUrl: string): Promise<number[]> {
  const inOne = 8;
  const bare = DBOS.registerWorkflow(
    async () => {
      const begun = performance.now();
      for (let step = 0; step < inOne; step++) await DBOS.runStep(async () => step, { name: 'bare' });
      return (performance.now() - begun) / inOne;
    },
    { name: 'bare' },
  );
  DBOS.setConfig({ name: 'bare', systemDatabaseUrl, logLevel: 'error' });
  await DBOS.launch();
  const each: number[] = [];
  for (let number = 0; number < times; number++) each.push(await (await DBOS.startWorkflow(bare)()).getResult());
  await DBOS.shutdown({ deregister: true });
  return each.slice(times / 4);
}
