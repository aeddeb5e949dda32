import type { PromotionView } from '@soundbite/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { a, json, setChain } from './testing/chain.ts';
import type { CliStage } from './testing/stage.ts';

let stage: CliStage;
beforeEach(async () => {
  stage = await setChain();
});
afterEach(() => stage.close());

/** Of long ago, oldest first. */
const remembered = (view: PromotionView, count: number): PromotionView[] =>
  Array.from({ length: count }, (_, n) => ({ ...view, promotion: `old-${n}` }));

describe('history', () => {
  it('goes back page by page, as far as is asked', async () => {
    stage.fake.world.promotions.auto = true;
    await stage.run('promote', 'production');
    const [view] = stage.fake.world.all();
    stage.fake.world.promotions.remember(remembered(view as PromotionView, 1203));
    const asked = async (...limit: string[]) => {
      const { promotions } = json(await stage.run('history', 'production', '--json', '--limit', ...limit));
      return promotions.map(({ promotion }: PromotionView) => promotion);
    };
    const all = await asked('5000');
    expect([all.length, all[0], all.at(-1)]).toEqual([1204, 'old-1202', view?.promotion]);
    expect(await asked('1001')).toEqual(all.slice(0, 1001));
  });

  it('shows promotions, newest first, and the ledger with its chain', async () => {
    stage.fake.world.promotions.auto = true;
    await stage.run('promote', 'production');
    await stage.run('rollback', 'production');
    const { promotions } = json(await stage.run('history', 'production', '--json'));
    expect(promotions.map(({ kind }: { kind: string }) => kind)).toEqual(['rollback', 'promote']);
    expect(json(await stage.run('history', '--limit', '1', '--json')).promotions).toHaveLength(1);
    expect((await stage.run('history', '--limit', '500', '--json')).exit).toBe(0);
    for (const wrong of ['0', '-1', '1.5', 'all'])
      expect((await stage.run('history', '--limit', wrong, '--json')).stdout).toContain(
        'is not a whole number from 1 on',
      );
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

describe('history of a promotion', () => {
  it('is its timeline: waits, words, what let it in, steps and the end, with the evidence behind it', async () => {
    const { world } = stage.fake;
    world.promotions.auto = true;
    const about = { kind: 'tests', actor: 'ci', format: 'json', url: undefined } as const;
    const { digest } = world.addEvidence(a, about, Buffer.from('{"verdict":"pass","facts":[]}'));
    await stage.run('hold', 'production', '--reason', 'an outage');
    await stage.run('promote', 'production', '--no-wait', '--reason', 'release night');
    await expect.poll(() => world.promotion('p-1').waitingFor).toHaveLength(1);
    expect((await stage.run('history', 'p-1')).stdout).toMatch(/ s {2}waits for hold: production is held by local/);
    await stage.run('resume', 'production');
    await expect.poll(() => world.promotion('p-1').state).toBe('succeeded');
    const document = json(await stage.run('history', 'p-1', '--json'));
    const shown = { promotion: 'p-1', environment: 'production', state: 'succeeded', actor: 'local', role: 'admin' };
    expect(document).toMatchObject({ ...shown, waitedSeconds: expect.any(Number), workedSeconds: expect.any(Number) });
    const whats = document.entries.map(({ what }: { what: string }) => what);
    expect(whats.slice(0, 5)).toEqual(['asked', 'wait', 'admitted', 'turn', 'step']);
    expect(whats.at(-1)).toBe('ended');
    expect(document.evidence).toMatchObject([{ kind: 'tests', verdict: 'pass', digest, by: 'ci', counted: true }]);
    const { stdout, exit } = await stage.run('history', 'p-1');
    expect(exit).toBe(0);
    expect(stdout).toMatch(/^production ← a{12} \(was b{12}\) succeeded in /);
    expect(stdout).toMatch(/\nwaited [\d.]+ s, worked [\d.]+ s\n/);
    expect(stdout).toMatch(/ s {2}waited for hold: production is held by local \(an outage\)/);
    expect(stdout).toMatch(/ s {2}✓ verify\n/);
    expect(stdout).toContain(`pass tests  ${digest.slice(0, 19)}  ci at `);
  });

  const unknown = '6f1ed002-ab55-4a2d-9b6c-3c2f0d8f7a10';
  it.each([
    [[unknown], 'promotion-unknown', `there is no promotion`],
    [['productio'], 'environment-unknown', 'productio'],
    [[unknown, 'production'], 'usage', 'the timeline is of one promotion'],
    [[unknown, '--limit', '5'], 'usage', '--limit is of lists'],
    [[unknown, '--ledger'], 'usage', '--ledger is the ledger of all environments'],
  ])('%j is refused: %s', async (words, code, message) => {
    const outcome = await stage.run('history', ...words, '--json');
    expect(outcome.exit).toBe(2);
    expect(json(outcome).error).toMatchObject({ code, message: expect.stringContaining(message) });
  });
});
