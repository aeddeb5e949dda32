import type { Release, Runtime, Target } from '@soundbite/model';
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest';
import type { Machine } from '../here.ts';
import { awsRuntime } from './runtime.ts';
import { fakeAws } from './testing.ts';
import { testOutputs, testReleases } from './testing-releases.ts';

const noEdge = () => Promise.reject(new Error('there is no edge before AWS'));
/** A machine of which nothing is before AWS, or under it. */
export const machine: Machine = {
  edge: { setRoute: noEdge, removeRoute: noEdge, routes: noEdge, requests: noEdge },
  supervisor: { list: () => Promise.reject(new Error('AWS stands on nothing here')) },
  accountParts: () => [],
};

interface Stage {
  aws: Awaited<ReturnType<typeof fakeAws>>;
  cut: Awaited<ReturnType<typeof testReleases>>;
  /** What the stack has deployed; `cut.older` is live. */
  release: Release;
  runtime: Runtime;
  target: Target;
  /** What changed something, in order. */
  changes(): string[];
  /** What was invoked, in order. */
  invoked(): (string | undefined)[];
}

/** Staging on a fake AWS that is taken for a real account, fresh for each test of the calling file. */
export function stageOnAws(): Stage {
  const at = {
    changes: () => at.aws.calls.filter((call) => !call.startsWith('fence') && !call.includes('/invocations')),
    invoked: () => at.aws.calls.filter((call) => call.includes('/invocations')).map((call) => call.split(' ')[1]),
  } as Stage;
  beforeAll(async () => {
    at.cut = await testReleases();
    at.release = at.cut.newer;
  });
  beforeEach(async () => {
    at.aws = await fakeAws(at.cut.older, at.release);
    vi.stubEnv('AWS_ENDPOINT_URL', at.aws.url);
    at.runtime = awsRuntime({ ...machine, releases: at.cut.releases, everyMs: 10 });
    const credentials = { accessKeyId: 'AKIAEXAMPLEEXAMPLE00', secretAccessKey: 'secret' };
    const access = { kind: 'real' as const, account: '123456789012', region: 'eu-central-1', credentials };
    at.target = {
      environment: { name: 'staging', port: 8104 } as Target['environment'],
      cloud: { kind: 'real', access: async () => access, checkpoint: async () => {} },
      outputs: testOutputs,
    };
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    at.aws.close();
  });
  afterAll(() => at.cut.remove());
  return at;
}
