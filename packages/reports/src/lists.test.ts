import { digestOf } from '@soundbite/model/digest.ts';
import { entryHash } from '@soundbite/model/ledger.ts';
import { describe, expect, it } from 'vitest';
import {
  cutReport,
  environmentsReport,
  freezeListReport,
  historyReport,
  holdListReport,
  ledgerReport,
  pushedReport,
  releaseReport,
  releasesReport,
  removedReport,
} from './index.ts';
import { a, at, b, view } from './testing.ts';

describe('lists', () => {
  it('of freezes and holds keep a line for each, whatever its reason holds', () => {
    const one = { id: 'f-1', environment: 'staging', until: at, reason: 'a\nnight', by: 'ana' };
    expect(freezeListReport([{ ...one, from: at }]).split('\n')).toHaveLength(2);
    expect(holdListReport([{ ...one, scope: 'all' }]).split('\n')).toHaveLength(2);
  });

  it('of releases', () => {
    expect(releasesReport({ releases: [], shared: null })).toBe('no release has been cut yet: soundbite release cut');
    const release = { release: a, commit: 'c'.repeat(40), committedAt: at, dirty: true, environments: [] };
    const kept = { here: true, shared: null };
    expect(releasesReport({ releases: [{ ...release, ...kept }], shared: null }).split('\n')[1]).toBe(
      'aaaaaaaaaaaa  ccccccc + changes  2026-01-02 03:04:05  -',
    );
    const blocked = { release: a, blocked: true, reason: 'wrong prices', by: 'ana' };
    const listed = { ...release, ...kept, environments: ['staging'], blocked };
    expect(releasesReport({ releases: [listed], shared: null })).toMatch(/live in +blocked\n.+staging +by ana$/);
  });

  it('of releases with where each is kept, when homes share a store', () => {
    const facts = { commit: 'c'.repeat(40), committedAt: at, dirty: false, environments: [] };
    const releases = [
      { ...facts, release: a, here: true, shared: true },
      { ...facts, release: b, here: true, shared: false },
      { ...facts, release: digestOf('c'), here: false, shared: true },
      { ...facts, release: digestOf('d'), here: true, shared: null },
    ];
    const problem = {
      code: 'release-store-down',
      message: 'the shared release store s3://team does not answer',
      hint: 'check the network',
    };
    const lines = releasesReport({ releases, shared: { address: 's3://team', problem } }).split('\n');
    expect(lines[0]).toBe('release       commit   committed at         kept          live in');
    expect(lines.slice(1, 5).map((line) => line.slice(43).trim())).toEqual([
      'here, shared  -',
      'here          -',
      'shared        -',
      'here, ?       -',
    ]);
    expect(lines.slice(5)).toEqual([problem.message, '    → check the network']);
  });

  it('of one release that is shared, is not, or may be', () => {
    const address = `s3://team/${a.slice(7)}`;
    const problem = { code: 'release-store-down', message: 'the store does not answer', hint: 'check the network' };
    const cut = { release: a, path: '/r', commit: 'c'.repeat(40), dirty: false, created: true, uncommitted: [] };
    const linesOf = (shared: Parameters<typeof cutReport>[0]['shared']) =>
      cutReport({ ...cut, shared })
        .split('\n')
        .slice(2);
    expect(linesOf(null)).toEqual([]);
    expect(linesOf({ address, holds: true, problem: null })).toEqual([`shared: ${address}`]);
    expect(linesOf({ address, holds: false, problem: null })).toEqual([
      'shared: no',
      '    → soundbite release push aaaaaaaaaaaa',
    ]);
    expect(linesOf({ address, holds: false, problem })).toEqual([
      'shared: no: the store does not answer',
      '    → check the network',
    ]);
    expect(pushedReport({ release: a, address, put: 0 })).toBe(`${a} was in ${address} already`);
    expect(pushedReport({ release: a, address, put: 2 })).toBe(`${a} is in ${address}: 2 files put`);
    expect(removedReport({ release: a, shared: { address, holds: true, problem: null } })).toBe(
      `${a} is removed from this home; it stays in ${address}`,
    );
    expect(removedReport({ release: a, shared: { address, holds: null, problem } })).toContain('it is unknown whether');
    expect(removedReport({ release: a, shared: null })).toBe(`${a} is removed from this home`);
  });

  it('of one release', () => {
    const text = releaseReport({
      release: a,
      path: null,
      shared: { address: 's3://team/aaaa', holds: true, problem: null },
      manifest: {
        service: { name: 'orders' },
        smoke: { command: ['node', 'main.mjs'], seconds: 60 },
        migration: { command: ['./migrate'], seconds: 3600 },
        environments: ['staging'],
        files: [{ bytes: 2_000_000 }, { bytes: 500_000 }],
      },
      provenance: {
        commit: 'c'.repeat(40),
        committedAt: at,
        dirty: false,
        inputs: b,
        tools: { node: '24.21.0', esbuild: '0.28.2' },
      },
      live: ['staging'],
      blocked: { release: a, blocked: true, reason: 'wrong prices', by: 'ana' },
    });
    expect(text.split('\n')).toEqual([
      `release  ${a}`,
      'path     not in this home; a promotion fetches it',
      'shared   s3://team/aaaa',
      `commit   ${'c'.repeat(40)}, 2026-01-02 03:04:05`,
      'service  orders',
      'smoke    node main.mjs, at most 60 s',
      'migration ./migrate, at most 3600 s',
      `inputs   ${b}`,
      'holds    2 files, 2.5 MB, for staging',
      'tools    node 24.21.0, esbuild 0.28.2',
      'live in  staging',
      'blocked  aaaaaaaaaaaa is blocked by ana (wrong prices); soundbite unblock aaaaaaaaaaaa',
    ]);
  });

  it('of a release that was adopted: from which stacks, and where alone it can be', () => {
    const facts = { commit: 'c'.repeat(40), committedAt: at, dirty: false };
    const text = releaseReport({
      release: a,
      path: '/r',
      shared: null,
      manifest: { environments: ['staging'], files: [{ bytes: 1 }] },
      provenance: { ...facts, inputs: b, tools: {}, adopted: { account: '000000000001', stacks: ['Data', 'Api'] } },
      live: [],
    });
    expect(text).toContain('adopted  from Data, Api in account 000000000001; can be in staging alone\n');
    const listed = { ...facts, release: a, environments: [], here: true, shared: null, adopted: 'staging' };
    expect(releasesReport({ releases: [listed], shared: null })).toMatch(/aaaaaaaaaaaa +adopted in staging +2026/);
  });

  it('of one release with changes that were not committed, each by name', () => {
    const text = releaseReport({
      release: a,
      path: '/r',
      shared: null,
      manifest: { environments: ['staging'], files: [{ bytes: 1 }] },
      provenance: {
        commit: 'c'.repeat(40),
        committedAt: at,
        dirty: true,
        uncommitted: [{ path: 'environments.yaml', change: 'removed' }],
        inputs: b,
        tools: {},
      },
      live: [],
    });
    expect(text.split('\n').slice(2, 4)).toEqual([
      `commit   ${'c'.repeat(40)} + changes, 2026-01-02 03:04:05`,
      '         removed  environments.yaml',
    ]);
  });

  it('of a cut', () => {
    const cut = { release: a, path: '/r', commit: 'c'.repeat(40), dirty: true, created: true, shared: null };
    const uncommitted = [
      { path: 'cdk/lib/data.ts', change: 'modified' },
      { path: 'cdk/a\nb.ts', change: 'added' },
    ];
    expect(cutReport({ ...cut, uncommitted })).toBe(
      `cut ${a}\nfrom ccccccc + changes, in /r\n  modified cdk/lib/data.ts\n  added    "cdk/a\\nb.ts"`,
    );
    expect(cutReport({ ...cut, uncommitted: [], created: false })).toContain(`unchanged inputs; already there: ${a}`);
  });

  it('of promotions', () => {
    expect(historyReport([])).toBe('nothing has been promoted yet');
    const [, row] = historyReport([view({ state: 'failed', reason: 'smoke: silence' })]).split('\n');
    expect(row).toBe(
      '2026-01-02 03:04:05  production   promote  aaaaaaaaaaaa  bbbbbbbbbbbb  failed  -       -       local  p-1        smoke: silence',
    );
  });

  it('of promotions with how long each waited, and how long it worked', () => {
    const spans = (more: Partial<Parameters<typeof view>[0]>) =>
      historyReport([view({ state: 'succeeded', ...more })])
        .split('\n')[1]
        ?.match(/succeeded {2}(.*?) {2,}(.*?) {2,}local/)
        ?.slice(1);
    const createdAt = '2026-01-02T03:00:00.000Z';
    const finishedAt = '2026-01-02T03:02:08.500Z';
    expect(spans({ createdAt, beganAt: '2026-01-02T03:02:00.000Z', finishedAt })).toEqual(['2 min 0 s', '8.5 s']);
    expect(spans({ createdAt, beganAt: null, finishedAt })).toEqual(['2 min 9 s', '-']);
    expect(spans({ createdAt, beganAt: createdAt, finishedAt: null })).toEqual(['0.0 s', '-']);
  });

  it('of promotions in environments of another home', () => {
    const [, row] = historyReport([view({ home: 'f'.repeat(32) })]).split('\n');
    expect(row).toContain('  production @ffffffff  promote');
  });

  it('of promotions with what they were asked with', () => {
    const asked = {
      reason: 'a "hot" fix\u001b[2J',
      override: true,
      breakGlass: false,
      allowRemovals: ['Queue'],
      through: 'production',
    };
    const [head, row] = historyReport([view({ state: 'succeeded', asked })]).split('\n');
    expect(head).toMatch(/ promotion +asked with +reason$/);
    expect(row).toMatch(
      / p-1 {8}--through production --override --reason "a \\"hot\\" fix\\u001b\[2J" --allow-removal Queue$/,
    );
  });

  it('of the ledger, and whether it is whole', () => {
    const rest = { sequence: 1, at, kind: 'promotion.requested', subject: 'p-1', payload: { n: 1 }, previous: null };
    const entry = { ...rest, hash: entryHash(rest) };
    expect(ledgerReport([entry]).split('\n').slice(1)).toEqual([
      '1  2026-01-02 03:04:05  promotion.requested  p-1      {"n":1}',
      'the chain of 1 entry is unbroken',
    ]);
    expect(ledgerReport([{ ...entry, hash: digestOf('x') }])).toContain(
      'the chain is broken at entry 1: it was altered after it was written',
    );
    expect(ledgerReport([])).toBe('the chain of 0 entries is unbroken');
  });

  it('of environments', () => {
    expect(environmentsReport([])).toBe('');
  });
});
