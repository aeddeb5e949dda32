import type { Status } from '@soundbite/client';
import { expect } from 'vitest';
import { cli } from './cli.ts';
import { type ForeignService, foreignService } from './foreign-service.ts';
import { temporaryHome } from './home.ts';

/** A service in a repository of its own, and a home that delivers it. */
export interface ServiceStage {
  readonly service: ForeignService;
  readonly home: string;
  /** The document of a command that ends with `exit`. */
  soundbite<T>(exit: number, ...args: string[]): Promise<T>;
  /** The answer of the AWS CLI in an environment's account; null: it has none. */
  aws<T>(environment: string, ...args: string[]): Promise<T>;
  /** Cuts what the repository holds now; the digest. */
  cut(): Promise<string>;
  environment(name: string): Promise<Status['environments'][number] | undefined>;
  remove(): Promise<void>;
}

/** `tests/services/<name>`, with nothing brought up yet. */
export async function serviceStage(name: string): Promise<ServiceStage> {
  const [service, { home, remove }] = await Promise.all([foreignService(name), temporaryHome()]);
  const run = async (exit: number, args: readonly string[]) => {
    const ended = await cli(args, { home, env: { SOUNDBITE_ROOT: service.directory } });
    expect(ended.code, `${args.join(' ')}: ${ended.stdout}\n${ended.stderr}`).toBe(exit);
    return ended;
  };
  const soundbite = async <T>(exit: number, ...args: string[]) => (await run(exit, [...args, '--json'])).json<T>();
  return {
    ...{ service, home },
    soundbite,
    async aws<T>(name: string, ...args: string[]) {
      const ended = await run(0, ['aws', name, ...args]);
      return ended.stdout.trim() === '' ? (null as T) : ended.json<T>();
    },
    cut: async () => (await soundbite<{ release: string }>(0, 'release', 'cut')).release,
    environment: async (wanted) =>
      (await soundbite<Status>(0, 'status')).environments.find((one) => one.name === wanted),
    async remove() {
      await remove();
      await service.remove();
    },
  };
}
