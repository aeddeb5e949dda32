import { readFile } from 'node:fs/promises';
import { packagedName } from '@soundbite/model/programs.ts';
import { build, type Plugin } from 'esbuild';
import { codeAsPackaged } from './texts.ts';

/** The programs that are started by their file, by the paths of their sources. Those that a file of ours starts must be here: programs.test.ts. */
export const packagedPrograms = [
  'apps/cli/src/main.js',
  'apps/control-plane/src/main.ts',
  'apps/control-plane/src/move-main.ts',
  'apps/control-plane/src/preflight-main.ts',
  'packages/clouds/src/emulated/polly-double-main.ts',
  'packages/clouds/src/emulated/polly-double-voice-process.ts',
  'packages/containers/src/down-main.ts',
  'packages/containers/src/relay-main.ts',
  'packages/edge/src/edge-main.ts',
  'packages/processes/src/host-main.ts',
  'packages/processes/src/serve-main.ts',
  'packages/release/src/source-packages.ts',
  'packages/runtimes/src/infrastructure/specification/main.ts',
  'packages/runtimes/src/infrastructure/toolkit/main.ts',
  'packages/runtimes/src/process/prove-code.js',
] as const;

/**
 * Bundles the programs of SoundBite into one directory, where they share what they have in common: so each finds the others beside it, whatever file its code
 * ended up in. Gives the npm packages that they import, which stay outside.
 */
export async function bundlePrograms(root: string, outdir: string): Promise<ReadonlySet<string>> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: packagedPrograms.map((source) => ({ in: source, out: packagedName(source).replace(/\.mjs$/, '') })),
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // Records and messages name classes and functions.
    keepNames: true,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    plugins: [packagesStayOutside, commandsOfThePackage],
  });
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  const outside = imports.filter(({ external, path }) => external && !path.startsWith('node:'));
  return new Set(outside.map(({ path }) => nameOf(path)));
}

/** Of a package's module: `@a/b/c.js` is in `@a/b`. */
const nameOf = (path: string): string =>
  path
    .split('/')
    .slice(0, path.startsWith('@') ? 2 : 1)
    .join('/');

/** Only our own rooms are bundled. */
const packagesStayOutside: Plugin = {
  name: 'packages-stay-outside',
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === 'entry-point' || path.startsWith('@soundbite/') ? undefined : { path, external: true },
    );
  },
};

/** Messages name the command and the docs as they are in the repository; whoever has the package finds them elsewhere. */
const commandsOfThePackage: Plugin = {
  name: 'commands-of-the-package',
  setup({ onLoad }) {
    onLoad({ filter: /\/(apps|packages)\/[^/]+\/src\/.*\.(ts|js)$/ }, async ({ path }) => ({
      contents: codeAsPackaged(await readFile(path, 'utf8')),
      loader: path.endsWith('.ts') ? 'ts' : 'js',
    }));
  },
};
