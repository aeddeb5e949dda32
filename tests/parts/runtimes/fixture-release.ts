import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Resources } from '@soundbite/clouds/emulated/test-stacks.ts';
import { canonicalJson, type Digest, digestOf, type Environment, type Manifest, type Release } from '@soundbite/model';
import type { Behaviour, RuntimeUnderTest } from '@soundbite/runtimes/conformance.ts';
import { zipSync } from 'fflate';
import { type AssemblyFiles, fixtureAssembly } from './fixture-assembly.ts';

/** How a fixture's service behaves beside what every runtime is tried with. */
export interface FixtureBehaviour extends Behaviour {
  readonly status?: number;
  /** Answers users with 500, and whoever looks at its health as if all were well. */
  readonly usersFail?: boolean;
  /** Takes all memory at its start. */
  readonly eats?: boolean;
  /** Listens on another port than it is told. */
  readonly elsewhere?: boolean;
  /** Answers 500 at its health. */
  readonly ill?: boolean;
}

const serviceFile = new URL('./fixture-service.mjs', import.meta.url);

/** The fixture's service, except that it answers as `forged` whatever release it is told to be. */
export async function forgedService(): Promise<string> {
  const text = await readFile(serviceFile, 'utf8');
  const forged = text.replaceAll("'x-soundbite-release': release", "'x-soundbite-release': 'forged'");
  if (forged === text) throw new Error('the fixture names its release no longer in that way');
  return forged;
}

/** The same as a bundle for Lambda. */
export const forgedZip = async (): Promise<Uint8Array> =>
  zipSync({ 'index.mjs': Buffer.from(await forgedService()), 'behaviour.json': Buffer.from('{"note":"forged"}') });

/** How the fixture's service is used and asked. Its answers name their release: whoever only says that it is one does not pass for it. */
export function fixtureUse(url: () => Promise<string>) {
  const event = { Records: [{ messageId: '1', body: '{}' }] };
  return {
    async use() {
      const answer = await fetch(`${await url()}/version`);
      const { note, release } = (await answer.json()) as { readonly note: string; readonly release: string };
      if (!answer.ok) throw new Error(`/version answered ${answer.status}`);
      const named = answer.headers.get('x-soundbite-release');
      return named === release ? note : String(named);
    },
    http: {
      ...{ url, path: '/version' },
      isRehearsal: (body) => (body as { readonly rehearsal: boolean }).rehearsal,
    },
    asked: { component: 'worker', event, says: (answer) => (answer as { readonly note: string }).note },
    failing: { component: 'worker', event, logs: 'worker was invoked' },
  } satisfies Partial<RuntimeUnderTest>;
}

/** Cuts a small release of the fixture's service for these environments, in the layout of a real one. `more` is added to its stacks. */
export async function fixtureRelease(
  root: string,
  environments: readonly Environment[],
  behaviour: FixtureBehaviour,
  more?: Resources,
): Promise<Release> {
  const zip = zipSync(
    {
      'index.mjs': await readFile(serviceFile),
      'behaviour.json': Buffer.from(JSON.stringify(behaviour)),
    },
    { mtime: '1980-01-01T12:00:00' },
  );
  return writtenRelease(root, environments, zip, {
    assembly: (environment) => fixtureAssembly(environment, zip, more),
    promisesOther: behaviour.promisesOther ?? false,
  });
}

/** Writes a release of one code and an assembly for each environment. `promisesOther`: its manifest has another code's digests. */
export async function writtenRelease(
  root: string,
  environments: readonly Environment[],
  zip: Uint8Array,
  {
    assembly,
    promisesOther = false,
  }: { readonly assembly: (environment: Environment) => AssemblyFiles; readonly promisesOther?: boolean },
): Promise<Release> {
  const files = new Map<string, Uint8Array>([['service.zip', zip]]);
  for (const environment of environments) {
    files.set(`settings/${environment.name}.json`, Buffer.from(canonicalJson(environment.settings)));
    for (const [path, text] of assembly(environment))
      files.set(`assembly/${environment.name}/${path}`, typeof text === 'string' ? Buffer.from(text) : text);
  }
  const manifest: Manifest = {
    format: 'soundbite.release/1',
    service: {
      path: 'service.zip',
      codeSha256: createHash('sha256')
        .update(promisesOther ? 'what was released' : zip)
        .digest('base64'),
    },
    environments: environments.map((environment) => environment.name),
    files: [...files]
      .map(([path, bytes]) => {
        const promised = path === 'service.zip' && promisesOther ? 'what was released' : bytes;
        return { path, sha256: createHash('sha256').update(promised).digest('hex'), bytes: bytes.length };
      })
      .sort((a, b) => (a.path < b.path ? -1 : 1)),
  };
  const digest: Digest = digestOf(canonicalJson(manifest));
  const directory = join(root, digest.slice(7));
  for (const [path, bytes] of files) {
    await mkdir(join(directory, path, '..'), { recursive: true });
    await writeFile(join(directory, path), bytes);
  }
  await writeFile(join(directory, 'manifest.json'), canonicalJson(manifest));
  const provenance = {
    commit: '0'.repeat(40),
    committedAt: '2026-01-01T00:00:00Z',
    dirty: false,
    inputs: digest,
    files: [],
    tools: {},
  };
  await writeFile(join(directory, 'provenance.json'), JSON.stringify(provenance));
  return { digest, directory, manifest, provenance };
}
