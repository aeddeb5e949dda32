import { logLevelOf } from '@soundbite/model';
import { expect, it } from 'vitest';
import type { Client } from '../client.ts';

/** What every control plane says of the accounts in which environments are. */
export function accountContract(stage: () => { readonly client: Client }): void {
  it('an environment has stacks and functions in its account, and only a real one has links into a console', async () => {
    const { client } = stage();
    const { environments } = await client.environments();
    for (const { name, declaration } of environments) {
      const { cloud, stacks, functions, unknown } = await client.account(name);
      const { kind, account, region } = declaration.cloud;
      expect(cloud).toEqual({ kind, account, region });
      expect(unknown).toBeNull();
      const url = kind === 'real' ? expect.stringMatching(/^https:\/\/[a-z0-9-]+\.console\.\S+$/) : null;
      for (const one of stacks) expect(one).toEqual({ name: expect.stringMatching(/./), url });
      expect(stacks.length).toBeGreaterThan(0);
      const of = { component: expect.any(String), name: expect.any(String), alias: expect.any(String) };
      for (const one of functions) expect(one).toEqual({ ...of, url, logGroup: expect.any(String), logsUrl: url });
      expect(functions.length > 0).toBe(declaration.runtime === 'aws');
    }
    await expect(client.account('nosuch')).rejects.toMatchObject({ code: 'environment-unknown' });
  });

  it('each line of a log has the level that its form says, whatever runs the service', async () => {
    const { client } = stage();
    const { environments } = await client.environments();
    for (const { name, record } of environments.filter((one) => one.record.liveRelease !== null)) {
      const levels = new Set<unknown>();
      for await (const { text, level } of client.logs(name, { sinceMs: 0, follow: false })) {
        expect(level, text).toBe(logLevelOf(text));
        levels.add(level);
      }
      expect(levels, `${name} with ${record.liveRelease}`).toContain('info');
    }
  });
}
