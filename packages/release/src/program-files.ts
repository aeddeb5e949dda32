import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Manifest, namedPrograms, programKinds, type ServiceDeclaration } from '@soundbite/model';
import type { ReadInputs } from './inputs.ts';

/** Writes the files of the programs that the service brings, as they were read: each program's below its name. */
export async function takePrograms(place: string, { service, contents }: ReadInputs): Promise<void> {
  for (const kind of programKinds) {
    const prefix = `${service[kind]?.directory}/`;
    for (const [path, bytes] of [...contents].filter(([path]) => service[kind] && path.startsWith(prefix))) {
      const file = join(place, kind, path.slice(prefix.length));
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, bytes);
    }
  }
}

type Programs = Pick<Extract<Manifest, { format: 'soundbite.release/2' }>, (typeof programKinds)[number]>;

/** The programs as a manifest names them. Optional ones that the service lacks are absent: its releases stay what they were. */
export function releasedPrograms(service: ServiceDeclaration): Programs {
  const optional = namedPrograms.flatMap((kind) =>
    service[kind] ? [[kind, { ...service[kind], directory: kind }] as const] : [],
  );
  return {
    smoke: service.smoke ? { ...service.smoke, directory: 'smoke' } : null,
    ...Object.fromEntries(optional),
  };
}
