import type { Digest, Edge, Target } from '@soundbite/model';
import { beforeEach, describe, expect, it } from 'vitest';
import { awsRuntime } from './runtime.ts';
import { testOutputs } from './testing-releases.ts';
import { machine, stageOnAws } from './testing-stage.ts';

const fence = { owner: 'db', generation: 7 };

describe('looks again and again at an account that says how it is configured', () => {
  const at = stageOnAws();
  let digest: Digest;
  let target: Target;
  let runtime: ReturnType<typeof awsRuntime>;
  let upstreams: { kind: 'gateway'; url: string; release: Digest; share: number }[];

  beforeEach(async () => {
    digest = at.release.digest;
    const url = `${at.aws.url}/_aws/execute-api/${testOutputs.ApiId}/$default`;
    upstreams = [{ kind: 'gateway', url, release: digest, share: 1 }];
    const route = () => ({
      environment: 'staging',
      port: 8104,
      generation: 1,
      upstreams,
      url: 'http://127.0.0.1:8104',
    });
    const edge = { ...machine.edge, routes: async () => [route()] as unknown as Awaited<ReturnType<Edge['routes']>> };
    runtime = awsRuntime({ ...machine, edge, releases: at.cut.releases, everyMs: 10 });
    await at.runtime.install(at.target, at.release, fence);
    await at.runtime.setWeights(at.target, [{ release: digest, share: 1 }], 'forward', fence);
    const access = { ...(await at.target.cloud.access('controller')), kind: 'emulated' as const, endpoint: at.aws.url };
    const cloud = { ...at.target.cloud, kind: 'emulated' as const, access: async () => access };
    target = { ...at.target, cloud, deployed: digest, configuration: 'a life-1' };
  });

  /** What is seen, and how many calls that took. */
  const look = async (configuration: string | null, only?: 'often') => {
    at.aws.reads.length = 0;
    at.aws.calls.length = 0;
    const { versions, drift } = await runtime.observe({ ...target, configuration }, only);
    const release = versions.find((one) => one.release === digest);
    return { release, drift: drift.map(({ where }) => where), calls: at.aws.reads.length + at.aws.calls.length };
  };
  const asReleased = { release: { share: 1, healthy: true }, drift: [] };

  it('ask it nothing while it says the same, and all of it once it says something else, or nothing', async () => {
    const first = await look('a life-1', 'often');
    expect(first).toMatchObject(asReleased);
    expect(first.calls).toBeGreaterThan(10);
    expect(await look('a life-1', 'often')).toMatchObject({ ...asReleased, calls: 0 });
    for (const other of ['a life-2', 'another life-1', null])
      expect((await look(other, 'often')).calls).toBe(first.calls);
  });

  it('see where the edge leads now', async () => {
    await look('a life-1', 'often');
    upstreams = [{ kind: 'gateway', url: 'http://127.0.0.1:1/elsewhere', release: digest, share: 1 }];
    const led = await look('a life-1', 'often');
    expect(led).toMatchObject({ release: { share: 1, healthy: false }, calls: 0 });
    expect(led.release?.detail).toContain('the edge sends to http://127.0.0.1:1/elsewhere');
    upstreams = [];
    expect(await look('a life-1', 'often')).toMatchObject({ release: { share: 0 }, calls: 0 });
  });

  it('look anew each time at what is no release’s', async () => {
    const forged = at.aws.functions.get('worker')?.versions.at(-1);
    const [, was] = [Object.assign(forged ?? {}, { CodeSha256: 'forged' }), at.release.manifest.service.codeSha256];
    expect((await look('a life-1', 'often')).drift).toEqual(['worker:2']);
    Object.assign(forged ?? {}, { CodeSha256: was });
    expect(await look('a life-1', 'often')).toMatchObject(asReleased);
  });

  it('hold for nobody who looks at all of it', async () => {
    const { calls } = await look('a life-1', 'often');
    expect((await look('a life-1')).calls).toBeGreaterThan(calls);
  });
});
