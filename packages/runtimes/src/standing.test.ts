import type { CloudDeclaration, Environment, Fence, RunningProcess, Runtime } from '@soundbite/model';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { awsRuntime, composeRuntime, processRuntime } from './index.ts';

const account = (id: string): CloudDeclaration => ({ kind: 'emulated', account: id, region: 'eu-central-1' });
const real: CloudDeclaration = {
  kind: 'real',
  account: '123456789012',
  region: 'eu-central-1',
  role: 'arn:aws:iam::123456789012:role/controller',
};
const on = (cloud: CloudDeclaration, authorizer?: Environment['authorizer']) =>
  ({ name: 'staging', port: 8104, cloud, authorizer }) as Environment;

/** What runs on the machine: the edge and the machinery of two accounts, and what the edge was told. */
let processes: Map<string, Pick<RunningProcess, 'pid' | 'state'>>;
let told: string[];
let routes: string[];
let runtimes: Record<Runtime['kind'], Runtime>;
beforeEach(() => {
  const names = ['edge', 'double', 'account-1', 'account-2', 'version-of-a-release'];
  processes = new Map(names.map((name) => [name, { pid: 7, state: 'healthy' }]));
  [told, routes] = [[], ['staging']];
  const edge = {
    routes: async () =>
      routes.map((environment) => ({ environment, port: 1, generation: 1, upstreams: [], url: 'http://edge' })),
    setRoute: async ({
      environment,
      generation,
      upstreams,
    }: {
      environment: string;
      generation: number;
      upstreams: readonly unknown[];
    }) => {
      told.push(`${environment} ${generation} to ${upstreams.length}`);
      return { url: 'http://edge' };
    },
    removeRoute: async () => {},
    requests: async (environment: string, since: { time: number }) => {
      told.push(`requests of ${environment} since ${since.time}`);
      return { records: [], next: since };
    },
  };
  const supervisor = {
    list: async () => [...processes].map(([name, one]) => ({ name, ...one }) as RunningProcess),
  } as unknown as Parameters<typeof processRuntime>[0]['supervisor'];
  const accountParts = (id: string) => ['double', `account-${id}`];
  const releases = { get: () => Promise.reject(new Error('none')) };
  const own = { home: '/nowhere', nodePath: 'node', credentialsEnv: async () => ({}) };
  runtimes = {
    process: processRuntime({ supervisor, edge, accountParts, releases, ...own }),
    compose: composeRuntime({ supervisor, edge, accountParts, releases, ...own, containers: {} as never }),
    aws: awsRuntime({ supervisor, edge, accountParts, releases }),
  };
});

const here = [
  ['process', on(account('1'))],
  ['process', on(real)],
  ['aws', on(account('1'))],
] as const;

describe('an environment that is reached through this machine', () => {
  it.each(here)(
    'of %s says so, has the edge’s address without any stack, and rests there',
    async (kind, environment) => {
      const runtime = runtimes[kind];
      expect(runtime.isHere(environment)).toBe(true);
      expect(await runtime.address(environment, null)).toEqual({ url: 'http://edge', wantsToken: false });
      await runtime.rest(environment, 7);
      const place = { environment, cloud: null as never };
      expect(await runtime.requests(place, { time: 5 })).toEqual({ records: [], next: { time: 5 } });
      expect(told).toEqual(['staging 7 to 0', 'requests of staging since 5']);
      routes = [];
      expect(await runtime.address(environment, { ApiId: 'a1' })).toBeNull();
    },
  );

  const life = (kind: Runtime['kind'], environment: Environment) => runtimes[kind].life(environment);

  it.each(here)('of %s has another life once the edge is started anew', async (kind, environment) => {
    const before = await life(kind, environment);
    processes.set('edge', { pid: 8, state: 'healthy' });
    expect(await life(kind, environment)).not.toBe(before);
  });

  it.each(['process', 'aws'] as const)(
    'on an emulated account of %s stands on that one and on what all of them share',
    async (kind) => {
      for (const name of ['double', 'account-1']) {
        const before = await life(kind, on(account('1')));
        processes.set(name, { pid: 8, state: 'healthy' });
        expect(await life(kind, on(account('1')))).not.toBe(before);
      }
      const before = await life(kind, on(account('1')));
      for (const name of ['account-2', 'version-of-a-release']) {
        processes.set(name, { pid: 8, state: 'unhealthy' });
        expect(await life(kind, on(account('1')))).toBe(before);
      }
    },
  );

  it('has no life twice while a part of what it stands on is away', async () => {
    processes.set('account-1', { pid: 7, state: 'starting' });
    const first = await life('aws', on(account('1')));
    await vi.waitFor(async () => expect(await life('aws', on(account('1')))).not.toBe(first));
  });
});

describe('functions on AWS', () => {
  const authorizer = { issuer: 'https://login.example', audience: ['soundbite'] };

  it('are reached at their gateway, and of this machine they have and need nothing', async () => {
    const { aws } = runtimes;
    expect(aws.isHere(on(real))).toBe(false);
    expect(await aws.address(on(real), null)).toBeNull();
    const url = 'https://a1.execute-api.eu-central-1.amazonaws.com';
    expect(await aws.address(on(real), { ApiId: 'a1' })).toEqual({ url, wantsToken: false });
    expect(await aws.address(on(real, authorizer), { ApiId: 'a1' })).toEqual({ url, wantsToken: true });
    await aws.rest(on(real), 7);
    expect(told).toEqual([]);
  });

  it('are reached at their gateway in China, where hosts are named otherwise', async () => {
    const there = on({ ...real, region: 'cn-north-1', role: 'arn:aws-cn:iam::123456789012:role/controller' });
    const url = 'https://a1.execute-api.cn-north-1.amazonaws.com.cn';
    expect(await runtimes.aws.address(there, { ApiId: 'a1' })).toEqual({ url, wantsToken: false });
  });

  it('are reached at the URL of a function where no gateway leads to one', async () => {
    const component = { name: 'a', id: 'A', function: 'f', health: null, api: null, queues: [] };
    const Components = JSON.stringify([{ ...component, url: 'https://abc.lambda-url.eu-central-1.on.aws/' }]);
    expect(await runtimes.aws.address(on(real, authorizer), { Components })).toEqual({
      url: 'https://abc.lambda-url.eu-central-1.on.aws',
      wantsToken: false,
    });
  });

  it('do not stand on what is started anew here: no watch of theirs begins again by it', async () => {
    const before = await runtimes.aws.life(on(real));
    for (const name of processes.keys()) processes.set(name, { pid: 8, state: 'starting' });
    expect(await runtimes.aws.life(on(real))).toBe(before);
  });
});

describe('taking an environment of functions down', () => {
  const fence: Fence = { owner: 'db', generation: 7 };
  const gone = Object.assign(new Error('no function'), { name: 'ResourceNotFoundException' });
  const cloud = (error: Error) => ({
    kind: 'emulated' as const,
    access: () => Promise.reject(error),
    checkpoint: async () => {},
  });
  const takeDown = (error: Error, outputs: Record<string, string> | null) =>
    runtimes.aws.takeDown({ environment: on(account('1')), cloud: cloud(error) }, outputs, fence);

  it('takes nothing where there is no stack, or where somebody deleted the functions; its address rests', async () => {
    await takeDown(new Error('nobody is asked'), null);
    await takeDown(gone, {});
    expect(told).toEqual(['staging 7 to 0', 'staging 7 to 0']);
  });

  it('does not take an account that is away for one without functions', async () => {
    await expect(takeDown(new Error('away'), {})).rejects.toThrow('away');
    expect(told).toEqual([]);
  });
});
