import { expect, it } from 'vitest';
import type { Client } from '../client.ts';

interface DemoStageOf {
  readonly client: Client;
  /** Who may deliver into the first environment alone. */
  readonly ana: Client;
}

/** What every control plane says of demos while none runs. */
export function demoContract(stage: () => DemoStageOf): void {
  it('a demo is begun and stopped by who may deliver everywhere; where none runs there is none to stop', async () => {
    const { client, ana } = stage();
    const before = await ana.demo();
    expect([null, 'over', 'stopped', 'failed']).toContain(before.run?.state ?? null);
    await expect(ana.startDemo()).rejects.toMatchObject({ code: 'forbidden' });
    await expect(ana.stopDemo()).rejects.toMatchObject({ code: 'forbidden' });
    expect(await client.stopDemo()).toEqual(before);
    await expect(client.startDemo({ only: 'all' as never })).rejects.toMatchObject({ code: 'usage' });
    expect(await client.demo()).toEqual(before);
  });
}
