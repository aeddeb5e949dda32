import type { StackPresence } from '@soundbite/model';
import { expect, it } from 'vitest';
import { damage, damageError, judged } from './damage.ts';
import type { PromotionRun } from './run.ts';

const queue = { id: 'Queue', type: 'AWS::SQS::Queue', physicalId: 'https://sqs/jobs' };
const changed = { ...queue, differences: ['VisibilityTimeout is 5, not 60'] };

function runWhere(presence: Partial<StackPresence> | Error, told: string[] = []): PromotionRun {
  return {
    id: 'p',
    plan: { environment: { name: 'staging', runtime: 'process' } },
    ports: {
      clouds: { of: async () => ({}) },
      runtime: () => ({}),
      emit: ({ code }: { code: string }) => told.push(code),
      infrastructure: {
        state: async () => ({ outputs: {}, release: null }),
        presence: async () => {
          if (presence instanceof Error) throw presence;
          return { missing: [], changed: [], leftovers: [], ...presence };
        },
      },
    },
  } as unknown as PromotionRun;
}

it('what somebody deleted comes before what somebody changed; both are named with the way out', () => {
  const both = damageError(runWhere({}), { missing: [queue], changed: [changed] });
  expect(both).toMatchObject({ code: 'resources-missing', hint: 'soundbite repair staging' });
  expect(both?.message).toMatch(/Queue \(https:\/\/sqs\/jobs\)$/);
  const one = damageError(runWhere({}), { missing: [], changed: [changed] });
  expect(one).toMatchObject({ code: 'resources-changed', hint: 'soundbite repair staging' });
  expect(one?.message).toMatch(/Queue \(VisibilityTimeout is 5, not 60\)$/);
  expect(damageError(runWhere({}), { missing: [], changed: [] })).toBeNull();
});

it('a "no" of a gate is none where the account may be the cause, and stays one where it is not', async () => {
  const no = async () => ({ state: 'failed', detail: 'it says 500' }) as const;
  await expect(judged(runWhere({ changed: [changed] }), no)).rejects.toMatchObject({ code: 'resources-changed' });
  await expect(judged(runWhere({ missing: [queue] }), no)).rejects.toMatchObject({ code: 'resources-missing' });
  expect(await judged(runWhere({}), no)).toMatchObject({ state: 'failed' });
});

it('a look that cannot be made tells of nothing, and is told', async () => {
  const told: string[] = [];
  expect(await damage(runWhere(new Error('nobody may look'), told))).toEqual({ missing: [], changed: [] });
  expect(told).toEqual(['look-failed']);
});
