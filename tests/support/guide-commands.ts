import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './cli.ts';
import type { ServiceStage } from './service-stage.ts';

const run = promisify(execFile);
const require = createRequire(import.meta.url);

/** The commands of a guide, as a person with an environment of another name gives them in the directory of a service. */
export interface GuideCommands {
  /** Gives a command that the page has exactly so, which ends with `exit`; the document of one of SoundBite's. Whatever it asks is answered by yes. */
  give<T>(command: string, exit?: number): Promise<T>;
  /** Commands of the page that nobody gave. */
  left(): readonly string[];
}

/** Those of a page below `docs`, where `production` stands for `environment`. */
export function guideCommands(page: string, stage: ServiceStage, environment: string): GuideCommands {
  const text = readFileSync(join(root, 'docs', page), 'utf8');
  const commands = [...text.matchAll(/^```sh\n(.*?)^```$/gms)]
    .flatMap(([, block = '']) => block.trim().split('\n'))
    .map((line) => line.replace(/ +#.*$/, ''));
  const given = new Set<string>();
  let variables: Record<string, string> = {};
  return {
    async give<T>(command: string, exit = 0) {
      if (!commands.includes(command)) throw new Error(`${page} does not say: ${command}`);
      given.add(command);
      const said = /^eval "\$\((.+)\)"$/.exec(command)?.[1] ?? command;
      const [program, ...words] = said.split(' ').map((word) => (word === 'production' ? environment : word));
      if (program === 'npx') {
        await cdk(stage.service.directory, variables, words);
        return null as T;
      }
      const asks = ['adopt', 'handback'].includes(words[0] ?? '') && !words.includes('--plan');
      const document = await stage.soundbite<T & { variables?: typeof variables }>(
        exit,
        ...words,
        ...(asks ? ['--yes'] : []),
      );
      if (said !== command) variables = document.variables ?? {};
      return document;
    },
    left: () => commands.filter((command) => !given.has(command)),
  };
}

/** `npx cdk …`: the CDK's own CLI, in a home that knows nothing. It sends nothing about its use and asks for no notices. */
async function cdk(directory: string, variables: Record<string, string>, [program, ...words]: readonly string[]) {
  if (program !== 'cdk') throw new Error(`npx ${program} is no command that a guide's test can give`);
  const home = await mkdtemp(join(tmpdir(), 'soundbite-cdk-'));
  const quiet = { CDK_DISABLE_CLI_TELEMETRY: 'true', AWS_EC2_METADATA_DISABLED: 'true' };
  const yes = words[0] === 'deploy' ? ['--require-approval', 'never'] : [];
  try {
    await run(
      process.execPath,
      [require.resolve('aws-cdk/bin/cdk'), ...words, ...yes, '--no-notices', '--no-version-reporting'],
      {
        cwd: directory,
        env: { PATH: process.env.PATH, HOME: home, CDK_HOME: home, ...quiet, ...variables },
        maxBuffer: 64 * 1024 * 1024,
      },
    );
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}
