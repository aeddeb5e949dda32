import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { json, setChain } from './testing/chain.ts';
import type { CliStage } from './testing/stage.ts';

let stage: CliStage;
beforeEach(async () => {
  stage = await setChain();
});
afterEach(() => stage.close());

describe('history', () => {
  it('shows promotions, newest first, and the ledger with its chain', async () => {
    stage.fake.world.promotions.auto = true;
    await stage.run('promote', 'production');
    await stage.run('rollback', 'production');
    const { promotions } = json(await stage.run('history', 'production', '--json'));
    expect(promotions.map(({ kind }: { kind: string }) => kind)).toEqual(['rollback', 'promote']);
    expect(json(await stage.run('history', '--limit', '1', '--json')).promotions).toHaveLength(1);
    const ledger = await stage.run('history', '--ledger');
    expect(ledger.exit).toBe(0);
    expect(ledger.stdout).toContain(`the chain of ${stage.fake.world.ledger.length} entries is unbroken`);
    const first = stage.fake.world.ledger[0];
    if (first) stage.fake.world.ledger[0] = { ...first, subject: 'p-9' };
    const broken = await stage.run('history', '--ledger', '--json');
    expect(broken.exit).toBe(1);
    expect(json(broken).whole).toBe(false);
  });

  it('says with what reason, override and allowed removals each was asked for, and by whom', async () => {
    stage.fake.world.promotions.auto = true;
    await stage.run(
      ...['promote', 'production', '--release', 'aaaa', '--override', '--reason', 'outage'],
      ...['--allow-removal', 'Queue', '--allow-removal', 'Table/lists'],
    );
    await stage.run('rollback', 'production', '--to', 'bbbb', '--reason', 'too loud');
    const { promotions } = json(await stage.run('history', '--json'));
    expect(promotions.map(({ actor, asked }: { actor: string; asked: unknown }) => ({ actor, asked }))).toEqual([
      {
        actor: 'local',
        asked: { reason: 'too loud', override: false, breakGlass: false, allowRemovals: [], through: null },
      },
      {
        actor: 'local',
        asked: {
          reason: 'outage',
          override: true,
          breakGlass: false,
          allowRemovals: ['Queue', 'Table/lists'],
          through: null,
        },
      },
    ]);
    const [, second, first] = (await stage.run('history')).stdout.split('\n');
    expect(first).toMatch(
      / local +p-1 +--override --reason "outage" --allow-removal Queue --allow-removal Table\/lists$/,
    );
    expect(second).toMatch(/ local +p-2 +--reason "too loud"$/);
  });
});
