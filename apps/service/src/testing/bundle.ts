import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { zipSync } from 'fflate';
import { assetPath } from '../assets.ts';

const ROOM = fileURLToPath(new URL('../..', import.meta.url));

/** Makes the bundle, with its assets, in a directory of its own; it is a plain esbuild bundle, as the cut makes it. */
export async function makeBundle(): Promise<{ folder: string; entry: string; remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'soundbite-bundle-'));
  const { entry, assets } = JSON.parse(readFileSync(join(ROOM, 'bundle.json'), 'utf8')) as {
    entry: string;
    assets: { to: string; gzip?: true }[];
  };
  const outfile = join(folder, 'index.mjs');
  await build({
    absWorkingDir: ROOM,
    entryPoints: [entry],
    bundle: true,
    outfile,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    banner: { js: "import{createRequire as __r}from'node:module';const require=__r(import.meta.url);" },
    minify: true,
    keepNames: true,
    logLevel: 'error',
  });
  for (const { to, gzip } of assets) {
    mkdirSync(dirname(join(folder, to)), { recursive: true });
    const bytes = readFileSync(assetPath(to));
    writeFileSync(join(folder, to), gzip ? gzipSync(bytes) : bytes);
  }
  return { folder, entry: outfile, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A bundle's files as the zip of a Lambda function. */
export function zipOf(folder: string): Uint8Array {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const entries = files.map(({ parentPath, name }) => {
    const file = join(parentPath, name);
    return [relative(folder, file), new Uint8Array(readFileSync(file))] as const;
  });
  return zipSync(Object.fromEntries(entries), { level: 1 });
}
