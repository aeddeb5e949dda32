import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Where ControlFileData has its state, and the state of a cluster that was shut down. Source: catalog/pg_control.h of Postgres 18. */
const stateAt = 16;
const shutDown = 1;

/**
 * Whether a copied data directory may be used: its server had ended in order when it was copied. One that ran was copied while its files changed;
 * it may start, and be corrupt. Files that are shared with the original (hard links) are the original's.
 */
export function isClusterWhole(data: string): boolean {
  const control = join(data, 'global/pg_control');
  if (!existsSync(control) || existsSync(join(data, 'postmaster.pid'))) return false;
  return statSync(control).nlink === 1 && stateOf(control) === shutDown;
}

function stateOf(control: string): number {
  const fd = openSync(control, 'r');
  try {
    const state = Buffer.alloc(4);
    readSync(fd, state, 0, 4, stateAt);
    return state.readUInt32LE();
  } finally {
    closeSync(fd);
  }
}
