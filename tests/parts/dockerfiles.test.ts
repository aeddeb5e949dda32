import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
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
