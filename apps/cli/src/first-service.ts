import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { SoundBiteError, serviceNameFrom } from '@soundbite/model';
import { gitEnvironment } from '@soundbite/model/git-environment.ts';
import type { FirstService } from '@soundbite/reports';

/** What may be in a repository in which nothing was begun. */
const nothing = /^(\..*|.*\.md|LICENSE.*|package\.json|package-lock\.json|node_modules)$/i;

/** Files by their path, `/` between its parts. */
type Texts = ReadonlyMap<string, string>;

/**
 * Whether no service was begun in a directory: it has at most what `git init` and `npm install` leave, texts, and what an `init` wrote that was interrupted.
 */
export async function isEmptyRepository(installation: string, directory: string): Promise<boolean> {
  const ours = await firstServiceFiles(installation, directory);
  const tops = (await readdir(directory)).filter((name) => !nothing.test(name));
  if (tops.some((top) => ![...ours.keys()].some((file) => file.split('/')[0] === top))) return false;
  const begun = await textsBelow(directory, tops);
  return [...begun].every(([file, text]) => ours.get(file) === text);
}

/**
 * Writes a small service that passes everything: templates/service. A package.json and a .gitignore that are there get what they lack; no other file is changed.
 * Errors: `source-without-git`, `usage` for a package.json that is none.
 */
export async function writeFirstService(installation: string, directory: string): Promise<FirstService> {
  await demandRepository(directory);
  const template = join(installation, 'templates/service');
  const shared = {
    'package.json': await completePackage(template, directory),
    '.gitignore': await completeIgnored(template, directory),
  };
  const files = await firstServiceFiles(installation, directory);
  for (const [file, text] of files) {
    await mkdir(dirname(join(directory, file)), { recursive: true });
    await writeFile(join(directory, file), text);
  }
  const those = (done: Completion) => Object.entries(shared).flatMap(([file, is]) => (is === done ? [file] : []));
  return { directory, written: [...those('made'), ...files.keys()], extended: those('extended') };
}

/** The service's own files, declarations last: while they are not there, `init` can be repeated. */
async function firstServiceFiles(installation: string, directory: string): Promise<Texts> {
  const texts = await textsBelow(join(installation, 'templates/service'));
  const name = serviceNameFrom(basename(directory));
  return new Map(
    [...texts]
      .filter(([file]) => file !== 'package.json' && file !== 'gitignore')
      .map(
        ([file, text]) =>
          [file, file === 'service.yaml' ? text.replace('name: notes\n', `name: ${name}\n`) : text] as const,
      )
      .sort(([a], [b]) => Number(a.endsWith('.yaml')) - Number(b.endsWith('.yaml')) || (a < b ? -1 : 1)),
  );
}

async function textsBelow(directory: string, tops: readonly string[] = ['']): Promise<Texts> {
  const texts = new Map<string, string>();
  for (const top of tops) {
    const place = join(directory, top);
    const files = (await stat(place)).isFile() ? [place] : await filesIn(place);
    for (const file of files) texts.set(relative(directory, file), await readFile(file, 'utf8'));
  }
  return texts;
}

const filesIn = async (directory: string): Promise<readonly string[]> =>
  (await readdir(directory, { recursive: true, withFileTypes: true }))
    .filter((entry) => !entry.isDirectory() && !entry.parentPath.includes('__pycache__'))
    .map((entry) => join(entry.parentPath, entry.name));

/** A release is cut from what git knows of a repository's root. */
async function demandRepository(directory: string): Promise<void> {
  const top = await promisify(execFile)('git', ['-C', directory, 'rev-parse', '--show-prefix'], {
    env: gitEnvironment(process.env),
  }).then(
    ({ stdout }) => stdout.trim() === '',
    () => false,
  );
  if (top) return;
  throw new SoundBiteError('source-without-git', `${directory} is not the root of a git repository`, {
    hint: 'git init, then: soundbite init',
  });
}

interface PackageJson {
  readonly name?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

async function packageAt(file: string): Promise<PackageJson | null> {
  const text = await textAt(file);
  if (text === null) return null;
  try {
    return JSON.parse(text) as PackageJson;
  } catch (cause) {
    throw new SoundBiteError('usage', `${file} is no JSON: ${(cause as Error).message}`, {
      hint: 'fix or remove it',
      cause,
    });
  }
}

/** What became of a file that others write, too. */
type Completion = 'made' | 'extended' | 'left';

/**
 * What the CDK app needs, under `devDependencies`: nothing of it is deployed. SoundBite itself is not added: no registry has it, and npm would install whatever has
 * its name there.
 */
async function completePackage(template: string, directory: string): Promise<Completion> {
  const file = join(directory, 'package.json');
  const [wanted, present] = await Promise.all([packageAt(join(template, 'package.json')), packageAt(file)]);
  const own = present ?? { ...wanted, name: serviceNameFrom(basename(directory)) };
  const named = { ...own.dependencies, ...own.devDependencies };
  const missing = Object.entries(wanted?.devDependencies ?? {}).filter(([name]) => !(name in named));
  if (present && missing.length === 0) return 'left';
  const devDependencies = Object.fromEntries(
    [...missing, ...Object.entries(own.devDependencies ?? {})].sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  await replaceFile(file, `${JSON.stringify({ ...own, devDependencies }, null, 2)}\n`);
  return present ? 'extended' : 'made';
}

async function completeIgnored(template: string, directory: string): Promise<Completion> {
  const file = join(directory, '.gitignore');
  const [wanted, present] = await Promise.all([readFile(join(template, 'gitignore'), 'utf8'), textAt(file)]);
  const lines = (present ?? '').split('\n');
  const missing = wanted.split('\n').filter((line) => line && !lines.includes(line));
  if (missing.length === 0) return 'left';
  const begin = present && !present.endsWith('\n') ? `${present}\n` : (present ?? '');
  await replaceFile(file, begin + missing.map((line) => `${line}\n`).join(''));
  return present === null ? 'made' : 'extended';
}

/** Whole or not at all: it may be somebody's. */
async function replaceFile(file: string, text: string): Promise<void> {
  const whole = `${file}.${process.pid}`;
  await writeFile(whole, text);
  await rename(whole, file);
}

const textAt = (file: string): Promise<string | null> =>
  readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
