import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A `dev` session as it outlives its control plane. */
export interface DevRecord {
  readonly id: string;
  readonly environment: string;
}

export type DevRecords = ReturnType<typeof devRecords>;

/** The sessions of this home: `<home>/dev/<environment>.json`. A control plane that starts finds there what its predecessor served. */
export function devRecords(home: string) {
  const directory = join(home, 'dev');
  const fileOf = (environment: string) => join(directory, `${environment}.json`);
  return {
    async write(record: DevRecord): Promise<void> {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await writeFile(`${fileOf(record.environment)}.new`, JSON.stringify(record), { mode: 0o600 });
      await rename(`${fileOf(record.environment)}.new`, fileOf(record.environment));
    },
    remove: (environment: string): Promise<void> => rm(fileOf(environment), { force: true }),
    async list(): Promise<DevRecord[]> {
      const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return [];
        throw error;
      });
      const files = names.filter((name) => name.endsWith('.json'));
      return Promise.all(files.map(async (name) => JSON.parse(await readFile(join(directory, name), 'utf8'))));
    },
  };
}
