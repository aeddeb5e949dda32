import type { Status } from '@soundbite/client';
import { expect } from 'vitest';
import { cli } from './cli.ts';
import { type ForeignService, foreignService } from './foreign-service.ts';
import { temporaryHome } from './home.ts';

/** A service in a repository of its own, and a home that delivers it. */
export interface ServiceStage {
  readonly service: ForeignService;
  /** The document of a command that ends with `exit`. */
  soundbite<T>(exit: number, ...args: string[]): Promise<T>;
  /** Cuts what the repository holds now; the digest. */
  cut(): Promise<string>;
  environment(name: string): Promise<Status['environments'][number] | undefined>;
  remove(): Promise<void>;
}

/** `tests/services/<name>`, with nothing brought up yet. */
export async function serviceStage(name: string): Promise<ServiceStage> {
  const [service, { home, remove }] = await Promise.all([foreignService(name), temporaryHome()]);
  const soundbite = async <T>(exit: number, ...args: string[]): Promise<T> => {
    const run = await cli([...args, '--json'], { home, env: { SOUNDBITE_ROOT: service.directory } });
    expect(run.code, `${args.join(' ')}: ${run.stdout}\n${run.stderr}`).toBe(exit);
    return run.json<T>();
  };
  return {
    service,
    soundbite,
    cut: async () => (await soundbite<{ release: string }>(0, 'release', 'cut')).release,
    environment: async (wanted) =>
      (await soundbite<Status>(0, 'status')).environments.find((one) => one.name === wanted),
    async remove() {
      await remove();
      await service.remove();
    },
  };
}
