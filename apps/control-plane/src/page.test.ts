import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SoundBiteError } from '@soundbite/model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pagePlaces } from './page.ts';
import { realAccount, worldOn } from './testing.ts';
import type { World } from './world/world.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'soundbite-page-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** The one place on the page, where these throw instead of answering. */
async function place({ records, get }: { readonly records?: Error; readonly get?: (() => object) | Error } = {}) {
  const world = worldOn(realAccount());
  const answer = <Result>(error: Error | undefined, result: Result) =>
    error ? Promise.reject(error) : Promise.resolve(result);
  const more = {
    broughtBy: () => answer(undefined, null),
    evidenceSaid: () => answer(undefined, []),
    coming: () => answer(records, []),
    commitText: async () => null,
  };
  const engine = { ...world.engine, records: { ...world.engine.records, ...more } };
  const own = async () => {
    if (get instanceof Error) throw get;
    return get?.() ?? { provenance: {} };
  };
  const asked = { ...world, engine, config: { root }, ownReleases: { get: own } } as unknown as World;
  const [only] = await pagePlaces(asked);
  return only;
}

const refused = new SoundBiteError('release-unknown', 'gone', { hint: 'fetch it' });
const mistake = new TypeError('x is undefined');

describe('a place on the page', () => {
  it('is shown without what the records, or this home, refuse to say', async () => {
    expect(await place()).toMatchObject({ status: { name: 'staging' }, why: { environment: 'staging' } });
    expect(await place({ records: refused, get: refused })).toMatchObject({
      ...{ status: { name: 'staging' }, why: null, cut: null },
    });
  });

  it('hides no mistake of ours', async () => {
    await expect(place({ records: mistake })).rejects.toBe(mistake);
    await expect(place({ get: mistake })).rejects.toBe(mistake);
  });

  it('says what its release was cut from, and asks git once: a commit never changes', async () => {
    const git = (...words: string[]) =>
      execFileSync('git', ['-C', root, '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...words], {
        encoding: 'utf8',
      }).trim();
    git('init', '--quiet');
    git('commit', '--quiet', '--allow-empty', '--message', 'Louder\n\nAnd longer.');
    const commit = git('rev-parse', 'HEAD');
    const provenance = { commit, committedAt: '2026-12-01T08:00:00Z', dirty: false };
    const get = () => ({ provenance });
    expect(await place({ get })).toMatchObject({ cut: { ...provenance, subject: 'Louder' } });
    rmSync(join(root, '.git'), { recursive: true });
    expect(await place({ get })).toMatchObject({ cut: { subject: 'Louder' } });
    expect(await place({ get: () => ({ provenance: { ...provenance, commit: 'e'.repeat(40) } }) })).toMatchObject({
      cut: { commit: 'e'.repeat(40), subject: null },
    });
  });
});
