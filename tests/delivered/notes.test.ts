import { describe, expect, it } from 'vitest';
import { notes } from '../support/described/notes.ts';
import { asItStands, json } from '../support/described/service.ts';
import { serviceJourney, stageOf } from '../support/service-journey.ts';

interface Findings {
  readonly findings: readonly { readonly name: string; readonly detail: string }[];
}

describe(notes.is, () => {
  const on = stageOf(notes);
  const aws = <T>(...args: string[]) => on().aws<T>('test', ...args);
  const drift = async (exit: number) =>
    (await on().soundbite<Findings>(exit, 'validate', 'test')).findings
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

  serviceJourney(notes, on);

  it('keeps the method of a release that is gone, and has its health at the same address', async () => {
    const place = await on().place('live');
    const head = await fetch(`${place.url}/notes/none`, { method: 'HEAD' });
    expect(head.status).toBe(404);
    expect(await json(place, '/health')).toEqual({ status: 'well' });
    expect(await notes.use(place)).toBe(asItStands);
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
    await on().soundbite(0, 'repair', 'test');
    expect(await drift(0)).toEqual([]);
    const led = await aws('apigateway', 'get-integration', ...of, '--resource-id', note, '--http-method', 'GET');
    expect(led).toMatchObject({ uri });
    await json(await on().place('test'), '/notes/none', { wanted: 404 });
  });

  it('has a method that somebody deleted made again by a repair', async () => {
    const { id, note } = await api();
    const method = ['--rest-api-id', id, '--resource-id', note, '--http-method', 'PUT'];
    await aws('apigateway', 'delete-method', ...method);
    expect((await drift(1)).join('\n')).toMatch(/drift method PUT \/notes\/\{id\}: leads to nothing/);
    await on().soundbite(0, 'repair', 'test');
    expect(await drift(0)).toEqual([]);
    expect(await aws('apigateway', 'get-method', ...method)).toMatchObject({ httpMethod: 'PUT' });
    await json(await on().place('test'), '/notes/b', { method: 'PUT', body: 'tea' });
  });

  it('is taken away whole', async () => {
    await on().soundbite(0, 'destroy', 'test', '--yes');
    const { items } = await aws<{ items: unknown[] }>('apigateway', 'get-rest-apis');
    expect(items).toEqual([]);
  });
});
