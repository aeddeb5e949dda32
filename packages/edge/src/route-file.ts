import { renameSync } from 'node:fs';
import { join } from 'node:path';
import type { EdgeRoute } from '@soundbite/model';
import { checkRoute } from './check-route.ts';
import type { Emit } from './events.ts';
import { fileText, writeWhole } from './files.ts';

/** A route with the port that its environment really has. */
export interface KeptRoute {
  readonly route: EdgeRoute;
  readonly port: number;
}

const fileOf = (home: string) => join(home, 'routes.json');

/** Errors: `disk-full`; then the routes before stay, also after a restart. */
export async function saveRoutes(home: string, kept: readonly KeptRoute[]): Promise<void> {
  await writeWhole(fileOf(home), JSON.stringify(kept));
}

/** The routes of the edge before this one. An unreadable file is put aside: controllers set their routes again. */
export function loadRoutes(home: string, emit: Emit, containers?: string): readonly KeptRoute[] {
  const text = fileText(fileOf(home));
  if (text === null) return [];
  try {
    const kept = JSON.parse(text) as readonly KeptRoute[];
    return kept.map(({ route, port }) => ({ route: checkRoute(route, containers), port }));
  } catch (error) {
    renameSync(fileOf(home), `${fileOf(home)}.unreadable`);
    emit({ code: 'routes-unreadable', text: `routes.json was put aside: ${(error as Error).message}` });
    return [];
  }
}
