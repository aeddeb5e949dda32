import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, open, readdir, readlink, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { inputInvalid, utf8 } from './input-path.ts';

/** A regular file of the working tree, or a link to one. Paths are relative, with forward slashes. */
export interface SourceFile {
  readonly path: string;
  /** Of the file itself, or of the file that a link leads to. */
  readonly bytes: Buffer;
  /** The text of a link; null for a regular file. */
  readonly link: string | null;
  /** The path that a link leads to; null for a regular file. */
  readonly target: string | null;
}

type Kind = 'file' | 'link' | 'other';

/**
 * Reads all files below `paths` that are `wanted`, by their bytes on disk; sorted by path. What is in `node_modules` is left out.
 * Error: `input-invalid`, naming the path: links to directories, to nothing, or out of the tree; repositories inside; devices, pipes
 * and sockets; what cannot be read.
 */
export async function readSourceFiles(
  source: string,
  paths: readonly string[],
  wanted: (path: string) => boolean,
): Promise<SourceFile[]> {
  const found = (await Promise.all(paths.map((path) => find(source, path)))).flat();
  const files = await Promise.all(found.filter(({ path }) => wanted(path)).map((one) => readSource(source, one)));
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The name that git gives to these bytes; SHA-256 when `like` is such a name. */
export function blobName(bytes: Uint8Array, like: string): string {
  return createHash(like.length === 64 ? 'sha256' : 'sha1')
    .update(`blob ${bytes.length}\0`)
    .update(bytes)
    .digest('hex');
}

interface Found {
  readonly path: string;
  readonly kind: Kind;
}

/** What is at a path: nothing, the entry itself, or all below it. A directory on the way that is a link is refused. */
async function find(source: string, path: string): Promise<Found[]> {
  const parts = path.split('/');
  for (let depth = 1; depth <= parts.length; depth += 1) {
    const part = parts.slice(0, depth).join('/');
    const state = await lstat(join(source, part)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
      throw unreadable(part, error);
    });
    if (!state) return [];
    if (depth === parts.length)
      return state.isDirectory() ? below(source, part) : [{ path: part, kind: kindOf(state) }];
    if (state.isSymbolicLink()) throw linked(part, 'is a link to a directory');
  }
  return [];
}

async function below(source: string, directory: string): Promise<Found[]> {
  const entries = await readdir(join(source, directory), { withFileTypes: true, encoding: 'buffer' }).catch((error) => {
    throw unreadable(directory, error);
  });
  const found = await Promise.all(
    entries.map((entry): Promise<Found[]> | Found[] => {
      const name = utf8(entry.name, directory);
      const path = `${directory}/${name}`;
      if (name === 'node_modules') return [];
      if (name === '.git') throw inputInvalid(directory, 'is a git repository of its own', ownFiles);
      return entry.isDirectory() ? below(source, path) : [{ path, kind: kindOf(entry) }];
    }),
  );
  return found.flat();
}

const ownFiles = 'keep the files themselves in this repository: a release is made of the files of one commit';

function kindOf(entry: { isFile(): boolean; isSymbolicLink(): boolean }): Kind {
  if (entry.isFile()) return 'file';
  return entry.isSymbolicLink() ? 'link' : 'other';
}

async function readSource(source: string, { path, kind }: Found): Promise<SourceFile> {
  if (kind === 'other') throw inputInvalid(path, 'is neither a file nor a directory', 'remove it');
  if (kind === 'file') return { path, bytes: await readRegular(source, path), link: null, target: null };
  const target = await targetOf(source, path);
  const link = await readlink(join(source, path)).catch((error) => {
    throw unreadable(path, error);
  });
  return { path, bytes: await readRegular(source, target), link, target };
}

/** Where in the tree a link leads. */
async function targetOf(source: string, path: string): Promise<string> {
  const [root, target] = await Promise.all([
    realpath(source),
    realpath(join(source, path)).catch((cause: NodeJS.ErrnoException) => {
      throw linked(
        path,
        cause.code === 'ELOOP' ? 'is a link that leads in a circle' : 'is a link that leads nowhere',
        cause,
      );
    }),
  ]);
  if (target !== root && !target.startsWith(root + sep))
    throw linked(path, `is a link out of the working tree, to ${target}`);
  const state = await stat(target);
  if (state.isDirectory()) throw linked(path, 'is a link to a directory');
  if (!state.isFile()) throw linked(path, `is a link to ${target}, which is not a file`);
  return relative(root, target);
}

const linked = (path: string, what: string, cause?: unknown) =>
  inputInvalid(path, what, 'put the files themselves in its place', cause);

/** Never waits for the other end of a pipe that took the file's place. */
async function readRegular(source: string, path: string): Promise<Buffer> {
  try {
    const handle = await open(join(source, path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      if (!(await handle.stat()).isFile()) throw inputInvalid(path, 'is not a regular file', 'remove it');
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'input-invalid') return error;
  return inputInvalid(path, `cannot be read (${code ?? String(error)})`, 'see its permissions, then cut again', error);
}
