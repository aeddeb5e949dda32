import { listedPage, SoundBiteError } from '@soundbite/model';
import type * as schemas from '../schemas.ts';
import { pageIn } from './fake-looks.ts';

interface Present {
  overview(): schemas.Overview;
  matrix(query: schemas.MatrixQuery): schemas.Matrix;
  promotionList(query: schemas.PromotionListQuery): schemas.PromotionList;
  /** Oldest first. */
  all(): readonly schemas.PromotionView[];
}

interface Kept {
  readonly from: number;
  readonly overview: schemas.Overview;
  readonly matrix: schemas.Matrix;
  readonly list: readonly schemas.PromotionView[];
}

/** The fake's answers about the past: what it would have answered after each change, kept. */
export function fakePast(present: Present, watch: (watcher: () => void) => unknown) {
  const kept: Kept[] = [];
  const keep = () => {
    const now = {
      overview: present.overview(),
      matrix: present.matrix({ limit: 200 }),
      list: present.all().toReversed(),
    };
    kept.push({ from: Date.now(), ...structuredClone(now) });
  };
  keep();
  watch(keep);
  const keptAt = (at: string) => {
    const hint = 'name a time that is over';
    if (Date.parse(at) > Date.now()) throw new SoundBiteError('usage', `${at} has not come yet`, { hint });
    if (!(Date.parse(at) >= Date.parse('0001-01-01T00:00:00Z')))
      throw new SoundBiteError('usage', `${at} is no time`, { hint });
    return kept.findLast(({ from }) => from <= Date.parse(at)) ?? kept[0];
  };
  return {
    overview({ at }: schemas.OverviewQuery = {}): schemas.Overview {
      const then = at === undefined ? undefined : keptAt(at);
      return then ? { ...then.overview, at: at ?? null } : present.overview();
    },
    promotionList(query: schemas.PromotionListQuery): schemas.PromotionList {
      const { at, ...which } = query;
      if (at === undefined) return present.promotionList(which);
      // What is no environment is none of the past either.
      present.promotionList({ limit: 1, ...(which.environment !== undefined && { environment: which.environment }) });
      return pageIn(keptAt(at)?.list ?? [], which);
    },
    matrix(query: schemas.MatrixQuery): schemas.Matrix {
      const { at } = query;
      const then = at === undefined ? undefined : keptAt(at);
      if (!then) return present.matrix(query);
      const { page, more } = listedPage(then.matrix.releases, query);
      return { ...then.matrix, at: at ?? null, releases: [...page], more };
    },
  };
}
