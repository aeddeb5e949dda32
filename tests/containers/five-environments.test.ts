import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Status } from '../../packages/client/src/index.ts';
import { homeIdAt } from '../../packages/processes/src/index.ts';
import { cli } from '../support/cli.ts';
import { testEngine } from './test-engine.ts';

const engine = testEngine();
const { DOCKER_HOST } = process.env;
const env = { SOUNDBITE_BASE_IMAGE: engine.base, ...(DOCKER_HOST ? { DOCKER_HOST } : {}) };
let directory: string;
let home: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'soundbite-five-'));
  home = join(directory, 'state');
});
afterAll(async () => {
  await cli(['down', '--purge'], { home, env });
  await rm(directory, { recursive: true, force: true });
});

/** Of the containers of this home, as the engine calls them. */
async function containers(format: string): Promise<string[]> {
  const ours = ['--filter', `label=dev.soundbite.installation=${homeIdAt(home)}`];
  const ids = (await engine.docker('ps', '--all', '--quiet', ...ours)).split('\n').filter(Boolean);
  return Promise.all(ids.map((id) => engine.docker('inspect', '--format', format, id)));
}

it('up --runtime compose brings one release through five environments, whose images share its layer; down leaves no container', async () => {
  const up = await cli(['up', '--runtime', 'compose', '--json'], { home, env });
  expect(`${up.code}: ${up.stderr}`).toMatch(/^0: /);
  const { environments } = up.json<Status>();
  expect(environments.map(({ name, state, runtime }) => `${name} ${state} ${runtime}`)).toEqual(
    ['dev-localstack', 'dev-aws', 'dev-aws-deployed', 'staging', 'production'].map((name) => `${name} healthy compose`),
  );
  const [release] = environments.map((one) => one.release);
  for (const { url } of environments)
    expect((await fetch(`${url}/version`)).headers.get('x-soundbite-release')).toBe(release);
  const label = '{{index .Config.Labels "dev.soundbite.release"}} {{.State.Running}} {{gt .HostConfig.Memory 0}}';
  expect(new Set(await containers(label))).toEqual(new Set([`${release} true true`]));
  const labels = ['environment', 'component'].map((name) => `{{index .Config.Labels "dev.soundbite.${name}"}}`);
  const reserved = await containers(`${labels.join(' ')} {{.HostConfig.MemoryReservation}}`);
  // Who speaks itself needs more: what is reserved differs by environment.
  expect(reserved).toContain(`dev-localstack worker ${400 * 2 ** 20}`);
  expect(reserved).toContain(`production worker ${88 * 2 ** 20}`);
  const images = [...new Set(await containers('{{.Image}}'))];
  const layers = images.map((image) => engine.docker('inspect', '--format', '{{json .RootFS.Layers}}', image));
  expect([images.length, new Set(await Promise.all(layers)).size]).toEqual([5, 1]);
  expect((await cli(['down'], { home, env })).code).toBe(0);
  expect(await containers('{{.Name}}')).toEqual([]);
}, 600_000);
