import { interleaved } from './facts/calls.ts';
import { grown, type HistoryProblems, historyProblems } from './facts/history.ts';
import { rowsNaming, sitesOfPromotions } from './records.ts';
import { dieInTheMiddle, strike } from './rival-kills.ts';
import { type RivalRun, rivalPlaces, rivalStage } from './rival-stage.ts';
import { ask, end, keepOut, reasons, saysItWaits } from './rival-waits.ts';
import { seeded } from './seeded.ts';
import { type ChaosDatabase, eventually } from './stage.ts';

/** What came of it; what stands in the closing line beside that of homes. */
export interface RivalsResult extends Readonly<RivalRun['result']> {
  readonly kills: number;
  readonly promotions: number;
  readonly history: HistoryProblems;
  readonly failures: readonly string[];
}

/**
 * Two control planes that share environments: crowds of promotions wait, whoever dies; are let go at once, and go in one after the other while a control
 * plane dies in the middle of a call, or Postgres. Ends when `kills` were made, or one broke something.
 */
export async function rivals(
  database: ChaosDatabase,
  { seed, kills, say }: { readonly seed: number; readonly kills: number; readonly say: (line: string) => void },
): Promise<RivalsResult> {
  const stage = await rivalStage(database);
  const result = { during: { waiting: 0, running: 0 }, victims: {}, waited: {} };
  const run: RivalRun = { stage, chance: seeded(seed), say, asked: [], letGo: [], result, left: kills };
  const failures: string[] = [];
  try {
    // After one that broke nothing is as the next one expects it.
    for (let number = 1; run.left > 0 && failures.length === 0; number++) {
      const found = await trial(run, number).catch((error: unknown) => [String(error)]);
      failures.push(...found.map((failure) => `rivals ${number}: ${failure}`));
    }
    const entries = await eventually('the ledger', stage.ledger);
    const sites = await sitesOfPromotions(stage.database);
    const history = historyProblems({ entries, since: 0, sites, asked: run.asked, letGo: run.letGo });
    const overlapping = [...history.overlapping, ...interleaved(stage.world.calls)];
    const kills = result.during.waiting + result.during.running;
    return { ...result, kills, promotions: run.asked.length, history: { ...history, overlapping }, failures };
  } finally {
    await stage.remove();
  }
}

/** One crowd: kept out, killed while it waits, let go, killed while it goes in. */
async function trial(run: RivalRun, number: number): Promise<string[]> {
  const { stage, chance, result } = run;
  const why = chance.pick(reasons);
  const place = why === 'soak' ? rivalPlaces.second : why === 'approval' ? rivalPlaces.third : rivalPlaces.first;
  const kept = await keepOut(run, place, why, number);
  const size = why === 'soak' ? 1 : 1 + Math.floor(chance.number() * 3);
  const ids: string[] = [];
  for (let one = 0; one < size; one++)
    ids.push(await ask(run, place, kept.release ?? stage.world.add(`${number} ${one}`), why === 'approval'));
  for (const id of ids) await saysItWaits(stage, id, kept.gate);
  result.waited[why] = (result.waited[why] ?? 0) + size;

  const before = await Promise.all(ids.map((id) => rowsNaming(stage.database, id)));
  await strike(run, `${number} (${size} wait for ${why})`);
  const after = await Promise.all(ids.map((id) => rowsNaming(stage.database, id)));
  const views = await Promise.all(ids.map((id) => stage.seen.view(id)));
  const costs = ids.flatMap((_, index) =>
    views[index]?.admission === null ? grown(before[index] ?? {}, after[index] ?? {}) : [],
  );

  const dying = run.left > 0 ? dieInTheMiddle(run, `${number} (${size} go in after ${why})`) : null;
  for (const id of ids) run.letGo.push({ promotion: id, ...(await kept.letGo(id)) });
  const ended = await Promise.all(ids.map((id) => end(stage, id)));
  await dying?.over();
  const wrong = ended.flatMap((view) =>
    view.state === 'succeeded' ? [] : [`${view.promotion} ${view.state}: ${view.reason}`],
  );
  const { liveRelease } = await stage.seen.environment(place);
  const [takes] = stage.world.weights.get(place) ?? [];
  const isLive =
    takes?.release === liveRelease && takes?.share === 1 && ended.some(({ release }) => release === liveRelease);
  return [...costs, ...wrong, ...(isLive ? [] : [`${place} runs ${takes?.release}, and ${liveRelease} is recorded`])];
}
