import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { engineCalls } from '../packages/containers/src/calls.ts';
import { localBase } from '../packages/containers/src/images/base.ts';
import { type TarEntry, tarOf } from '../packages/containers/src/tar.ts';

/**
 * Makes the base image of services from the Node that runs this, which is the lockfile's, and the libraries that it is linked with: for an engine that reaches no registry. Nothing
 * else is in it, no shell either. The same Node on the same system gives the same layer.
 */

const owned = { uid: 0, gid: 0, mtime: 0 };

/** What `ldd` says of a program: the files that it loads, the loader among them. */
export function librariesIn(told: string): string[] {
  const found = told.split('\n').flatMap((line) => {
    const [, path] = /(?:=>\s*)?(\/\S+) \(0x/.exec(line) ?? [];
    return path === undefined ? [] : [path];
  });
  return [...new Set(found)].sort();
}

/** Names of hosts and of users, which the C library looks up in files. */
const written: Readonly<Record<string, string>> = {
  'etc/group': 'root:x:0:\nsoundbite:x:10001:\n',
  'etc/nsswitch.conf': 'hosts: files dns\n',
  'etc/passwd': 'root:x:0:0::/:/nowhere\nsoundbite:x:10001:10001::/app:/nowhere\n',
};

function filesOf(node: string): Map<string, Uint8Array> {
  const libraries = librariesIn(execFileSync('ldd', [node], { encoding: 'utf8' }));
  // Loaded by name when a host is looked up, so not among what the program is linked with.
  const beside = new Set(libraries.map((path) => dirname(path)));
  const lookUp = [...beside].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => /^lib(nss_(dns|files)|resolv)\.so\.2$/.test(name))
      .map((name) => join(folder, name)),
  );
  const certificates = ['/etc/ssl/certs/ca-certificates.crt'].filter((path) => existsSync(path));
  const copied = [...libraries, ...lookUp, ...certificates];
  return new Map([
    ['usr/local/bin/node', readFileSync(node)],
    ...copied.map((path): [string, Uint8Array] => [path.slice(1), readFileSync(path)]),
    ...Object.entries(written).map(([path, text]): [string, Uint8Array] => [path, Buffer.from(text)]),
  ]);
}

function entriesOf(files: ReadonlyMap<string, Uint8Array>): TarEntry[] {
  const parents = [...files.keys()].flatMap((path) => {
    const parts = path.split('/').slice(0, -1);
    return parts.map((_, at) => parts.slice(0, at + 1).join('/'));
  });
  const directories = [...new Set(parents)].sort().map((path) => ({ path, mode: 0o755, ...owned }));
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    ...directories,
    { path: 'tmp', mode: 0o1777, ...owned },
    ...sorted.map(([path, bytes]) => ({ path, bytes, mode: path.startsWith('etc/') ? 0o644 : 0o755, ...owned })),
  ];
}

/** Makes it on an engine; says what it made. Errors: those of the engine; this is no Linux. */
export async function makeBaseImage(calls = engineCalls()): Promise<string> {
  if (process.platform !== 'linux')
    throw new Error('a base image is made of a Linux Node; elsewhere let the engine fetch one');
  const tar = await tarOf(entriesOf(filesOf(realpathSync(process.execPath))));
  const [repo, tag] = localBase.split(':');
  const told = await calls.bytes('POST', '/images/create', {
    query: { fromSrc: '-', repo, tag, changes: 'ENV PATH=/usr/local/bin' },
    bytes: Readable.from([tar]),
    silenceMs: 300_000,
  });
  const failed = /"error":"([^"]*)"/.exec(told.toString('utf8'))?.[1];
  if (failed !== undefined) throw new Error(`the engine did not take the base image: ${failed}`);
  return `${localBase}: Node ${process.version}, ${Math.round(tar.length / 1e6)} MB`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.stdout.write(`${await makeBaseImage()}\n`);
