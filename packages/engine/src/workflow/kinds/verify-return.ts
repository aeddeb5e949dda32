import { shortDigest } from '@soundbite/model';
import { z } from 'zod';
import { damage, damageError } from '../damage.ts';
import { deployedOfRun, type PromotionRun, type StepKind } from '../run.ts';

/** A rollback moves versions only: their resources must exist, and the bytes must be unaltered. */
export const verifyReturnStep: StepKind<Record<string, never>> = {
  with: z.strictObject({}),
  describe: () => 'look for what carries the versions, and compare the release with its manifest',
  async run(run) {
    // Not awaited: the next steps find out whether it can serve.
    void warmUp(run).catch(() => {});
    const verified = run.ports.releases.verify(run.plan.release);
    // If both have errors, the account's comes first.
    verified.catch(() => {});
    const broken = damageError(run, await damage(run, { types: carrierTypes }));
    if (broken) throw broken;
    await verified;
    return { state: 'succeeded', detail: `${shortDigest(run.plan.release)} was live here before` };
  },
};

/** Without these no version can be moved. */
const carrierTypes: ReadonlySet<string> = new Set([
  'AWS::Lambda::Alias',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
]);

/** A version that has been idle (a cold function) starts while the bytes are verified, so that the first request after the shift meets a warm one. */
async function warmUp(run: PromotionRun): Promise<void> {
  const { target, runtime } = await deployedOfRun(run);
  const path = (await runtime.healthPaths(target.environment, target.outputs))?.alive;
  if (path !== undefined) await runtime.request(target, run.plan.release, { method: 'GET', path });
}
