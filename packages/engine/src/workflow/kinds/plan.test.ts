import type { Capacity, Environment } from '@soundbite/model';
import { describe, expect, it } from 'vitest';
import type { StepRun } from '../run.ts';
import { planStep as kind } from './plan.ts';

const plan = (run: StepRun) => kind.run(run, { allowRemovals: [] });

const table = { Table: { Type: 'AWS::DynamoDB::Table', Properties: {} } };
const queue = { Queue: { Type: 'AWS::SQS::Queue', Properties: {} } };

/** A promotion of a release with `next` into an environment with `present` (null: no stack yet), in an account of that capacity. */
function run(capacity: Capacity | null, present: object | null, next: object, asked: string[] = []): StepRun {
  const environment = { name: 'staging', runtime: 'aws', cloud: { kind: 'real' } } as unknown as Environment;
  const ports = {
    clouds: { of: async () => ({ kind: 'real' }) },
    runtime: () => ({
      async capacity(place: { environment: Environment }, template: unknown) {
        asked.push(`${place.environment.name} ${JSON.stringify(template)}`);
        return capacity;
      },
    }),
    infrastructure: {
      isBootstrapped: async () => true,
      state: async () => (present ? { template: { Resources: present } } : null),
    },
    template: async () => ({ Resources: next }),
  };
  return { plan: { environment, release: 'sha256:a' }, ports } as unknown as StepRun;
}

describe('the plan of a promotion', () => {
  it('ends where the account does not carry what the release’s stack declares, with figure and hint', async () => {
    const short: Capacity = { ok: false, detail: '10 is less than 25', hint: 'soundbite aws <environment> ask' };
    const asked: string[] = [];
    for (const present of [null, table]) {
      expect(await plan(run(short, present, table, asked))).toEqual({
        state: 'failed',
        detail: '10 is less than 25; soundbite aws staging ask',
        evidence: { capacity: short },
      });
    }
    expect(asked).toEqual(Array(2).fill(`staging ${JSON.stringify({ Resources: table })}`));
  });

  it('goes on where it does, or where nothing is to be asked', async () => {
    const enough: Capacity = { ok: true, detail: '25 suffices' };
    expect(await plan(run(enough, null, table))).toMatchObject({
      state: 'succeeded',
      detail: 'the first deployment here',
      evidence: { capacity: enough },
    });
    expect(await plan(run(null, table, table))).toMatchObject({
      state: 'succeeded',
      detail: 'nothing is removed',
      evidence: { capacity: null },
    });
  });

  it('still refuses what would be taken away', async () => {
    const refused = await plan(run({ ok: true, detail: 'enough' }, { ...table, ...queue }, table));
    expect(refused).toMatchObject({ state: 'failed' });
    expect(refused.detail).toContain('--allow-removal');
  });
});
