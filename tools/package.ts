import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { chmod, cp, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { BuiltPage, builtPageFile } from '@soundbite/model/page/built-page.ts';
import { bundlePrograms } from './package/bundle.ts';
import { packageJson } from './package/package-json.ts';
import { asPackaged, packagedPage } from './package/texts.ts';

// npm run package [-- directory]: makes the npm package in `dist/package` and packs it beside, as soundbite-<version>.tgz.

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));

/** What the package has as it is in the repository, at the same path. */
const files = ['LICENSE', 'packages/clouds/emulator', 'scripts/completion', 'docker', 'docs', 'templates'];

/** Of these, what people read there, and what their shells do. */
const told = ['docs/{guides,reference,runbooks,tutorials}/*.md', 'scripts/completion/*'];

/** Not of the product, or of a clone alone: the house is made of the repository. */
const left =
  /(__pycache__|\.test\.ts|ruff\.toml|requirements\.in|docker\/(house|Dockerfile\.house|docker-compose\.multienv\.yml))$/;

/** The most that the package may take unpacked, without what it depends on, in bytes. */
const mostBytes = 25_000_000;

export interface Packed {
  /** The archive. */
  readonly tarball: string;
  /** Of the archive. */
  readonly bytes: number;
  /** Of all files, unpacked. */
  readonly unpackedBytes: number;
  readonly files: number;
}

/** Makes the package in `<directory>/package` anew, and packs it into `directory`. */
export async function makePackage(directory: string): Promise<Packed> {
  const place = join(directory, 'package');
  await rm(place, { recursive: true, force: true });
  await mkdir(place, { recursive: true });
  const used = await bundlePrograms(root, join(place, 'dist'));
  await writeFile(join(place, 'package.json'), `${JSON.stringify(await packageJson(root, used), null, 2)}\n`);
  await buildPage(place);
  for (const file of files)
    await cp(join(root, file), join(place, file), { recursive: true, filter: (path) => !left.test(path) });
  for (const file of globSync(told, { cwd: place }).map((name) => join(place, name)))
    await writeFile(file, asPackaged(await readFile(file, 'utf8')));
  await copyEntry(place);
  return pack(place, directory);
}

/** The page, as it is read there. Beside it, whose work is in it. */
async function buildPage(place: string): Promise<void> {
  const file = join(place, builtPageFile.packaged);
  await run(process.execPath, [join(root, 'apps/dashboard/build/main.ts'), file]);
  const page = packagedPage(BuiltPage.parse(JSON.parse(await readFile(file, 'utf8'))));
  await writeFile(file, JSON.stringify(page));
  await writeFile(join(dirname(file), 'page-licenses.md'), page.licenses);
}

async function copyEntry(place: string): Promise<void> {
  const entry = join(place, 'bin/soundbite.mjs');
  await mkdir(dirname(entry));
  await cp(join(root, 'tools/package/soundbite.mjs'), entry);
  await chmod(entry, 0o755);
  await cp(join(root, 'tools/package/README.md'), join(place, 'README.md'));
}

async function pack(place: string, directory: string): Promise<Packed> {
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', directory], {
    cwd: place,
    maxBuffer: 1e8,
  });
  const [packed] = JSON.parse(stdout) as { filename: string; unpackedSize: number; entryCount: number }[];
  if (!packed) throw new Error('npm pack packed nothing');
  if (packed.unpackedSize > mostBytes)
    throw new Error(`the package takes ${packed.unpackedSize} bytes; ${mostBytes} is the most`);
  const tarball = join(directory, packed.filename);
  const { size: bytes } = await stat(tarball);
  return { tarball, bytes, unpackedBytes: packed.unpackedSize, files: packed.entryCount };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  const packed = await makePackage(process.argv[2] ?? join(root, 'dist'));
  process.stdout.write(`${JSON.stringify({ version, ...packed })}\n`);
}
