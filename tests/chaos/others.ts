import type { Digest } from '@soundbite/model';
import { shortDigest } from '@soundbite/model';
import { cli } from '../support/cli.ts';
import { kill } from './kill.ts';
import { promote } from './promotions.ts';
import { answering, type ChaosPlace, type ChaosStage, eventually } from './stage.ts';
import { type Accepted, traffic, untilReady } from './traffic.ts';

/** What is killed once each beside the three of the main part, in the middle of a promotion. */
export const others = ['host', 'edge', 'service', 'polly'] as const;
export type Other = (typeof others)[number];

export interface OtherOutcome {
  readonly victim: Other;
  readonly failures: readonly string[];
  readonly recoverySeconds: number;
  readonly failedMs: number;
}

/** How long requests may fail when it is killed, in ms: only the edge stands before the service. */
const mayFailMs: Readonly<Record<Other, number>> = { host: 0, edge: 15_000, service: 0, polly: 0 };

/** One promotion with one kill -9: it must succeed, and every text said meanwhile be ready. */
export async function killOther(
  stage: ChaosStage,
  all: readonly ChaosPlace[],
  {
    victim,
    place,
    live,
    release,
    afterMs,
  }: { victim: Other; place: ChaosPlace; live: Digest; release: Digest; afterMs: number },
): Promise<OtherOutcome> {
  const users = traffic(place.url, `${victim} in ${place.name} at ${Date.now()}`);
  let recovered: Promise<number> = Promise.resolve(0);
  const failures: string[] = [];
  const view = await promote(
    stage,
    { environment: place.name, scenario: 'promote', release },
    {
      override: stage.asksPeople,
      accepted: () => {
        recovered = new Promise((resolve) => setTimeout(resolve, afterMs)).then(() =>
          killNow(stage, victim, place, live),
        );
      },
    },
  ).catch((error: Error) => error);
  const recoverySeconds = await recovered.catch((error: Error) => {
    failures.push(error.message);
    return 0;
  });
  const seen = await users.stop();
  const failedMs = (seen.failed.at(-1)?.at ?? 0) - (seen.failed[0]?.at ?? 0);
  if (view instanceof Error) failures.push(view.message);
  else if (view.state !== 'succeeded') failures.push(`the promotion ${view.state}: ${view.reason}`);
  if ((await answering(all)).get(place.name) !== release)
    failures.push(`${place.name} does not answer as ${shortDigest(release)}`);
  if (failedMs > mayFailMs[victim] || (mayFailMs[victim] === 0 && seen.failed.length > 0))
    failures.push(
      `${seen.failed.length} of ${seen.requests} requests failed over ${failedMs} ms, e.g. ${JSON.stringify(seen.failed[0])}`,
    );
  failures.push(...seen.refused, ...(await untilReady(place.url, seen.accepted as Accepted[])));
  return { victim, failures, recoverySeconds, failedMs };
}

async function killNow(stage: ChaosStage, victim: Other, place: ChaosPlace, live: Digest): Promise<number> {
  stage.say(`kill -9 ${victim} while ${place.name} is promoted into`);
  if (victim === 'host') return killHost(stage);
  const name = victim === 'service' ? `service-${place.name}-api-${shortDigest(live)}` : victim;
  return (await kill(stage, name, async () => {})).recovered;
}

/** Nobody watches the host: the next `up` brings it back, and its processes have lived on. */
async function killHost(stage: ChaosStage): Promise<number> {
  const at = Date.now();
  process.kill((await stage.host()).pid, 'SIGKILL');
  const bringingUp = cli(['up', '--no-promote', '--json'], { home: stage.home, env: stage.env });
  await eventually('the host', () => stage.host());
  const seconds = (Date.now() - at) / 1000;
  const up = await bringingUp;
  if (up.code !== 0) throw new Error(`up after kill -9 of the host ended with ${up.code}: ${up.stderr}`);
  return seconds;
}
