import type { Status } from '@soundbite/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PromotionDocument } from '../support/environments.ts';
import { type ServiceStage, serviceStage } from '../support/service-stage.ts';

interface Findings {
  readonly findings: readonly { readonly name: string; readonly detail: string }[];
}

describe('three Python functions at one address, two of them behind a REST API and one at a URL', () => {
  let stage: ServiceStage;
  let first: string;
  beforeAll(async () => {
    stage = await serviceStage('notes');
  });
  afterAll(() => stage?.remove());
  const ask = async (environment: string, path: string, init?: RequestInit) => {
    const answer = await fetch(`${(await stage.environment(environment))?.url}${path}`, init);
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const notes = 'src/notes.py';
  const aws = <T>(...args: string[]) => stage.aws<T>('test', ...args);
  const drift = async (exit: number) =>
    (await stage.soundbite<Findings>(exit, 'validate', 'test')).findings
      .filter(({ name }) => /^drift (?:method|stage|REST)/.test(name))
      .map(({ name, detail }) => `${name}: ${detail}`);
  /** The API in the environment `test`, and the path of its notes. */
  const api = async () => {
    const { items } = await aws<{ items: { id: string }[] }>('apigateway', 'get-rest-apis');
    const id = items[0]?.id ?? '';
    const found = await aws<{ items: { id: string; path: string }[] }>(
      'apigateway',
      'get-resources',
      '--rest-api-id',
      id,
    );
    return { id, note: found.items.find(({ path }) => path === '/notes/{id}')?.id ?? '' };
  };

  it('comes up in two accounts, and is reached at one address in each', async () => {
    const { environments } = await stage.soundbite<Status>(0, 'up');
    expect(environments.map(({ name, state }) => [name, state])).toEqual([
      ['test', 'healthy'],
      ['live', 'healthy'],
    ]);
    first = environments[0]?.release ?? '';
    expect(await ask('live', '/notes/a%20b', { method: 'PUT', body: 'milk' })).toMatchObject({ status: 200 });
    expect(await ask('live', '/notes/a%20b')).toEqual({ status: 200, body: { id: 'a b', text: 'milk' } });
    expect(await ask('live', '/report/now')).toEqual({ status: 200, body: { path: '/report/now', notes: 1 } });
    expect(await ask('live', '/notes/none', { method: 'DELETE' })).toMatchObject({ body: { forgotten: true } });
    expect(await drift(0)).toEqual([]);
  });

  it('is stopped by its own smoke before users meet a bad release', async () => {
    await stage.service.change(notes, 'found else 404', 'found else 200');
    await stage.service.change(notes, '"path": event["rawPath"]', '"path": "/"');
    await stage.cut();
    const promotion = await stage.soundbite<PromotionDocument>(1, 'promote', 'test');
    expect(promotion).toMatchObject({ state: 'failed', reason: expect.stringMatching(/smoke: misses: .*reports: /s) });
    expect(await stage.environment('test')).toMatchObject({ state: 'healthy', release: first });
    expect((await ask('test', '/notes/none')).status).toBe(404);
  });

  it('has a method that somebody led elsewhere named, and a deployment of it that the stage serves; both are repaired', async () => {
    const { id, note } = await api();
    const of = ['--rest-api-id', id];
    const { uri } = await aws<{ uri: string }>(
      ...['apigateway', 'get-integration', ...of, '--resource-id', note, '--http-method', 'GET'],
    );
    expect(uri).toContain(':live/');
    const patch = `op=replace,path=/uri,value=${uri.replace(':live/', '/')}`;
    await aws(
      ...['apigateway', 'update-integration', ...of, '--resource-id', note, '--http-method', 'GET'],
      ...['--patch-operations', patch],
    );
    expect((await drift(1)).join('\n')).toMatch(/^drift method GET \/notes\/\{id\}: leads to .*from the next/);
    await aws('apigateway', 'create-deployment', ...of, '--stage-name', 'prod');
    expect((await drift(1)).join('\n')).toMatch(/drift stage prod: serves the deployment \w+ instead of/);
    await stage.soundbite(0, 'repair', 'test');
    expect(await drift(0)).toEqual([]);
    const led = await aws('apigateway', 'get-integration', ...of, '--resource-id', note, '--http-method', 'GET');
    expect(led).toMatchObject({ uri });
    expect((await ask('test', '/notes/none')).status).toBe(404);
  });

  it('has a method that somebody deleted made again by a repair', async () => {
    const { id, note } = await api();
    const method = ['--rest-api-id', id, '--resource-id', note, '--http-method', 'PUT'];
    await aws('apigateway', 'delete-method', ...method);
    expect((await drift(1)).join('\n')).toMatch(/drift method PUT \/notes\/\{id\}: leads to nothing/);
    await stage.soundbite(0, 'repair', 'test');
    expect(await drift(0)).toEqual([]);
    expect(await aws('apigateway', 'get-method', ...method)).toMatchObject({ httpMethod: 'PUT' });
    expect(await ask('test', '/notes/b', { method: 'PUT', body: 'tea' })).toMatchObject({ status: 200 });
  });

  it('goes through both with a method more, and back; the method stays', async () => {
    await stage.service.change(notes, 'found else 200', 'found else 404');
    await stage.service.change(notes, '"path": "/"', '"path": event["rawPath"]');
    await stage.service.change('infra/app.mjs', "of ['GET', 'PUT']", "of ['GET', 'PUT', 'HEAD']");
    await stage.service.change(notes, 'found or note)', '{**(found or note), "from": 2})');
    const release = await stage.cut();
    await stage.soundbite(0, 'promote', 'test', '--through', 'live');
    expect(await ask('live', '/notes/a%20b')).toEqual({ status: 200, body: { id: 'a b', text: 'milk', from: 2 } });
    const head = await fetch(`${(await stage.environment('live'))?.url}/notes/none`, { method: 'HEAD' });
    expect(head.status).toBe(404);
    const back = await stage.soundbite<PromotionDocument>(0, 'rollback', 'live');
    expect(back).toMatchObject({ state: 'succeeded', release: first, previous: release });
    expect(await ask('live', '/notes/a%20b')).toEqual({ status: 200, body: { id: 'a b', text: 'milk' } });
    expect(await drift(0)).toEqual([]);
  });

  it('is taken away whole', async () => {
    await stage.soundbite(0, 'destroy', 'test', '--yes');
    const { items } = await aws<{ items: unknown[] }>('apigateway', 'get-rest-apis');
    expect(items).toEqual([]);
  });
});
