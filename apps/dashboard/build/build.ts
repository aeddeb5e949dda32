import { globSync, readFileSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { extname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { digestOf } from '@soundbite/model/digest.ts';
import type { BuiltPage } from '@soundbite/model/page/built-page.ts';
import { build, type Plugin, type Rolldown } from 'vite';
import { dashboardRoom, repository, viteConfig } from './config.ts';

/** The most that a browser may have to load, compressed, in bytes. */
const mostBytes: BuiltPage['bytes'] = { firstScripts: 130_000, all: 250_000 };

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

type Output = Rolldown.OutputChunk | Rolldown.OutputAsset;

/** Builds the page of a room. Errors: one that says what is wrong with the sources, or that it became too large. */
export async function builtPage(room = dashboardRoom, most: BuiltPage['bytes'] = mostBytes): Promise<BuiltPage> {
  const { plugin, inputs } = inputsSeen(room, Date.now());
  const { output } = (await build({
    ...viteConfig,
    root: room,
    logLevel: 'silent',
    plugins: [...viteConfig.plugins, nothingOfNode, plugin],
    worker: { format: 'es', plugins: () => [nothingOfNode, plugin] },
    build: { ...viteConfig.build, write: false },
  })) as Rolldown.RolldownOutput;
  const textOf = (name: string) => bytesOf(found(output, name)).toString('utf8');
  const files = output.filter(({ fileName }) => fileName.startsWith('assets/'));
  return {
    format: 1,
    inputs: inputs(),
    index: textOf('index.html'),
    assets: Object.fromEntries(files.map((file) => [file.fileName.slice('assets/'.length), assetOf(file)])),
    licenses: textOf(viteConfig.build.license.fileName),
    bytes: held(output, most),
  };
}

/** Vite would put something empty in their place, which fails in the browser. */
const nothingOfNode: Plugin = {
  name: 'nothing-of-node',
  enforce: 'pre',
  resolveId(id, importer) {
    if (isBuiltin(id)) throw new Error(`${importer} needs ${id}, which no browser has`);
  },
};

function found(output: readonly Output[], name: string): Output {
  const file = output.find(({ fileName }) => fileName === name);
  if (!file) throw new Error(`the build made no ${name}`);
  return file;
}

const bytesOf = (file: Output): Buffer => Buffer.from(file.type === 'chunk' ? file.code : file.source);

function assetOf(file: Output): BuiltPage['assets'][string] {
  const type = types[extname(file.fileName)];
  if (type === undefined) throw new Error(`apps/dashboard/build/build.ts knows no type of ${file.fileName}`);
  return { type, base64: bytesOf(file).toString('base64') };
}

/** What is to be loaded; throws where that is too much. */
function held(output: readonly Output[], most: BuiltPage['bytes']): BuiltPage['bytes'] {
  const compressed = (files: readonly Output[]) => files.reduce((sum, file) => sum + gzipSync(bytesOf(file)).length, 0);
  const bytes = {
    firstScripts: compressed(firstScripts(output)),
    all: compressed(output.filter(({ fileName }) => fileName !== viteConfig.build.license.fileName)),
  };
  for (const what of ['firstScripts', 'all'] as const)
    if (bytes[what] > most[what])
      throw new Error(
        `the page is too large: ${what} takes ${bytes[what]} bytes compressed, ${most[what]} is the most`,
      );
  return bytes;
}

/** The script that the document names, and all that it imports at once. */
function firstScripts(output: readonly Output[]): readonly Output[] {
  const chunks = new Map(output.flatMap((file) => (file.type === 'chunk' ? [[file.fileName, file] as const] : [])));
  const first = new Set([...chunks.values()].filter(({ isEntry }) => isEntry));
  for (const chunk of first)
    for (const name of chunk.imports) {
      const imported = chunks.get(name);
      if (imported) first.add(imported);
    }
  return [...first];
}

/** The room's own files, since Vite does not say which styles import which; how it is built is an input as well, and the lockfile names the versions of all else. */
const ownInputs = (room: string) =>
  globSync(['{build,src}/**/*.{ts,tsx,css,svg,png,woff2}', '*.{html,json}'], { cwd: room })
    .filter((name) => !name.endsWith('.test.ts'))
    .map((name) => join(room, name))
    .concat(['package-lock.json', 'tsconfig.json'].map((name) => join(repository, name)));

/**
 * Takes down which files of the repository the page is made of, from `begun` on (ms since 1970). A file that is in no list comes in only by a change of one that
 * is.
 */
function inputsSeen(room: string, begun: number): { readonly plugin: Plugin; inputs(): BuiltPage['inputs'] } {
  const seen = new Set(ownInputs(room));
  return {
    plugin: {
      name: 'inputs-seen',
      buildEnd() {
        for (const id of this.getModuleIds()) seen.add(id.replace(/[?#].*$/, ''));
      },
    },
    inputs() {
      const files = [...seen].filter((file) => file.startsWith(`${repository}/`) && !file.includes('/node_modules/'));
      const changed = files.find((file) => statSync(file).mtimeMs >= begun);
      if (changed !== undefined) throw new Error(`${changed} was changed while the page was built`);
      return Object.fromEntries(files.sort().map((file) => [relative(repository, file), digestOf(readFileSync(file))]));
    },
  };
}
