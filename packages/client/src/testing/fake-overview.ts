import { type Acting, type Digest, entryByRecords, isFinal, listedPage } from '@soundbite/model';
import type * as schemas from '../schemas.ts';
import type { Places } from './fake-places.ts';
import type { FakePromotions } from './fake-promotions.ts';
import type { Staged } from './fake-staging.ts';

interface OverviewParts {
  readonly staged: Pick<Staged, 'cutFrom'>;
  readonly places: Places;
  readonly promotions: FakePromotions;
  why(name: string): schemas.Why;
  releaseList(): schemas.ReleaseList;
  acting(name: string, release: Digest | null): Omit<Acting, 'glass'>;
}

/** The fake's environments by its records. Its releases were all cut from one commit. */
export const fakeOverview = ({ staged, places, promotions, why, releaseList, acting }: OverviewParts) => ({
  overview(): schemas.Overview {
    const environments = places.all.map(({ name, live, session, declaration: { runtime, cloud } }, index) => {
      const asked = promotions.all().filter(({ environment }) => environment === name);
      const apart = live === null || !places.all[index - 1]?.live ? null : 0;
      const last = asked.findLast(({ state }) => isFinal(state));
      const told = (view: schemas.PromotionView | undefined) => (view ? { ...view, cut: staged.cutFrom } : null);
      return {
        ...{ environment: name, declared: true, runtime },
        cloud: { kind: cloud.kind, account: cloud.account, region: cloud.region },
        why: why(name),
        cut: live === null ? null : staged.cutFrom,
        ...{ behind: apart, ahead: apart },
        holder: session === null ? null : `dev session ${session}`,
        running: told(asked.find(({ state }) => state === 'running')),
        failed: told(last?.state === 'succeeded' ? undefined : last),
      };
    });
    return { at: null, environments };
  },

  matrix(query: schemas.MatrixQuery): schemas.Matrix {
    const { page, more } = listedPage(releaseList().releases, query);
    const entriesOf = (release: Digest, isBlocked: boolean, cells: readonly schemas.MatrixCell[]) =>
      places.all.flatMap(({ name, live }, index): schemas.MatrixEntry[] => {
        const state = cells.find(({ environment }) => environment === name)?.state ?? 'failed';
        if (live === release || !['failed', 'errored', 'aborted'].includes(state)) return [];
        const beforeName = places.all[index - 1]?.name ?? null;
        const entry = entryByRecords({ ...acting(name, release), release, isBlocked, beforeName }, Date.now());
        return entry ? [{ environment: name, ...entry }] : [];
      });
    const releases = page.map(({ release, blocked }) => {
      const cells = places.all.flatMap(({ name, live }) => {
        const last = promotions.all().findLast((view) => view.environment === name && view.release === release);
        if (!last) return [];
        const { promotion, state, createdAt, finishedAt, reason } = last;
        const standing = live === release ? 'live' : state === 'succeeded' ? 'was-live' : state;
        return [{ environment: name, state: standing, promotion, at: finishedAt ?? createdAt, reason } as const];
      });
      const live = places.all.flatMap((place) => (place.live === release ? [place.name] : []));
      return {
        release,
        cut: staged.cutFrom,
        blocked,
        live,
        cells,
        entries: entriesOf(release, blocked !== null, cells),
      };
    });
    return { at: null, environments: places.all.map(({ name }) => name), releases, more };
  },
});
