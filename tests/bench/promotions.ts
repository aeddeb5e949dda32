import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Status } from '@soundbite/client';
import { parseDeclaration, toldToConstructs } from '@soundbite/model';
import { type BenchStage, percentile, rounded, timed } from './stage.ts';

interface Promoted {
  readonly environment: string;
  readonly state: string;
  readonly steps: readonly { readonly name: string; readonly seconds: number | null }[];
}

interface Through {
  readonly promotions: readonly Promoted[];
}

const deployed = ['dev-aws-deployed', 'staging', 'production'];

/** `up` from nothing until all environments are healthy, then again with nothing to do. */
export async function upBench(stage: BenchStage) {
  const first = await timed(() => stage.soundbite<Status>('up'));
  if (first.value.environments.some(({ state }) => state !== 'healthy'))
    throw new Error('not all environments are healthy');
  const again = await timed(() => stage.soundbite('up'));
  return {
    bench: 'up',
    firstSeconds: rounded(first.seconds),
    againSeconds: rounded(again.seconds),
    must: { firstSeconds: 60, againSeconds: 5 },
  };
}

/** One new release through all environments; then the same three deployed ones by `cdk deploy` from source. */
export async function promotionsBench(stage: BenchStage) {
  await stage.copy.edit(
    'apps/service/src/http/soundbites.ts',
    'const LARGEST_PAGE = 100;',
    'const LARGEST_PAGE = 101;',
  );
  await stage.copy.commit('A change to promote');
  const cut = await timed(() => stage.soundbite<{ release: string }>('release', 'cut'));
  const first = await timed(() =>
    stage.soundbite<Promoted>('promote', 'dev-localstack', '--release', cut.value.release),
  );
  const rest = await timed(() => stage.soundbite<Through>('promote', '--through', 'production'));
  const ours = rest.value.promotions
    .filter(({ environment }) => deployed.includes(environment))
    .reduce((sum, { steps }) => sum + steps.reduce((all, { seconds }) => all + (seconds ?? 0), 0), 0);
  const byStep = secondsByStep([first.value, ...rest.value.promotions]);
  const all = first.seconds + rest.seconds;
  const rival = await timed(() => fromSource(stage));
  return {
    bench: 'promotions',
    cutSeconds: rounded(cut.seconds),
    allSeconds: rounded(all),
    allByStep: byStep,
    // The start of two commands, admission, the queue, and what lies between two promotions.
    allBetweenSteps: rounded(all - Object.values(byStep).reduce((sum, seconds) => sum + seconds, 0)),
    threeDeployedSeconds: rounded(ours),
    threeFromSourceSeconds: rounded(rival.seconds),
    timesFaster: rounded(rival.seconds / ours),
    must: { allSeconds: 30, timesFaster: 2 },
  };
}

/** What each step took in all of these promotions, in s. */
function secondsByStep(promotions: readonly Promoted[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { name, seconds } of promotions.flatMap(({ steps }) => steps))
    sums[name] = rounded((sums[name] ?? 0) + (seconds ?? 0));
  return sums;
}

async function fromSource(stage: BenchStage): Promise<void> {
  const place = await mkdtemp(join(tmpdir(), 'soundbite-from-source-'));
  const { environments } = await stage.status();
  const list = join(place, 'environments.json');
  try {
    await writeFile(list, toldToConstructs(await declaredEnvironments(stage.copy.directory)));
    for (const name of deployed) {
      const environment = environments.find((candidate) => candidate.name === name);
      if (!environment?.cloud.endpoint || !environment.url) throw new Error(`${name} is not there`);
      const key = JSON.parse(
        await readFile(join(stage.home, 'accounts', environment.cloud.account, 'root.json'), 'utf8'),
      );
      const { account, region, endpoint } = environment.cloud;
      const job = {
        root: stage.copy.directory,
        environment: name,
        account,
        region,
        endpoint,
        key,
        zip: join(place, `${name}.zip`),
        environments: list,
        release: environment.release,
        url: environment.url,
      };
      await promisify(execFile)(
        process.execPath,
        [join(stage.copy.directory, 'tests/bench/cdk-deploy-from-source.ts'), JSON.stringify(job)],
        { cwd: stage.copy.directory, maxBuffer: 1e8 },
      );
    }
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

async function declaredEnvironments(root: string) {
  const parsed = parseDeclaration((file) => readFileSync(join(root, file), 'utf8'));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.declaration.environments;
}

/** From the command to the first answer of the old release at the edge, 20 times. */
export async function rollbacks(stage: BenchStage, times = 20) {
  const url = await stage.url('production');
  const running = async () => ((await (await fetch(`${url}/version`)).json()) as { release: string }).release;
  const seconds: number[] = [];
  const { previousRelease, liveRelease } = (
    await stage.soundbite<{ record: { previousRelease: string | null; liveRelease: string } }>(
      'env',
      'show',
      'production',
    )
  ).record;
  if (previousRelease === null) throw new Error('no release to go back to: npm run bench -- promotions rollback');
  for (let round = 0; round < times; round++) {
    const target = (await running()) === liveRelease ? previousRelease : liveRelease;
    const from = performance.now();
    const command = stage.soundbite('rollback', 'production', '--to', target);
    while ((await running()) !== target) await new Promise((resolve) => setTimeout(resolve, 5));
    seconds.push((performance.now() - from) / 1000);
    await command;
  }
  return {
    bench: 'rollback',
    times,
    p50Seconds: rounded(percentile(seconds, 0.5)),
    p95Seconds: rounded(percentile(seconds, 0.95)),
    must: { p95Seconds: 1 },
  };
}
