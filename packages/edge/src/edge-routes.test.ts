import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LocalEdge } from './edge.ts';
import type { EdgeEvent } from './events.ts';
import { call, freePort, http, routeTo, temporaryDirectory, upstreams } from './testing.ts';

const home = temporaryDirectory();
const events: EdgeEvent[] = [];
const edge = new LocalEdge({ home: home.path, emit: (event) => void events.push(event), patienceMs: 1_500 });
const { start, end } = upstreams();

let port = 0;
let url = '';

beforeAll(async () => {
  port = await freePort();
  ({ url } = await edge.setRoute(routeTo(port, [])));
});
afterEach(async () => {
  await end();
  expect(events.splice(0)).toEqual([]);
});
afterAll(async () => {
  await edge.close();
  home.end();
});

describe('routes', () => {
  it('are refused from an older generation', async () => {
    const a = await start('a');
    await edge.setRoute(routeTo(port, [http(a, 1)], 5));
    const older = edge.setRoute(routeTo(port, [], 4));
    await expect(older).rejects.toMatchObject({ code: 'generation-old' });
    expect((await call(url, '/')).status).toBe(200);
    expect((await edge.routes())[0]).toMatchObject({ environment: 'staging', generation: 5, url });
    await edge.setRoute(routeTo(port, [], 5));
    await edge.removeRoute('staging');
    await expect(call(url, '/')).rejects.toThrow(/ECONNREFUSED/);
    ({ url } = await edge.setRoute(routeTo(port, [])));
  });

  it('get a free port near a taken one, and keep it', async () => {
    const taken = await start('a');
    const wished = Number(new URL(taken.url).port);
    const route = { ...routeTo(wished, []), environment: 'other' };
    const first = await edge.setRoute(route);
    expect(Number(new URL(first.url).port)).toBeGreaterThan(wished);
    expect(await edge.setRoute(route)).toEqual(first);
    await edge.removeRoute('other');
  });

  it('that cannot be read are put aside', async () => {
    const other = temporaryDirectory();
    writeFileSync(join(other.path, 'routes.json'), '[{"route":7}]');
    const told: EdgeEvent[] = [];
    const fresh = new LocalEdge({ home: other.path, emit: (event) => void told.push(event) });
    await fresh.restore();
    expect(told.map(({ code }) => code)).toEqual(['routes-unreadable']);
    expect(await fresh.routes()).toEqual([]);
    await fresh.close();
    other.end();
  });
});
