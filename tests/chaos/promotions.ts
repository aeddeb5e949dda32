import { randomUUID } from 'node:crypto';
import type { PromotionView } from '@soundbite/client';
import { type Digest, isFinal } from '@soundbite/model';
import type { ChaosStage } from './stage.ts';

/** `refused`: the promotion of a release that users find broken once it has the traffic; the watch says no, and it is undone. */
export type Scenario = 'promote' | 'rollback' | 'refused';

export interface ChaosWish {
  readonly environment: string;
  readonly scenario: Scenario;
  readonly release: Digest;
}

/** How what was wished for ends. */
export const endOf = (scenario: Scenario): PromotionView['state'] => (scenario === 'refused' ? 'failed' : 'succeeded');

/** Asks for a promotion once, however often the connection breaks; `accepted` is called when it stands, and waited for. */
export async function promote(
  { client }: ChaosStage,
  { environment, scenario, release }: ChaosWish,
  options: { readonly override?: boolean; readonly accepted?: (view: PromotionView) => void | Promise<void> } = {},
): Promise<PromotionView> {
  const view = await client.promote({
    environment,
    kind: scenario === 'rollback' ? 'rollback' : 'promote',
    release,
    idempotencyKey: randomUUID(),
    ...(options.override ? { override: true, reason: 'chaos brings its own releases' } : {}),
  });
  await options.accepted?.(view);
  return ended({ client }, view.promotion);
}

/** Follows a promotion to its end, over restarts of the control plane. */
async function ended({ client }: Pick<ChaosStage, 'client'>, id: string, withinMs = 300_000): Promise<PromotionView> {
  const end = performance.now() + withinMs;
  for (;;) {
    const view = await client.promotion(id).catch(() => null);
    if (view && isFinal(view.state)) return view;
    if (performance.now() > end)
      throw new Error(
        `promotion ${id} is ${view ? `${view.state} (${view.steps.map(({ name, state }) => `${name} ${state}`).join(', ')})` : 'not to be seen'} after ${withinMs / 1000} s`,
      );
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}
