import { randomUUID } from 'node:crypto';
import { openDatabase } from '@soundbite/engine/store/database.ts';
import { readLedger } from '@soundbite/engine/store/ledger.ts';
import { records } from '@soundbite/engine/store/records.ts';
import { tokenHash } from '@soundbite/model';
import { Client as Postgres } from 'pg';
import { environments, type MoreGates, withGates } from '../parts/engine/declared.ts';
import { fakeWorld } from '../parts/engine/fakes.ts';
import { type OtherProcess, startOther } from '../parts/engine/other-process.ts';
import type { LetGo } from './facts/history.ts';
import { killAt } from './kill.ts';
import { asking } from './records.ts';
import type { Chance } from './seeded.ts';
import type { ChaosDatabase } from './stage.ts';

/** The seconds that a release is in the first environment before it may enter the second. */
export const soakSeconds = 2;

const [first, second, third] = environments.map(({ name }) => name) as [string, string, string];

/** Into the first may whoever wants, into the second what was in the first for a while, into the third what two people let in. */
export const rivalPlaces = { first, second, third } as const;
const gates: MoreGates = {
  [second]: [{ gate: 'soak', options: { seconds: soakSeconds } }],
  [third]: [{ gate: 'approval', options: { by: 2 } }],
};

const names = ['one', 'two'] as const;
const people = ['ana', 'bob'];
export type RivalName = (typeof names)[number];
export type RivalStage = Awaited<ReturnType<typeof rivalStage>>;

/** What a run is about while it is made. */
export interface RivalRun {
  readonly stage: RivalStage;
  readonly chance: Chance;
  readonly say: (line: string) => void;
  readonly asked: string[];
  readonly letGo: LetGo[];
  readonly result: {
    readonly during: { waiting: number; running: number };
    readonly victims: Record<string, number>;
    readonly waited: Record<string, number>;
  };
  /** Kills that are to be made still. */
  left: number;
}

/**
 * Two control planes in processes of their own on one database of a Postgres that its host starts again. They share their environments: either does what
 * the other left. What they act on is a world in memory here, as accounts are to real ones.
 */
export async function rivalStage(server: ChaosDatabase) {
  const name = `chaos_${randomUUID().replaceAll('-', '')}`;
  const onServer = (text: string) => asking(server, async (sql) => void (await sql.query(text)));
  const url = async () => Object.assign(new URL(await server.url()), { pathname: `/${name}` }).href;
  await onServer(`create database ${name}`);
  const world = fakeWorld(withGates(environments, gates));
  const database: ChaosDatabase = { host: server.host, url };
  const eyes = await openDatabase(await url(), () => {});
  const seen = records(eyes.db);
  const running = new Map<RivalName, OtherProcess>();
  const start = async (one: RivalName): Promise<OtherProcess> => {
    const process = startOther(one, `${await url()}?application_name=${one}`, world, { gates });
    running.set(one, process);
    await process.ready;
    return process;
  };
  for (const name of people) {
    const by = { hash: tokenHash(name), by: 'chaos' };
    await seen.createToken({
      ...{ name, person: `${name}@example.com`, role: 'approver', environments: [], days: 1 },
      ...by,
    });
  }
  await Promise.all(names.map(start));
  return {
    ...{ world, database, seen, names, start },
    rival: (one: RivalName): OtherProcess => running.get(one) as OtherProcess,
    ledger: () => readLedger(eyes.db, 0, 100_000),
    /** Kill -9; it is started by who wants it back. */
    kill: (one: RivalName): Promise<void> => (running.get(one) as OtherProcess).stop(),
    async killPostgres(): Promise<void> {
      const { recovered } = await killAt(server.host, 'postgres', async () => {
        const sql = new Postgres({ connectionString: await server.url() });
        sql.on('error', () => undefined);
        await sql.connect();
        await sql.end();
      });
      await recovered;
    },
    /** Both people say yes, one of them twice. */
    async approve(promotion: string): Promise<void> {
      for (const name of [...people.slice(0, 1), ...people])
        await seen.approve({
          ...{ promotion, person: `${name}@example.com`, token: name, role: 'approver' },
          ...{ verdict: 'yes', reason: null },
        });
    },
    async remove(): Promise<void> {
      await Promise.all([...running.values()].map((one) => one.stop()));
      await eyes.close();
      await onServer(`drop database ${name} with (force)`);
    },
  };
}
