import type { Status } from '@soundbite/client';
import { loopbackOptions } from '@soundbite/model';
import { expect } from 'vitest';
import type { AccountConfig } from '../../packages/runtimes/src/testing-account.ts';
import { cli } from './cli.ts';
import type { DescribedService, Place } from './described/service.ts';
import { foreignService } from './foreign-service.ts';
import { temporaryHome } from './home.ts';
import type { Edit, Repository } from './repository.ts';
import { workingCopy } from './working-copy.ts';

/** A service in a repository of its own, and a home that delivers it. */
export interface ServiceStage {
  readonly service: Repository;
  readonly home: string;
  /** The document of a command that ends with `exit`. */
  soundbite<T>(exit: number, ...args: string[]): Promise<T>;
  /** The same, asked by whoever has this token. */
  as(token: string): <T>(exit: number, ...args: string[]) => Promise<T>;
  /** The answer of the AWS CLI in an environment's account; null: it has none. */
  aws<T>(environment: string, ...args: string[]): Promise<T>;
  /** An environment's account for clients of the AWS SDK. */
  account(environment: string): Promise<AccountConfig>;
  /** Where users find it. */
  place(environment: string): Promise<Place>;
  /** Cuts what the repository holds now, or would hold with these edits; the digest. */
  cut(edits?: readonly Edit[]): Promise<string>;
  environment(name: string): Promise<Status['environments'][number] | undefined>;
  remove(): Promise<void>;
}

/** A repository of `tests/services/<name>`, or of SoundBite itself. */
export const serviceSource = (name: DescribedService['name']): Promise<Repository> =>
  name === 'soundbite' ? workingCopy() : foreignService(name);

/** It, with nothing brought up yet. */
export async function serviceStage(name: DescribedService['name']): Promise<ServiceStage> {
  const [service, { home, remove }] = await Promise.all([serviceSource(name), temporaryHome()]);
  const run = async (exit: number, args: readonly string[], env: Record<string, string> = {}) => {
    const ended = await cli(args, { home, env: { SOUNDBITE_ROOT: service.directory, ...env } });
    // One line, since that is what a summary of failures shows.
    const said = `${ended.stderr}\n${ended.stdout}`.replaceAll(/\s+/g, ' ').trim();
    expect(ended.code, `${args.join(' ')}: ${said}`).toBe(exit);
    return ended;
  };
  const soundbite = async <T>(exit: number, ...args: string[]) => (await run(exit, [...args, '--json'])).json<T>();
  const environment = async (wanted: string) =>
    (await soundbite<Status>(0, 'status')).environments.find((one) => one.name === wanted);
  const account = async (of: string) => configOf((await soundbite<{ variables: Variables }>(0, 'aws', of)).variables);
  return {
    ...{ service, home, soundbite, environment, account },
    as:
      (token) =>
      async <T>(exit: number, ...args: string[]) =>
        (await run(exit, [...args, '--json'], { SOUNDBITE_TOKEN: token })).json<T>(),
    async aws<T>(of: string, ...args: string[]) {
      const ended = await run(0, ['aws', of, ...args]);
      return ended.stdout.trim() === '' ? (null as T) : ended.json<T>();
    },
    place: async (of) => ({ url: (await environment(of))?.url ?? null, account: await account(of) }),
    cut: (edits = []) =>
      service.edited(edits, async () => (await soundbite<{ release: string }>(0, 'release', 'cut')).release),
    async remove() {
      await remove();
      await service.remove();
    },
  };
}

type Variables = Readonly<Record<string, string>>;

const configOf = ({
  AWS_ACCESS_KEY_ID: accessKeyId = '',
  AWS_SECRET_ACCESS_KEY: secretAccessKey = '',
  AWS_SESSION_TOKEN: sessionToken,
  AWS_REGION: region = '',
  AWS_ENDPOINT_URL: endpoint = '',
}: Variables): AccountConfig => ({
  ...loopbackOptions,
  ...{ region, endpoint },
  credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
});
