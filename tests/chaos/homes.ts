import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Digest } from '@soundbite/model';
import { down, startHost } from '@soundbite/processes';
import { postgres, takesConnections } from '@soundbite/processes/postgres.ts';
import { cli } from '../support/cli.ts';
import { temporaryHome } from '../support/home.ts';
import { declareOthers, type Written } from '../support/other-environments.ts';
import { workingCopy } from '../support/working-copy.ts';
import { restore } from './rotation.ts';
import { type ChaosStage, databaseIn, stageAt } from './stage.ts';

/** Two people have to say yes; whoever promotes without them says so. */
const approval = 'approval: { by: 2, override: deployer }';

/** What each home declares: processes, functions, and functions whose promotions are watched. On a busy machine few users are answered in three seconds. */
const declares: readonly Written[] = [
  { name: 'dev-localstack', account: '1', runtime: 'process', gates: `[{ ${approval} }, smoke]` },
  { name: 'dev-aws-deployed', account: '2', gates: `[{ ${approval} }, smoke]` },
  {
    name: 'staging',
    account: '3',
    gates: `[{ ${approval} }, smoke, { watch: { seconds: 3, minimumRequests: 0, errorsFrom: 2 } }]`,
  },
];

/**
 * So many homes, each with a control plane, accounts and processes of its own, on one database that is none of theirs: as the machines of a team. `remove`
 * ends and removes all of it.
 */
export async function teamOf(
  size: number,
  say: (line: string) => void,
): Promise<{ stages: ChaosStage[]; remove(): Promise<void> }> {
  const ends: (() => Promise<unknown>)[] = [];
  const remove = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    const copy = await workingCopy();
    ends.push(copy.remove);
    await declareOthers(copy.directory, declares);
    await copy.commit('The environments of chaos');
    const shared = await sharedDatabase();
    ends.push(shared.remove);
    const env = { SOUNDBITE_ROOT: copy.directory, DATABASE_URL: await shared.database.url() };
    const stages: ChaosStage[] = [];
    for (let number = 1; number <= size; number++) {
      say(`bringing up home ${number}: ${declares.map(({ name }) => name).join(', ')}`);
      const { home, remove: removeHome } = await temporaryHome();
      ends.push(removeHome);
      const up = await cli(['up', '--no-promote', '--json'], { home, env });
      if (up.code !== 0) throw new Error(`up of home ${number} ended with ${up.code}:\n${up.stderr}`);
      const sayAs = (line: string) => say(`home ${number}: ${line}`);
      const stage = stageAt(home, sayAs, { env, asksPeople: true, declares, database: shared.database });
      stages.push(stage);
      const { release } = await stage.client.cut({ source: copy.directory });
      for (const { name } of declares) await restore(stage, { name }, release as Digest);
    }
    return { stages, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** A Postgres with a host of its own, which starts it again. */
async function sharedDatabase() {
  const directory = await mkdtemp(join(tmpdir(), 'soundbite-team-'));
  const home = join(directory, 'database');
  const host = await startHost(home, { node: process.execPath });
  const { spec, url } = await postgres(home);
  const { port } = await host.ensure({ ...spec, args: [...spec.args, '-c', 'max_connections=200'] });
  await takesConnections(url(port ?? 0), 60_000);
  return {
    database: databaseIn(home),
    async remove() {
      await down(home, { purge: true });
      await rm(directory, { recursive: true, force: true });
    },
  };
}
