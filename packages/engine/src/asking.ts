import { SoundBiteError } from '@soundbite/model';
import { patience } from './patience.ts';
import type { Records, RevisedView } from './store/records.ts';

/** The last view given to a follower, and news since then: a follower that continues from it reads nothing before. */
interface Given {
  readonly revision: number;
  readonly news: Promise<void>;
}

/** Gives a promotion's view, at once or when it changed. Errors: `promotion-unknown`. */
export function viewer(
  store: Pick<Records, 'view' | 'revision'>,
  next: (subjects: readonly string[], ms: number) => Promise<void>,
) {
  const given = new Map<string, Given>();
  const keep = (id: string, mine: Given): void => {
    given.set(id, mine);
    void mine.news.then(() => {
      if (given.get(id) === mine) given.delete(id);
    });
  };
  return async (id: string, seen?: number, waitMs = 0): Promise<RevisedView> => {
    const deadline = performance.now() + waitMs;
    const before = waitMs < patience.lost.viewMs ? undefined : given.get(id);
    const isSeen = before !== undefined && before.revision === seen;
    if (isSeen) await before.news;
    // A follower has usually seen the latest view, so the first look only compares revisions.
    for (let isFirst = seen !== undefined && !isSeen; ; isFirst = false) {
      const left = deadline - performance.now();
      // Asked for before the look, which then misses nothing.
      const news = left > 0 ? next([id], Math.min(left, patience.lost.viewMs)) : null;
      if (!isFirst || news === null || (await store.revision(id)) !== seen) {
        const found = await store.view(id);
        if (!found) throw promotionUnknown(id);
        if (news && found.revision !== seen) keep(id, { revision: found.revision, news });
        if (news === null || found.revision !== seen) return found;
      }
      await news;
    }
  };
}

/** See `Engine.abort`. */
export async function abort(
  store: Records,
  view: (id: string) => Promise<RevisedView>,
  id: string,
  reason: string,
  by?: string,
): Promise<RevisedView> {
  const { steps } = await view(id);
  if (steps.some((step) => step.name === 'rollback' && step.state === 'running')) {
    await store.giveUp(id, reason, by);
    return view(id);
  }
  if (await store.stop(id, reason, by)) return view(id);
  const next = await store.follower(id);
  if (next) return abort(store, view, next.id, reason, by);
  // It may have ended since the first look.
  const { state } = await view(id);
  throw new SoundBiteError('promotion-over', `promotion ${id} has already ${state}`, {
    hint: 'soundbite history',
  });
}

export const promotionUnknown = (id: string): SoundBiteError =>
  new SoundBiteError('promotion-unknown', `there is no promotion ${id}`, { hint: 'soundbite history' });
