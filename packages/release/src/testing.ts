import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  canonicalJson,
  type DeliveryProgram,
  type Digest,
  digestOf,
  type Manifest,
  type OptionalProgram,
  type Provenance,
} from '@soundbite/model';
import { removeSealed } from './files.ts';

/** A temporary directory that goes with `remove`, sealed releases included. */
export function temporary() {
  const directory = mkdtempSync(join(tmpdir(), 'soundbite-release-'));
  return { directory, remove: () => removeSealed(directory) };
}

/** Writes files below a directory; keys are relative paths. */
export function writeFiles(directory: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
}

/** A service.yaml with these inputs. */
export const serviceOf = (inputs: readonly string[]) =>
  `version: 1\nname: one\ninputs: [${inputs.join(', ')}]\napp: [node, app.ts]\ncomponents: [{ name: api, function: Api }]\n`;

/** Runs git as nobody in particular. */
export function git(directory: string, ...args: string[]): string {
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'commit.gpgsign=false'];
  return execFileSync('git', ['-C', directory, ...identity, ...args], { encoding: 'utf8', stdio: 'pipe' }).trim();
}

/** A repository with these files committed. */
export function repository(directory: string, files: Readonly<Record<string, string>>): string {
  mkdirSync(directory, { recursive: true });
  git(directory, 'init', '--quiet', '--template=', '--initial-branch=main');
  writeFiles(directory, files);
  git(directory, 'add', '--all');
  git(directory, 'commit', '--quiet', '--message=first', '--date=2026-01-02T03:04:05Z');
  return directory;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** A small release in a store: everything that a real one has, with other contents; of the first format unless it says of a smoke what it brings. */
export function smallRelease(
  store: string,
  more: Readonly<Record<string, string>> = {},
  smoke?: DeliveryProgram | null,
  programs: Partial<Record<OptionalProgram, DeliveryProgram>> = {},
): Digest {
  const provenance: Provenance = {
    commit: 'a'.repeat(40),
    committedAt: '2026-01-02T03:04:05Z',
    dirty: false,
    inputs: digestOf('inputs'),
    files: [],
    tools: {},
  };
  const files = {
    'service.zip': 'code',
    'assembly/staging/manifest.json': '{}',
    'assembly/staging/cdk.out': '{}',
    'assembly/production/manifest.json': '{}',
    'settings/staging.json': '{}',
    'provenance.json': canonicalJson(provenance),
    ...more,
  };
  const bundle = { path: 'service.zip', codeSha256: 'x' } as const;
  const contents = {
    environments: ['staging', 'production'],
    files: Object.entries(files).map(([path, text]) => ({ path, sha256: sha256(text), bytes: text.length })),
  };
  const manifest: Manifest =
    smoke === undefined
      ? { format: 'soundbite.release/1', service: bundle, ...contents }
      : { format: 'soundbite.release/2', service: { name: 'small', ...bundle }, smoke, ...programs, ...contents };
  const text = canonicalJson(manifest);
  const digest = digestOf(text);
  writeFiles(join(store, digest.slice(7)), { ...files, 'manifest.json': text });
  return digest;
}
