import { cpus } from 'node:os';
import { containers } from './containers.ts';
import { events } from './events.ts';
import { history } from './history.ts';
import { memory } from './memory.ts';
import { page } from './page.ts';
import { promotionsBench, rollbacks, upBench } from './promotions.ts';
import { rest } from './rest.ts';
import { apiBench, speechBench, throughput } from './service.ts';
import { type BenchStage, stage } from './stage.ts';
import { steps } from './steps.ts';

/** In this order: later ones need what earlier ones brought up. */
const benches: Record<string, (stage: BenchStage) => Promise<object>> = {
  up: upBench,
  promotions: promotionsBench,
  rollback: rollbacks,
  speech: speechBench,
  throughput,
  api: apiBench,
  events,
  memory,
  rest,
};

/** Needs nothing that `up` brings. */
const alone: Record<string, () => Promise<object>> = { steps, history, page };
/** Needs a Docker engine, so only whoever names it gets it. */
const onEngine: Record<string, () => Promise<object>> = { containers };

/** `npm run bench [-- name...]`: one JSON line each. `up` always runs, since the others need it, but for those that stand alone. */
async function main(): Promise<void> {
  const asked = new Set(['up', ...process.argv.slice(2)]);
  const chosen = asked.size > 1 ? Object.entries(benches).filter(([name]) => asked.has(name)) : Object.entries(benches);
  console.log(
    JSON.stringify({
      bench: 'machine',
      date: new Date().toISOString(),
      node: process.version,
      cores: cpus().length,
      cpu: cpus()[0]?.model,
    }),
  );
  const isAll = process.argv.length <= 2;
  for (const [name, bench] of Object.entries(alone))
    if (isAll || asked.has(name)) console.log(JSON.stringify(await bench()));
  for (const [name, bench] of Object.entries(onEngine)) if (asked.has(name)) console.log(JSON.stringify(await bench()));
  if (!isAll && process.argv.slice(2).every((name) => name in alone || name in onEngine)) return;
  const place = await stage();
  try {
    for (const [, bench] of chosen) console.log(JSON.stringify(await bench(place)));
  } finally {
    await place.end();
  }
}

await main();
