import type { Digest } from '@soundbite/model';
import type { Database } from './database.ts';
import { environmentsRepository } from './environments.ts';
import { announce } from './events.ts';
import { append } from './ledger.ts';
import { promotionsRepository } from './promotions.ts';
import { stepsRepository } from './steps.ts';
import { unitOfWork } from './unit-of-work.ts';

export type { RevisedView } from './views.ts';

/** All that is recorded of promotions, their steps, environments and releases. `patienceMs`: how long Postgres may be away. */
export function records(db: Database, patienceMs = 60_000) {
  const work = unitOfWork(db, patienceMs);
  return {
    ...promotionsRepository(work),
    ...stepsRepository(work),
    ...environmentsRepository(work),

    /** A release was taken out of the store. */
    removed: (release: Digest): Promise<void> =>
      work.write(async (trx) => {
        const key = `removed/${release}/${Date.now()}`;
        await append(trx, { kind: 'release.removed', subject: release, payload: {}, key });
        await announce(trx, { kind: 'release', subject: release, view: { release, removed: true } });
      }),
  };
}

export type Records = ReturnType<typeof records>;
