import { readdirSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { dockerfileFindings } from '../support/contract-tools.ts';

const directory = new URL('../../docker/', import.meta.url);
const files = readdirSync(directory).filter((name) => /^Dockerfile(\..+)?$/.test(name));

it('the linter of Dockerfiles finds nothing in ours', async () => {
  expect(files).toContain('Dockerfile');
  const found = files.map(async (name) => [
    name,
    await dockerfileFindings(readFileSync(new URL(name, directory), 'utf8')),
  ]);
  expect(await Promise.all(found)).toEqual(files.map((name) => [name, []]));
}, 600_000);

it('the linter names what it finds', async () => {
  expect(await dockerfileFindings('FROM debian\nRUN apt-get install shop\n')).toContainEqual(
    expect.stringMatching(/^DL3008: /),
  );
}, 600_000);

interface HouseService {
  readonly build?: unknown;
  readonly depends_on?: Readonly<Record<string, unknown>>;
}

it('one service of the house makes the image, and all others come after it: Compose 1.29 looks for it in a registry before', () => {
  const file = readFileSync(new URL('docker-compose.multienv.yml', directory), 'utf8');
  const { services } = parse(file, { merge: true }) as { readonly services: Record<string, HouseService> };
  const after = (name: string): string[] =>
    Object.keys(services[name]?.depends_on ?? {}).flatMap((one) => [one, ...after(one)]);
  const [maker = '', ...more] = Object.keys(services).filter((name) => services[name]?.build !== undefined);
  expect(more).toEqual([]);
  for (const name of Object.keys(services)) if (name !== maker) expect(after(name), name).toContain(maker);
});

it('the house is a project of a name of its own, whose orphans are nobody else’s', () => {
  const { COMPOSE_PROJECT_NAME } = parseEnv(readFileSync(new URL('.env', directory), 'utf8'));
  expect(COMPOSE_PROJECT_NAME).toBe('soundbite-house');
});
