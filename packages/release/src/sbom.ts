import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { canonicalJson, SoundBiteError } from '@soundbite/model';
import { plainEnvironment, runChild } from './children.ts';
import { type Lockfile, packageJson } from './lockfile.ts';

interface Component {
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
  readonly version?: string;
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
}

interface Bom {
  readonly components?: readonly Component[];
  readonly metadata?: {
    readonly tools?: { readonly components?: readonly { readonly name?: string }[] };
    readonly properties?: readonly { readonly name: string; readonly value: string }[];
  };
}

/**
 * How this code completes what the tool says. To be raised with each change of that: our code is no input of a release, and an SBOM of the same packages is
 * taken again.
 */
const form = { name: 'soundbite:form', value: '1' };

/** The SBOM's bytes, and the version of each package by its place. */
export interface Sbom {
  readonly bytes: Uint8Array;
  /** This code would complete it in the same way. */
  readonly isOfThisForm: boolean;
  readonly versions: ReadonlyMap<string, string>;
}

/** Where the packages are declared of which a service is made. */
export interface Packages {
  readonly source: string;
  /** The service's; packages without a name are listed under it. */
  readonly name: string;
  readonly lockfile: Lockfile;
  /** The workspace that is bundled; null: those of the whole source. */
  readonly workspace: string | null;
}

/**
 * The CycloneDX SBOM of what the service is made of, from the lockfile alone: its production dependencies, with the digests of their
 * archives. Error: `sbom-failed`.
 */
export async function sbomOf(packages: Packages, signal?: AbortSignal): Promise<Sbom> {
  const { source, name, lockfile, workspace } = packages;
  const place = await namedPackage(source, name);
  const stdout = await askTool(place, workspace, signal).finally(() =>
    place === source ? undefined : rm(place, { recursive: true, force: true }),
  );
  const bom = JSON.parse(stdout) as Bom;
  if (!bom.components?.length && workspace !== null)
    throw new SoundBiteError('sbom-failed', 'the SBOM lists no component', { hint: 'npm ci' });
  const components = (bom.components ?? []).map((component) => withHashes(component, lockfile));
  return sbomFrom(Buffer.from(canonicalJson(withForm(withoutNpm({ ...bom, components })))));
}

async function askTool(cwd: string, workspace: string | null, signal?: AbortSignal): Promise<string> {
  const { stdout } = await runChild({
    name: 'sbom',
    args: [
      await tool(),
      '--package-lock-only',
      ...['--omit', 'dev', ...(workspace === null ? [] : ['--workspace', workspace]), '--mc-type', 'application'],
      ...['--spec-version', '1.6', '--output-format', 'JSON', '--output-reproducible'],
    ],
    cwd,
    env: { ...plainEnvironment(), ...npmSettings },
    ...(signal ? { signal } : {}),
  });
  return stdout;
}

/** An SBOM as a release holds it. */
export function sbomFrom(bytes: Uint8Array): Sbom {
  const { components = [], metadata } = JSON.parse(Buffer.from(bytes).toString('utf8')) as Bom;
  const versions = new Map(components.map((component) => [placeOf(component), component.version ?? '']));
  const found = metadata?.properties?.find(({ name }) => name === form.name);
  return { bytes, isOfThisForm: found?.value === form.value, versions };
}

/** The user's npm settings must not override the lockfile. */
const npmSettings = {
  npm_config_logs_max: '0',
  npm_config_update_notifier: 'false',
  npm_config_userconfig: '/dev/null',
  npm_config_globalconfig: '/nonexistent/npmrc',
};

/** Every package of the bundle is listed, in its version. Error: `sbom-failed`. */
export function refuseUnlisted(places: readonly string[], lockfile: Lockfile, { versions }: Sbom): void {
  const unlisted = places.find((place) => versions.get(place) !== lockfile[place]?.version);
  if (!unlisted) return;
  const listed = versions.get(unlisted) ?? 'missing';
  throw new SoundBiteError(
    'sbom-failed',
    `the bundle has ${unlisted} ${lockfile[unlisted]?.version}, which the SBOM lists as ${listed}`,
    {
      hint: 'list it among `dependencies` of the workspace that is bundled, then npm install',
      path: unlisted,
    },
  );
}

const placeOf = ({ properties = [] }: Component): string =>
  properties.find(({ name }) => name === 'cdx:npm:package:path')?.value ?? '';

/** The digest of the archive that the package was installed from. */
function withHashes(component: Component, lockfile: Lockfile): Component {
  const [, encoded] = /^sha512-([\w+/=]+)$/.exec(lockfile[placeOf(component)]?.integrity ?? '') ?? [];
  if (!encoded) return component;
  return { ...component, hashes: [{ alg: 'SHA-512', content: Buffer.from(encoded, 'base64').toString('hex') }] };
}

/** Which npm read the lockfile is the machine's affair: the same commit must give the same bytes everywhere. */
function withoutNpm(bom: Bom): Bom {
  const tools = bom.metadata?.tools?.components?.filter(({ name }) => name !== 'npm');
  return {
    ...bom,
    metadata: { ...bom.metadata, tools: { ...bom.metadata?.tools, ...(tools && { components: tools }) } },
  };
}

const withForm = (bom: Bom): Bom => ({
  ...bom,
  metadata: { ...bom.metadata, properties: [...(bom.metadata?.properties ?? []), form] },
});

/**
 * npm calls a package without a name as its directory is called, which is another one for each cut, and none that it takes: it is shown a copy with a name. That
 * stands beside the source, where no app sees it, under a name by which whatever a killed cut left is swept. Gives the source itself where it has a name.
 */
async function namedPackage(source: string, name: string): Promise<string> {
  const text = await readFile(join(source, 'package.json'), 'utf8').catch(() => '{}');
  const own = JSON.parse(text) as { readonly name?: string };
  if (own.name) return source;
  const place = `${source}-named`;
  await mkdir(place);
  await writeFile(join(place, 'package.json'), JSON.stringify({ ...own, name }));
  for (const entry of await readdir(source))
    if (entry !== 'package.json') await symlink(join(source, entry), join(place, entry));
  return place;
}

async function tool(): Promise<string> {
  const file = packageJson('@cyclonedx/cyclonedx-npm');
  if (!file) throw new SoundBiteError('sbom-failed', '@cyclonedx/cyclonedx-npm is not installed', { hint: 'npm ci' });
  const { bin } = JSON.parse(await readFile(file, 'utf8')) as { bin: Record<string, string> };
  return join(dirname(file), bin['cyclonedx-npm'] ?? '');
}
