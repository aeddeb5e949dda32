import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { awsNames, canonicalJson, type Environment, SoundBiteError, toldToConstructs } from '@soundbite/model';
import { programFile } from '@soundbite/model/programs.ts';
import { plainEnvironment, runChild } from './children.ts';
import type { UsedModule } from './modules.ts';
import type { ReadService } from './service-file.ts';

export interface Synthesis {
  readonly source: string;
  /** What the app is told; in this order. */
  readonly environments: readonly Environment[];
  /** Where the assemblies go: `<outDir>/<environment>/`. */
  readonly outDir: string;
  readonly service: ReadService;
  /** The bundle of what runs as processes; null: nothing does. */
  readonly serviceZip: string | null;
  /** How long one run of the app may take, in ms; ten minutes by default. */
  readonly withinMs?: number;
  /** Hears of every module that was loaded over a package's border. */
  readonly onUse?: (module: UsedModule) => void;
}

/** Words of `app` that stand for something else. */
const placeholder = { one: '{environment}', all: '{environments}' } as const;

/**
 * Runs the service's CDK app: once for each environment, or once for all if its command asks for that. Each assembly lies in `<outDir>/<environment>/` afterwards.
 * Errors: `synthesis-failed`, and what the app itself names in its last line.
 */
export async function runApp(synthesis: Synthesis, signal?: AbortSignal): Promise<void> {
  const { environments, outDir, service } = synthesis;
  const declared = `${outDir}.environments`;
  await mkdir(outDir, { recursive: true });
  await writeFile(declared, toldToConstructs(environments));
  const context = await declaredContext(synthesis.source);
  const run = (names: readonly string[], out: string, own: Readonly<Record<string, string>>) =>
    runOnce(
      synthesis,
      {
        command: commandFor(service.service.app, names),
        env: {
          ...own,
          CDK_OUTDIR: out,
          SOUNDBITE_ENVIRONMENTS: declared,
          ...(synthesis.serviceZip === null ? {} : { SOUNDBITE_SERVICE_ZIP: synthesis.serviceZip }),
        },
      },
      signal,
    );
  const names = environments.map(({ name }) => name);
  if (service.service.app.includes(placeholder.all))
    await run(names, outDir, { CDK_CONTEXT_JSON: JSON.stringify(context) });
  else
    for (const environment of environments)
      await run([environment.name], join(outDir, environment.name), ownOf(environment, context));
  await rm(declared);
}

/** What an app is told that makes one environment: its name, its settings, and the qualifier of its bootstrap. */
function ownOf(environment: Environment, context: Record<string, unknown>): Record<string, string> {
  const { name, settings } = environment;
  return {
    SOUNDBITE_ENVIRONMENT: name,
    // In one form, whatever the order in environments.yaml: apps write settings into templates as they get them.
    CDK_CONTEXT_JSON: canonicalJson({
      ...context,
      '@aws-cdk/core:bootstrapQualifier': awsNames(name).qualifier,
      'soundbite:environment': name,
      'soundbite:settings': settings,
    }),
  };
}

function commandFor(app: readonly string[], names: readonly string[]): readonly string[] {
  return app.flatMap((word) =>
    word === placeholder.all ? names : [word.replaceAll(placeholder.one, names.join(','))],
  );
}

interface Run {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

async function runOnce(
  { source, outDir, onUse, withinMs = 600_000 }: Synthesis,
  run: Run,
  signal?: AbortSignal,
): Promise<void> {
  const list = `${outDir}.modules`;
  const [program = '', ...args] = run.command;
  const isNode = program === 'node';
  await runChild({
    name: 'synthesis',
    ...(isNode ? {} : { program }),
    args: isNode ? [...watchedNode, ...args] : args,
    cwd: source,
    withinMs,
    env: {
      ...plainEnvironment(),
      ...run.env,
      ...(isNode ? { SOUNDBITE_SOURCE: source, SOUNDBITE_MODULES: list } : {}),
      // CDK's own validation of templates takes as long as the synthesis.
      CDK_VALIDATION: 'false',
    },
    ...(signal ? { signal } : {}),
  });
  if (!isNode) return;
  for (const module of JSON.parse(await readFile(list, 'utf8')) as UsedModule[]) onUse?.(module);
  await rm(list);
}

/** Node that writes down which packages it loads. */
const watchedNode = [
  // A module is where it was found, also when its node_modules is a link: so it can be held against the lockfile.
  ...['--preserve-symlinks', '--preserve-symlinks-main'],
  ...['--import', pathToFileURL(programFile('packages/release/src/source-packages.ts')).href],
];

/** What cdk.json and cdk.context.json say, as the CDK's own CLI would pass it on, and nothing of this machine. */
async function declaredContext(source: string): Promise<Record<string, unknown>> {
  const { context = {} } = (await json(source, 'cdk.json')) as { readonly context?: Record<string, unknown> };
  const looked = await json(source, 'cdk.context.json');
  return { ...context, ...looked, 'aws:cdk:version-reporting': false };
}

async function json(source: string, name: string): Promise<Record<string, unknown>> {
  const text = await readFile(join(source, name), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}';
    throw error;
  });
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch (cause) {
    throw new SoundBiteError('synthesis-failed', `${name} is no JSON: ${(cause as Error).message}`, {
      hint: `fix ${name}`,
      cause,
    });
  }
}
