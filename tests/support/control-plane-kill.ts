import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Kill -9 of a home's control plane; null: none but the one that was killed `before` has told its address. Its host starts another one. */
export async function killControlPlane(home: string, before?: number | null): Promise<number | null> {
  const { pid } = JSON.parse(await readFile(join(home, 'control-plane.json'), 'utf8')) as { pid: number };
  if (pid === before) return null;
  process.kill(pid, 'SIGKILL');
  return pid;
}
