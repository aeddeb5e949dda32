import { expect, it } from 'vitest';
import type { Client } from '../client.ts';

interface TrafficStage {
  readonly client: Client;
  readonly environment: string;
}

/** What every control plane says of the requests of users. */
export function trafficContract(stage: () => TrafficStage): void {
  it('what users asked in the last hour is told by minutes, and of one environment by releases', async () => {
    const { client, environment } = stage();
    const { environments } = await client.traffic();
    const places = (await client.overview()).environments.map((place) => place.environment);
    expect(environments.map((one) => one.environment)).toEqual(places);
    // Known, or why not.
    for (const { seen, problem } of environments) expect(seen ?? problem).not.toBeNull();
    expect(environments.map(({ seen }) => seen?.steps ?? null)).toEqual(places.map(() => null));

    const { at, environments: own } = await client.traffic({ environment });
    expect(own.map((one) => one.environment)).toEqual([environment]);
    const [{ seen = null } = {}] = own;
    if (seen === null) throw new Error(`the requests of ${environment} are not seen: ${own[0]?.problem}`);
    const { whole, hour, minutes, steps } = seen;
    expect([minutes.requests, minutes.errors, minutes.p95].map(({ length }) => length)).toEqual([60, 60, 60]);
    expect(minutes.requests.at(-1)).not.toBeNull();
    const ago = (time: string) => Date.parse(at) - Date.parse(time);
    expect(ago(minutes.from)).toBeGreaterThan(59 * 60_000 - 1_000);
    expect(ago(minutes.from)).toBeLessThan(60 * 60_000 + 1_000);
    expect(ago(whole.since)).toBeLessThanOrEqual(ago(minutes.from));
    expect(ago(whole.until)).toBeLessThan(60_000);
    const sum = (numbers: readonly (number | null)[]) => numbers.reduce<number>((all, one) => all + (one ?? 0), 0);
    expect([hour.requests, hour.errors]).toEqual([sum(minutes.requests), sum(minutes.errors)]);
    expect(sum(hour.releases.map(({ requests }) => requests))).toBe(hour.requests);
    // Of a quarter of an hour, the step that is under way among it.
    expect(steps?.seconds).toBe(10);
    for (const { requests, errors } of steps?.releases ?? [])
      expect([requests.length, errors.length]).toEqual([91, 91]);
    await expect(client.traffic({ environment: 'nosuch' })).rejects.toMatchObject({ code: 'environment-unknown' });
    await expect(client.traffic({ environment, since: 'noon' })).rejects.toMatchObject({ code: 'usage' });
  });
}
