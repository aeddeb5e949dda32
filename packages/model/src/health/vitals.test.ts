import { describe, expect, it } from 'vitest';
import type { ComponentState } from '../ports/runtime.ts';
import { peakOfReport, unknownMemory } from './memory.ts';
import { type Measured, vitalsOf } from './vitals.ts';

const release = `sha256:0123456789ab${'0'.repeat(52)}` as const;
const now = Date.UTC(2026, 10, 28);

const api: ComponentState = {
  ...{ component: 'api', as: 'process', release, serves: true, state: 'healthy', isWell: true, restarts: 0 },
  ...{ oomKills: null, lastOomKill: null },
  memory: { usedMiB: 90, peakMiB: 120, limitMiB: 672 },
};

const well: Measured = {
  components: { value: [api] },
  jobs: { value: { waiting: 0, oldestSeconds: null } },
  disk: { value: { path: '/home/me/.soundbite', freeBytes: 50e9, totalBytes: 100e9 } },
  credentials: { value: { expiration: null } },
  now,
};

const at = (ms: number) => new Date(ms).toISOString();
const told = (over: Partial<Measured>) => vitalsOf('staging', { ...well, ...over });
const oneOf = (over: Partial<Measured>, name: string) => told(over).find((vital) => vital.name === name);
const component = (over: Partial<ComponentState>) => ({ components: { value: [{ ...api, ...over }] } });

describe('what an environment lives on', () => {
  it('is well, in numbers', () => {
    expect(told({}).map(({ name, severity, detail }) => `${name}: ${severity}, ${detail}`)).toEqual([
      'process api: well, healthy',
      'memory api: well, used at most 120 of 672 MiB (18 %)',
      'queue: well, nothing waits',
      'disk: well, 50.0 GB of 100.0 GB free at /home/me/.soundbite',
      'credentials: well, they do not expire',
    ]);
  });

  it('says what of the memory that is reserved for a component it uses', () => {
    const memory = { usedMiB: 64, peakMiB: null, limitMiB: 416, reservedMiB: 80 };
    expect(oneOf(component({ memory }), 'memory api')).toMatchObject({
      severity: 'well',
      detail: 'uses 64 of 416 MiB (15 %, 80 % of 80 reserved)',
    });
  });

  it('is never well where nobody could look, and says why', () => {
    const nobody = { unknown: 'the engine does not answer' };
    const { disk: _, ...rest } = well;
    const vitals = vitalsOf('staging', { ...rest, components: nobody, jobs: nobody, credentials: nobody });
    expect(vitals.map(({ name, severity }) => [name, severity])).toEqual([
      ['components', 'unknown'],
      ['queue', 'unknown'],
      ['credentials', 'unknown'],
    ]);
    expect(oneOf({ disk: nobody }, 'disk')).toMatchObject({ severity: 'unknown', detail: nobody.unknown });
    for (const memory of [unknownMemory, { ...unknownMemory, limitMiB: 672 }, { ...unknownMemory, peakMiB: 100 }])
      expect(oneOf(component({ memory }), 'memory api')).toMatchObject({
        severity: 'unknown',
        hint: expect.anything(),
      });
    expect(oneOf({ jobs: { value: { waiting: 2, oldestSeconds: null } } }, 'queue')?.severity).toBe('unknown');
  });

  it.each([
    ['process api', component({ state: 'ended', isWell: false, reason: 'exit code 1', restarts: 4 }), 'bad'],
    ['memory api', component({ oomKills: 1 }), 'bad'],
    ['memory api', component({ oomKills: 2, lastOomKill: at(now - 599_000) }), 'bad'],
    ['memory api', component({ oomKills: 2, lastOomKill: at(now - 600_000) }), 'warning'],
    [
      'engine disk',
      { engineDisk: { value: { path: '/var/lib/docker', freeBytes: 0.5e9, totalBytes: 1e9 } } },
      'warning',
    ],
    ['engine disk', { engineDisk: { value: null } }, 'unknown'],
    ['memory api', component({ memory: { ...api.memory, peakMiB: 605 } }), 'warning'],
    ['memory api', component({ memory: { ...api.memory, peakMiB: 604 } }), 'well'],
    // Queues do not count what somebody has taken, or what is to be retried later: nothing waits, and a job is not done.
    ['queue', { jobs: { value: { waiting: 0, oldestSeconds: 59 } } }, 'well'],
    ['queue', { jobs: { value: { waiting: 0, oldestSeconds: 60 } } }, 'warning'],
    ['queue', { jobs: { value: { waiting: 0, oldestSeconds: 300 } } }, 'bad'],
    ['queue', { jobs: { value: { waiting: 1, oldestSeconds: 59 } } }, 'well'],
    ['queue', { jobs: { value: { waiting: 1, oldestSeconds: 60 } } }, 'warning'],
    ['queue', { jobs: { value: { waiting: 1, oldestSeconds: 300 } } }, 'bad'],
    ['disk', { disk: { value: { path: '/', freeBytes: 0.5e9, totalBytes: 1e9 } } }, 'warning'],
    ['disk', { disk: { value: { path: '/', freeBytes: 0.09e9, totalBytes: 1e9 } } }, 'bad'],
    ['credentials', { credentials: { value: { expiration: now + 3_600_000 } } }, 'well'],
    ['credentials', { credentials: { value: { expiration: now + 300_000 } } }, 'warning'],
    ['credentials', { credentials: { value: { expiration: now - 1 } } }, 'bad'],
  ] as const)('%s of %j is %s', (name, over, severity) => {
    const vital = oneOf(over as Partial<Measured>, name);
    expect(vital?.severity).toBe(severity);
    // Whatever is not well has what to do next.
    expect(vital?.hint === undefined).toBe(severity === 'well');
  });

  it('tells of what is kept for a rollback only where that is not ready, and not as what users meet', () => {
    const kept = { ...api, serves: false };
    expect(oneOf({ components: { value: [kept] } }, 'process api')).toBeUndefined();
    const lost = told({ components: { value: [api, { ...kept, state: 'not there', isWell: false }] } });
    expect(lost.filter(({ severity }) => severity !== 'well')).toEqual([
      {
        name: 'process api 0123456789ab',
        severity: 'warning',
        detail: 'not there; it is kept for a rollback',
        hint: 'soundbite up',
      },
    ]);
  });
});

it('the report of an invocation says the most memory that it used, as text and as JSON', () => {
  const text = 'REPORT RequestId: 1\tDuration: 2.00 ms\tMemory Size: 512 MB\tMax Memory Used: 87 MB\t';
  expect(peakOfReport(text)).toBe(87);
  const record = { requestId: '1', metrics: { durationMs: 2, memorySizeMB: 512, maxMemoryUsedMB: 88 } };
  expect(peakOfReport(JSON.stringify({ type: 'platform.report', record }))).toBe(88);
  for (const line of ['', 'Max Memory Used: 87 MB', '{', '{"type":"platform.start"}', '{"type":"platform.report"}'])
    expect(peakOfReport(line)).toBeNull();
});
