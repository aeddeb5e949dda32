import type * as schemas from '../schemas.ts';
import type { Staged } from './fake-staging.ts';

/** Where commits are live in the fake, now and in what it keeps of the past: all releases have the same history. */
export const fakeCommits =
  (staged: Pick<Staged, 'cutFrom' | 'earlier'>, overview: (query: schemas.OverviewQuery) => schemas.Overview) =>
  ({ find, at }: schemas.CommitsQuery): schemas.CommitsLive => {
    const said = find.toLowerCase();
    const words = said.split(/\s+/);
    const live = overview({ ...(at !== undefined && { at }) }).environments.filter(({ cut }) => cut !== null);
    const environments = live.map(({ environment }) => environment);
    const { commit, subject } = staged.cutFrom;
    const commits = [{ commit, subject: subject ?? '' }, ...staged.earlier]
      .filter((one) => one.commit.startsWith(said) || words.every((word) => one.subject.toLowerCase().includes(word)))
      .map((one) => ({ ...one, environments }));
    return { commits: environments.length > 0 ? commits : [], isMore: false, unread: [] };
  };
