import { execFile } from 'node:child_process';
import { access, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import {
  firstDeclarations,
  type Inspection,
  inspect,
  type Repository,
  readAssembly,
  SoundBiteError,
} from '@soundbite/model';
import { gitEnvironment } from '@soundbite/model/git-environment.ts';
import { firstServiceReport, initReport } from '@soundbite/reports';
import { assemblyFiles } from '../assembly-files.ts';
import type { CommandAction } from '../command-entry.ts';
import { isEmptyRepository, writeFirstService } from '../first-service.ts';
import type { CommandResult, Shell } from '../shell.ts';

/**
 * Writes the two declarations, or the one that is missing, beside the cdk.json of this directory, and changes no file that is there; in an empty repository a small service with all that
 * it needs.
 */
export const run: CommandAction = async (shell, [assembly]) => {
  const directory = shell.host.cwd();
  const kept = await declaredIn(directory);
  if (assembly === undefined && (await isEmptyRepository(shell.installation, directory)))
    return beginService(shell, directory);
  return declareApp(shell, { directory, kept }, assembly);
};

async function beginService(shell: Shell, directory: string): Promise<CommandResult> {
  const document = await writeFirstService(shell.installation, directory);
  return { document, text: firstServiceReport(document, shell.paint) };
}

async function declareApp(
  shell: Shell,
  { directory, kept }: { readonly directory: string; readonly kept: readonly string[] },
  assembly = 'cdk.out',
): Promise<CommandResult> {
  const app = await appOf(directory);
  const inspection = inspect(await readAssembly(assemblyFiles(assembly, directory)));
  refuseUnfit(inspection);
  const repository = { name: await nameOf(directory), app, inputs: await inputsOf(directory) };
  const { service, environments, left } = firstDeclarations(inspection, repository);
  const texts = new Map([
    ['service.yaml', service],
    ['environments.yaml', environments],
  ]);
  const written = [...texts.keys()].filter((name) => !kept.includes(name));
  for (const name of written) await writeFile(join(directory, name), texts.get(name) ?? '', { flag: 'wx' });
  const document = { directory, written, kept, left };
  return { document, text: initReport(document, shell.paint) };
}

/** The declaration that is there already, as somebody wrote it or an `init` that was interrupted. Error: `declared-already` where both are. */
async function declaredIn(directory: string): Promise<string[]> {
  const there: string[] = [];
  for (const name of ['service.yaml', 'environments.yaml'])
    if (await access(join(directory, name)).then(...isThere)) there.push(name);
  if (there.length < 2) return there;
  throw new SoundBiteError('declared-already', `${directory} has both ${there.join(' and ')}`, {
    hint: 'soundbite env list checks them; remove one to have it written anew',
  });
}

const isThere = [() => true, () => false] as const;

/** The words of cdk.json's `app`; what only a shell understands is left to one. */
async function appOf(directory: string): Promise<readonly string[]> {
  const text = await readFile(join(directory, 'cdk.json'), 'utf8').catch(() => null);
  const app = text === null ? null : textIn(text, 'app');
  if (!app)
    throw new SoundBiteError('app-unknown', `${directory} has no cdk.json that names an app`, {
      hint: 'run it where your CDK app is, in the directory of its cdk.json; or, to begin a service, in an empty repository',
    });
  return /["'`$&|;<>()*?\\~]|^\w+=/.test(app.trim()) ? ['sh', '-c', app] : app.trim().split(/\s+/);
}

/** What a JSON document says under a key; null: no text, or it is no such document. */
function textIn(json: string, key: string): string | null {
  try {
    const value = (JSON.parse(json) as Readonly<Record<string, unknown>> | null)?.[key];
    return typeof value === 'string' && value.trim() ? value : null;
  } catch {
    return null;
  }
}

/** What no release could be made of. */
function refuseUnfit({ stacks, functions, problems }: Inspection): void {
  const why = [
    ...problems.map(({ message }) => message),
    ...(stacks.length > 0 ? [] : ['it has no stack']),
    ...(functions.some(({ promotable }) => promotable) ? [] : ['no function of it can be promoted']),
  ];
  if (why.length > 0)
    throw new SoundBiteError('assembly-undeliverable', `the app cannot be delivered: ${why.join('\n')}`, {
      hint: 'soundbite inspect says more, and what can be done',
    });
}

async function nameOf(directory: string): Promise<string> {
  const text = await readFile(join(directory, 'package.json'), 'utf8').catch(() => null);
  return (text === null ? null : textIn(text, 'name')) ?? basename(directory);
}

/** What git knows at the top of the directory, without prose, hidden files and what only people read. Error: `source-without-git`. */
async function inputsOf(directory: string): Promise<Repository['inputs']> {
  const { stdout } = await promisify(execFile)(
    'git',
    ['-C', directory, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    { maxBuffer: 1e8, env: gitEnvironment(process.env) },
  ).catch((cause: unknown) => {
    throw new SoundBiteError('source-without-git', `${directory} is in no git working tree`, { cause });
  });
  const tops = stdout.split('\0').flatMap((path) => (path ? [path.split('/')[0] ?? ''] : []));
  return [...new Set(tops)].filter((name) => !left.test(name)).sort();
}

const left = /^(\..*|.*\.md|docs?|LICENSE.*|cdk\.out|node_modules|service\.yaml|environments\.yaml)$/i;
