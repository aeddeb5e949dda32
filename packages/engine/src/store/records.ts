import type { Digest, Environment } from '@soundbite/model';
import { accessesRepository } from './accesses.ts';
import { approvalsRepository } from './approvals.ts';
import { blocksRepository } from './blocks.ts';
import { commitsRepository } from './commits.ts';
import { cutsRepository } from './cuts.ts';
import type { Database } from './database.ts';
import { environmentsRepository } from './environments.ts';
import { announce } from './events.ts';
import { evidenceRepository } from './evidence.ts';
import { freezesRepository } from './freezes.ts';
import { holdsRepository } from './holds.ts';
import { homesRepository } from './homes.ts';
import { append } from './ledger.ts';
import { pastRepository } from './past.ts';
import { promotionsRepository } from './promotions.ts';
import { serviceMigrationsRepository } from './service-migrations.ts';
import { ownSites, type Sites, sitesWithin } from './sites.ts';
import { stepsRepository } from './steps.ts';
import { taintsRepository } from './taints.ts';
import { timelineRepository } from './timeline.ts';
import { tokensRepository } from './tokens.ts';
import { trackingRepository } from './tracking.ts';
import { type UnitOfWork, unitOfWork } from './unit-of-work.ts';

export type { PastRecords } from './past.ts';
export type { RevisedView } from './views.ts';

/**
 * All that is recorded of promotions, their steps, environments and releases. `patienceMs`: how long Postgres may be away. Environments are asked for by
 * their names; `sites` says which of that name is meant.
 */
export function records(db: Database, patienceMs = 60_000, sites: Sites = ownSites): Records {
  const work = unitOfWork(db, patienceMs);
  const of = (seen: Sites): Records => ({
    ...repositories(work, seen),
    sites: seen,
    within: (environment) => of(sitesWithin(seen, environment)),
  });
  return of(sites);
}

function repositories(work: UnitOfWork, sites: Sites) {
  return {
    ...promotionsRepository(work, sites),
    ...stepsRepository(work, sites),
    ...environmentsRepository(work, sites),
    ...homesRepository(work, sites),
    ...serviceMigrationsRepository(work, sites),
    ...evidenceRepository(work),
    ...commitsRepository(work),
    ...cutsRepository(work),
    ...blocksRepository(work, sites),
    ...freezesRepository(work, sites),
    ...holdsRepository(work, sites),
    ...taintsRepository(work, sites),
    ...tokensRepository(work),
    ...approvalsRepository(work),
    ...accessesRepository(work),
    ...trackingRepository(work, sites),
    ...timelineRepository(work, sites),
    ...pastRepository(work, sites),

    /** A release was taken out of the store. */
    removed: (release: Digest): Promise<void> =>
      work.write(async (trx) => {
        const key = `removed/${release}/${Date.now()}`;
        await append(trx, { kind: 'release.removed', subject: release, payload: {}, key });
        await announce(trx, { kind: 'release', subject: release, view: { release, removed: true } });
      }),
  };
}

export type Records = ReturnType<typeof repositories> & {
  readonly sites: Sites;
  /** The same records, where an environment is as a plan has it, whatever is declared by now. */
  within(environment: Environment): Records;
};
