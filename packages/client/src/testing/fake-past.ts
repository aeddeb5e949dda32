import { listedPage, SoundBiteError } from '@soundbite/model';
import type * as schemas from '../schemas.ts';

interface Present {
  overview(): schemas.Overview;
  matrix(query: schemas.MatrixQuery): schemas.Matrix;
}

/** The fake's answers about the past: what it would have answered after each change, kept. */
export function fakePast(present: Present, watch: (watcher: () => void) => unknown) {
  const kept: { readonly from: number; readonly overview: schemas.Overview; readonly matrix: schemas.Matrix }[] = [];
  const keep = () => {
    const now = { overview: present.overview(), matrix: present.matrix({ limit: 200 }) };
    kept.push({ from: Date.now(), ...structuredClone(now) });
  };
  keep();
  watch(keep);
  const keptAt = (at: string) => {
    if (Date.parse(at) > Date.now() + 60_000)
      throw new SoundBiteError('usage', `${at} has not come yet`, { hint: 'name a time that is over' });
    return kept.findLast(({ from }) => from <= Date.parse(at)) ?? kept[0];
  };
  return {
    overview({ at }: schemas.OverviewQuery = {}): schemas.Overview {
      const then = at === undefined ? undefined : keptAt(at);
      return then ? { ...then.overview, at: at ?? null } : present.overview();
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
