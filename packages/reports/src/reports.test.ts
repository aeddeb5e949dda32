import type { PromotionView } from '@soundbite/model/promotion.ts';
import { describe, expect, it } from 'vitest';
import {
  ansi,
  duration,
  errorReport,
  findingsReport,
  healthReport,
  type PlanReportFacts,
  plain,
  planReport,
  printable,
  promotionDocument,
  promotionFrame,
  promotionLines,
  promotionSummary,
  statusReport,
} from './index.ts';
import { a, b, view } from './testing.ts';

describe('words', () => {
  it.each([
    [0, '0.0 s'],
    [0.44, '0.4 s'],
    [59.9, '59.9 s'],
    [59.96, '1 min 0 s'],
    [75, '1 min 15 s'],
    [3599.6, '1 h 0 min'],
    [7260, '2 h 1 min'],
  ])('%d seconds are %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });

  it('that others wrote move no cursor', () => {
    expect(printable('a\u001b[2Jb\rc\u009bd\ne\tf')).toBe('a\\x1b[2Jb\\x0dc\\x9bd\ne\tf');
  });
});

describe('a promotion', () => {
  it('is the contract, and nothing beside it', () => {
    const steps = [{ name: 'smoke' as const, state: 'failed' as const, seconds: 1.5, detail: 'silence' }];
    expect(promotionDocument({ ...view({ steps }), revision: 7 } as PromotionView)).toEqual({
      promotion: 'p-1',
      environment: 'production',
      release: a,
      previous: b,
      state: 'running',
      reason: null,
      gates: [],
      steps: [{ name: 'smoke', state: 'failed', seconds: 1.5 }],
    });
  });

  it('says what is new since the last look, and nothing twice', () => {
    const first = view();
    expect(promotionLines(null, first)).toEqual([
      'production ← aaaaaaaaaaaa (was bbbbbbbbbbbb)  p-1',
      'production  verify running',
    ]);
    expect(promotionLines(first, first)).toEqual([]);
    const second = view({
      steps: [
        { name: 'verify', state: 'succeeded', seconds: 0.25, detail: '12 files' },
        { name: 'smoke', state: 'failed', seconds: 3, detail: 'order: missing' },
      ],
      state: 'failed',
      reason: 'order: missing',
      finishedAt: '2026-01-02T03:04:10.678Z',
    });
    expect(promotionLines(first, second)).toEqual([
      'production  verify succeeded 0.3 s: 12 files',
      'production  smoke failed 3.0 s: order: missing',
      'production ← aaaaaaaaaaaa (was bbbbbbbbbbbb) failed in 5.0 s: order: missing',
    ]);
  });

  it('says where it goes on to', () => {
    expect(promotionLines(null, view({ rest: ['staging', 'production'] }))[0]).toBe(
      'production ← aaaaaaaaaaaa (was bbbbbbbbbbbb)  p-1, then staging, production',
    );
  });

  it('says once that it waits', () => {
    const waiting = view({ state: 'waiting', steps: [], reason: 'p-0 holds the lock' });
    expect(promotionLines(null, waiting)[1]).toBe('production  waiting: p-0 holds the lock');
    expect(promotionLines(waiting, waiting)).toEqual([]);
    const accepted = view({ state: 'waiting', steps: [] });
    expect(promotionLines(null, accepted)).toEqual(['production ← aaaaaaaaaaaa (was bbbbbbbbbbbb)  p-1']);
    expect(promotionLines(accepted, waiting)).toEqual(['production  waiting: p-0 holds the lock']);
  });

  it('into an empty environment, and back, have words of their own', () => {
    const finishedAt = '2026-01-02T03:05:35.678Z';
    expect(promotionSummary(view({ previous: null, state: 'succeeded', finishedAt }))).toBe(
      'production ← aaaaaaaaaaaa (was empty) succeeded in 1 min 30 s',
    );
    expect(promotionSummary(view({ kind: 'rollback', state: 'running' }))).toBe(
      'production back to aaaaaaaaaaaa (was bbbbbbbbbbbb) running',
    );
  });

  it('is drawn with elapsed times', () => {
    const steps = [
      { name: 'verify' as const, state: 'succeeded' as const, seconds: 0.2 },
      { name: 'watch' as const, state: 'running' as const, seconds: null },
    ];
    expect(promotionFrame(view({ steps }), { whole: 4.2, step: 1.1 }, 80)).toEqual([
      'production ← aaaaaaaaaaaa (was bbbbbbbbbbbb)  4.2 s',
      '  ✓ verify         0.2 s',
      '  ● watch          1.1 s',
    ]);
    const waiting = view({ state: 'waiting', steps: [], reason: 'p-0 holds production' });
    expect(promotionFrame(waiting, { whole: 4.2, step: 1.1 }, 80)[1]).toBe('  ● waiting: p-0 holds production');
  });

  it('names the steps to come with what they usually take, until it goes back or ends', () => {
    const planned = [
      { name: 'verify' as const, usualSeconds: 0.2 },
      { name: 'publish' as const, usualSeconds: 3 },
      { name: 'shift' as const, usualSeconds: null },
    ];
    const steps = [
      { name: 'verify' as const, state: 'succeeded' as const, seconds: 0.2 },
      { name: 'publish' as const, state: 'running' as const, seconds: null },
    ];
    const frame = (more: Partial<PromotionView>) =>
      promotionFrame(view({ planned, ...more }), { whole: 4, step: 1 }, 80);
    expect(frame({ steps }).slice(2)).toEqual(['  ● publish        1.0 s of about 3.0 s', '  ○ shift']);
    const back = [...steps.slice(0, 1), { name: 'rollback' as const, state: 'running' as const, seconds: null }];
    expect(frame({ steps: back })).toHaveLength(3);
    expect(frame({ steps, state: 'aborted' })).toHaveLength(3);
  });

  it('that is retried says why while it runs', () => {
    const before = view();
    const after = view({ reason: 'smoke: no; the rollback is retried: no weights today' });
    expect(promotionLines(before, after)).toEqual(['production  smoke: no; the rollback is retried: no weights today']);
    expect(promotionFrame(after, { whole: 4, step: 1 }, 80)[1]).toContain('retried');
  });
});

describe('status', () => {
  const environment = {
    name: 'staging',
    state: 'down',
    release: null,
    url: null,
    runtime: 'aws',
    cloud: { kind: 'real', account: '123456789012', region: 'eu-central-1' },
    promotion: null,
    findings: [],
  };
  const controlPlane = { url: 'http://127.0.0.1:8100', pid: 7 };

  it('has a column for promotions when there is one', () => {
    const promotion = { id: 'p-1', release: a, state: 'running', step: 'smoke' };
    const waiting = { id: 'p-2', release: b, state: 'waiting', step: null };
    const environments = [
      { ...environment, promotion },
      { ...environment, name: 'production', promotion: waiting },
      { ...environment, name: 'x' },
    ];
    expect(statusReport({ controlPlane, environments }).split('\n')).toEqual([
      'environment  state  release  runtime  cloud                           url  promotion',
      'staging      down   -        aws      real 123456789012 eu-central-1  -    aaaaaaaaaaaa smoke  p-1',
      'production   down   -        aws      real 123456789012 eu-central-1  -    bbbbbbbbbbbb waiting  p-2',
      'x            down   -        aws      real 123456789012 eu-central-1  -    -',
      '',
      'control plane http://127.0.0.1:8100 (pid 7)',
    ]);
  });

  it('names what is not well, where, and the way out', () => {
    const findings = [
      { name: 'drift fn:7', ok: false, detail: 'takes 40 % of the traffic', hint: 'soundbite promote' },
    ];
    const environments = [
      { ...environment, findings },
      { ...environment, name: 'x' },
    ];
    expect(statusReport({ controlPlane, environments }).split('\n').slice(3)).toEqual([
      '',
      'staging',
      'BAD  drift fn:7  takes 40 % of the traffic',
      '                 → soundbite promote',
      '',
      'control plane http://127.0.0.1:8100 (pid 7)',
    ]);
  });

  it('says where the way back ends, and why', () => {
    const refused = { code: 'release-format-old', reason: 'the release is too old', hint: 'soundbite release cut' };
    const environments = [
      { ...environment, wayBack: { floor: a, refused: null } },
      { ...environment, name: 'production', wayBack: { floor: null, refused } },
      { ...environment, name: 'x', wayBack: { floor: null, refused: null } },
    ];
    expect(statusReport({ controlPlane, environments }).split('\n').slice(4, -1)).toEqual([
      '',
      'staging: rollbacks end at aaaaaaaaaaaa, which migrated the data',
      'production cannot be rolled back: the release is too old; soundbite release cut',
    ]);
  });

  it('says which live release was adopted, and from what', () => {
    const environments = [
      { ...environment, release: a, adopted: ['OrdersData', 'OrdersApi'] },
      { ...environment, name: 'x', release: b, adopted: null },
    ];
    expect(statusReport({ controlPlane, environments }).split('\n').slice(3, -1)).toEqual([
      '',
      'staging: aaaaaaaaaaaa was adopted from OrdersData, OrdersApi',
    ]);
  });

  it('says what is still to come after a promotion', () => {
    const promotion = { id: 'p-1', release: a, state: 'running', step: 'smoke' };
    const rest = new Map([['p-1', ['production', 'moon']]]);
    const [, row] = statusReport({ controlPlane, environments: [{ ...environment, promotion }] }, plain, rest).split(
      '\n',
    );
    expect(row).toMatch(/ aaaaaaaaaaaa smoke {2}p-1, then production, moon$/);
  });

  it('is coloured only when asked, and keeps its columns', () => {
    const coloured = statusReport({ controlPlane, environments: [environment] }, ansi);
    expect(coloured).toContain('\u001b[31mdown\u001b[39m   -');
    const bare = coloured.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g'), '');
    expect(bare).toBe(statusReport({ controlPlane, environments: [environment] }));
  });

  it('of health names restarts, jobs and what to do', () => {
    const findings = [
      { name: 'ready', ok: true, detail: '12 ms' },
      { name: 'digest', ok: false, detail: 'another one runs', hint: 'soundbite promote staging' },
    ];
    const jobs = { waiting: 3, oldestSeconds: 61.4 };
    const health = { environments: [{ name: 'staging', state: 'degraded', release: a, findings, restarts: 1, jobs }] };
    expect(healthReport(health).split('\n')).toEqual([
      'staging  degraded  release aaaaaaaaaaaa, 1 restart, 3 jobs waiting (oldest 61 s)',
      '  ok   ready   12 ms',
      '  BAD  digest  another one runs',
      '               → soundbite promote staging',
    ]);
    expect(findingsReport([])).toBe('');
  });

  it('of what is not known or scarce says that, and never that it is well', () => {
    const findings = [
      { name: 'memory api', ok: true, severity: 'unknown', detail: 'nobody tells', hint: 'soundbite status' },
      { name: 'disk', ok: true, severity: 'warning', detail: '0.5 GB free', hint: 'make room' },
      { name: 'queue', ok: true, severity: 'well', detail: 'nothing waits' },
    ] as const;
    expect(findingsReport(findings).split('\n')).toEqual([
      '?    memory api  nobody tells',
      '                 → soundbite status',
      'WARN disk        0.5 GB free',
      '                 → make room',
      'ok   queue       nothing waits',
    ]);
  });
});

describe('a plan', () => {
  const plan: PlanReportFacts = {
    environment: 'production',
    release: a,
    current: b,
    commits: [{ commit: 'c'.repeat(40), subject: 'Speak louder' }],
    removals: [{ id: 'WorkerRole/policy', what: 'permission', detail: 'sqs:SendMessage is gone' }],
    resources: [
      { id: 'Table', type: 'AWS::DynamoDB::Table', change: 'modify' },
      { id: 'Alarm', type: 'AWS::CloudWatch::Alarm', change: 'add' },
    ],
    settings: [
      { path: 'limits.textBytes', from: 3000, to: 4000 },
      { path: 'colour', to: 'red' },
    ],
    admission: { admitted: false, reason: 'it is not live in staging', hint: 'soundbite promote staging' },
    steps: [
      { name: 'verify', expectedSeconds: 0.2 },
      { name: 'watch', expectedSeconds: null },
    ],
    expectedSeconds: 12,
  };

  it('says everything that would change, and that nothing was touched', () => {
    expect(planReport(plan).split('\n')).toEqual([
      'production: bbbbbbbbbbbb → aaaaaaaaaaaa',
      'refused: it is not live in staging',
      '  → soundbite promote staging',
      'commits:',
      '  ccccccc Speak louder',
      'resources:',
      '  ~ Table (AWS::DynamoDB::Table)',
      '  + Alarm (AWS::CloudWatch::Alarm)',
      'settings:',
      '  ~ limits.textBytes: 3000 → 4000',
      '  ~ colour: absent → "red"',
      'refused unless named with --allow-removal:',
      '  - WorkerRole/policy (permission): sqs:SendMessage is gone',
      'steps: verify 0.2 s, watch; about 12.0 s in all',
      'nothing was touched',
    ]);
  });

  it('says where a rollback would go from there, or why it would go nowhere', () => {
    const lastOf = (rollback: NonNullable<PlanReportFacts['rollback']>) =>
      planReport({ ...plan, rollback })
        .split('\n')
        .slice(14, -1);
    const usual = { to: b, ready: true, obstacles: [], usualSeconds: 2.14 };
    expect(lastOf(usual)).toEqual(['rollback: to bbbbbbbbbbbb, whose version is ready, usually within 2.1 s']);
    expect(lastOf({ ...usual, ready: false, usualSeconds: null })).toEqual([
      'rollback: to bbbbbbbbbbbb, whose version would be made again',
    ]);
    const obstacles = [{ code: 'x', reason: 'it has migrated the data', hint: 'promote a release that mends it' }];
    expect(lastOf({ to: null, ready: null, obstacles, usualSeconds: null })).toEqual([
      'rollback: not possible after it',
      '  it has migrated the data',
      '  → promote a release that mends it',
    ]);
  });

  it('tells what no name allows apart from what a name allows', () => {
    const removals = [
      ...plan.removals,
      { id: 'data/Jobs', what: 'export' as const, detail: 'the output data/Jobs is removed, and api imports it' },
    ];
    const lines = planReport({ ...plan, removals }).split('\n');
    expect(lines.slice(-6, -2)).toEqual([
      'refused: CloudFormation keeps an export while another stack imports it:',
      '  - data/Jobs (export): the output data/Jobs is removed, and api imports it',
      'refused unless named with --allow-removal:',
      '  - WorkerRole/policy (permission): sqs:SendMessage is gone',
    ]);
  });

  it('says what would become of it, whatever the order says', () => {
    const gate = (name: string, verdict: 'pass' | 'wait' | 'fail') => ({
      ...{ gate: name, moment: 'entry' as const, verdict, reasons: [], until: null, seconds: null },
    });
    const admission = { admitted: true as const, note: 'healthy in staging' };
    const glass = {
      ...({ promotion: 'p-1', environment: 'staging', release: `sha256:${'a'.repeat(64)}`, by: 'ana' } as const),
      ...{ reason: 'outage', at: '2026-01-02T03:00:00.000Z', until: '2026-01-03T03:00:00.000Z' },
    };
    const broke = 'ana broke the glass of staging for aaaaaaaaaaaa at 2026-01-02 03:00 UTC (outage): promotion p-1';
    expect(planReport({ ...plan, glass: [glass] }).split('\n')).toContain(broke);
    const second = (...gates: ReturnType<typeof gate>[]) => planReport({ ...plan, admission, gates }).split('\n')[1];
    expect(second(gate('soak', 'pass'))).toBe('admitted: healthy in staging');
    expect(second(gate('freeze', 'wait'), gate('approval', 'wait'))).toBe(
      'would wait for freeze, approval; its order: healthy in staging',
    );
    expect(second(gate('freeze', 'wait'), gate('block', 'fail'))).toBe(
      'refused by block; its order: healthy in staging',
    );
  });

  it('leaves out what does not change, and counts what is too much', () => {
    const resources = Array.from({ length: 25 }, (_, index) => ({ id: `R${index}`, type: 'T', change: 'add' }));
    const lines = planReport({
      ...plan,
      current: a,
      commits: null,
      removals: [],
      settings: [],
      resources,
      expectedSeconds: null,
    }).split('\n');
    expect(lines[0]).toBe('production: nothing new, aaaaaaaaaaaa → aaaaaaaaaaaa');
    expect(lines).toContain('  unknown: git cannot say');
    const cut = { commit: 'c'.repeat(40), subject: 'Louder' };
    expect(planReport({ ...plan, commits: null, cut })).toContain(
      'commits:\n  ccccccc Louder\n  others unknown: git cannot say\n',
    );
    expect(lines).toContain('  … and 5 more lines');
    expect(lines).not.toContain('settings:');
    expect(lines.at(-2)).toBe('steps: verify 0.2 s, watch');
  });
});

describe('an error', () => {
  it('has its hint on a line of its own; several problems keep their lines', () => {
    expect(errorReport({ code: 'declaration-invalid', message: 'one\ntwo', hint: 'soundbite env list' })).toBe(
      'error: one\n       two\n    → soundbite env list',
    );
    expect(errorReport({ code: 'x', message: 'y', hint: '' })).toBe('error: y');
  });
});
