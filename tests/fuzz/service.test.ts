import { sendRaw } from '@soundbite/client/testing/contract-cases.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fuzz, fuzzPatience, isLong, pythonClient, typeScriptClient } from '../support/contract-tools.ts';
import { type ServiceStage, serviceStage } from './stage.ts';

let stage: ServiceStage;
beforeAll(async () => {
  stage = await serviceStage();
}, 240_000);
afterAll(() => stage?.end());

interface Alike {
  readonly path: string;
  readonly method?: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

const id = '01900000-0000-7000-8000-000000000000';
const gets: readonly Alike[] = [
  ...['/version', '/%76ersion', '/version?x=1', '/openapi.json', '/'].map((path) => ({ path, status: 200 })),
  ...['//version', '/version/', '/VERSION', '/docs/', '/nosuch', '/version%3fx', '/version%23x', '/version%2f'].map(
    (path) => ({ path, status: 404 }),
  ),
  ...[
    id,
    `${id.replace('-', '%2d')}`,
    'a%2fb',
    'a%3fb',
    'a%23b',
    '%00',
    '%ff',
    'a%2541',
    '%zz',
    'caf%C3%A9',
    'a;b@c',
  ].map((name) => ({ path: `/soundbites/${name}`, status: 404 })),
  { path: `/soundbites/${'a'.repeat(8_000)}`, status: 404 },
  { path: '/soundbites?limit=0', status: 422 },
  { path: '/soundbites?cursor=%00', status: 422 },
  { path: '/soundbites?limit=%zz', status: 422 },
  ...['/./version', '/%2e/version', '/soundbites/../version', '/a/..%2fversion'].map((path) => ({ path, status: 400 })),
];
const methods: readonly Alike[] = [
  ...['OPTIONS', 'TRACE', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'].flatMap((method) => [
    { method, path: '/version', status: 405 },
    { method, path: '/soundbites', status: 405 },
  ]),
  { method: 'TRACE', path: '/nosuch', status: 404 },
  { method: 'HEAD', path: '/version', status: 200 },
  { method: 'HEAD', path: '/soundbites', status: 200 },
  { path: '/version', headers: { host: 'evil.example' }, status: 421 },
];

describe('the service answers alike as processes and as functions', () => {
  const ask = async (url: string, { path, method, headers }: Alike) => {
    const answer = await sendRaw({ url, token: '' }, { method: method ?? 'GET', path, headers: headers ?? {} });
    const { code, detail } = answer.text.startsWith('{') ? (JSON.parse(answer.text) as Record<string, string>) : {};
    return { status: answer.status, type: answer.headers['content-type'], allow: answer.headers.allow, code, detail };
  };

  it.each([...gets, ...methods])('$method $path: $status', async (asked) => {
    const [ofProcess, ofFunctions] = await Promise.all([
      ask(stage.edge.process, asked),
      ask(stage.edge.functions, asked),
    ]);
    expect(ofProcess.status).toBe(asked.status);
    expect(ofFunctions).toEqual(ofProcess);
    if (asked.status === 405) expect(ofProcess.allow).toMatch(/GET.*HEAD/);
  });

  it.each([...gets, ...methods].filter(({ status }) => status !== 400 && status !== 421))(
    'without the edge, too: $method $path',
    async (asked) => {
      const through = await ask(stage.edge.process, asked);
      expect(await ask(stage.direct.process, asked)).toEqual(through);
    },
  );
});

it('the contract is the same document in both runtimes', async () => {
  const read = async (url: string) => (await fetch(`${url}/openapi.json`)).json();
  expect(await read(stage.edge.functions)).toEqual(await read(stage.edge.process));
});

/** Of one document one client is made in each language, for one of the runtimes; in long runs for both. */
const left = (...[name, test]: Parameters<typeof it>) => isLong && it(name, test);
const madeOf = {
  process: { typeScript: it, python: left },
  functions: { typeScript: left, python: it },
};

describe.each(['process', 'functions'] as const)('the contract of the service, as %s', (runtime) => {
  it(
    'holds against a fuzzer',
    async () => {
      await fuzz({ url: stage.edge[runtime] }, { config: 'service.toml' });
    },
    fuzzPatience,
  );

  const makes = madeOf[runtime];
  makes.typeScript('makes a TypeScript client that compiles and works', async () => {
    const client = await typeScriptClient({ url: stage.edge[runtime] });
    const call = client as unknown as Record<string, (...given: unknown[]) => Promise<{ status: number; data: never }>>;
    const made = await call.createSoundbite?.({ text: 'Good morning.' }, { idempotencyKey: 'a-key' });
    expect(made).toMatchObject({ status: 202, data: { text: 'Good morning.', voice: expect.any(String) } });
    const name = String((made as { readonly data?: { readonly id?: unknown } } | undefined)?.data?.id);
    expect(await call.getSoundbite?.(name)).toMatchObject({ status: 200, data: { id: name } });
    expect(await call.listSoundbites?.({ limit: 1 })).toMatchObject({ status: 200, data: { soundbites: [{}] } });
    expect(await call.listSoundbites?.({ limit: 0 })).toMatchObject({ status: 422, data: { code: 'wrong-limit' } });
    expect(await call.deleteSoundbite?.(name)).toMatchObject({ status: 204 });
    expect(await call.getSoundbite?.(name)).toMatchObject({ status: 404, data: { code: 'no-such-soundbite' } });
  });

  makes.python('makes a Python client that works', async () => {
    const said = JSON.parse(await pythonClient({ url: stage.edge[runtime] }, 'use_service.py', [])) as unknown;
    expect(said).toEqual({
      created: 'Good evening.',
      found: 'Good evening.',
      listed: true,
      wrongLimit: 'wrong-limit',
      deleted: 204,
      gone: 'no-such-soundbite',
    });
  });
});
