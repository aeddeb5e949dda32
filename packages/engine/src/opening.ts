import type { Environment } from '@soundbite/model';
import { keepingWorkflow } from './executor.ts';
import type { PromotionPorts } from './ports.ts';
import { type OpenDatabase, openDatabase } from './store/database.ts';
import { type Locks, locks } from './store/locks.ts';
import { type Records, records } from './store/records.ts';
import { type Home, ownSites, recordedNames, type Sites, sitesOf } from './store/sites.ts';

/** Tells of an error beside the work that goes on. */
export type Report = (code: string, message: string) => (error: unknown) => void;

export interface OpeningOptions {
  readonly databaseUrl: string;
  readonly ports: PromotionPorts;
  readonly home?: Home;
  readonly version?: string;
}

export interface Opened extends Pick<OpenDatabase, 'db' | 'installation' | 'close'> {
  readonly sites: Sites;
  readonly records: Records;
  readonly locks: Locks;
  /** The same for promotions, which outlast every outage: an error here would end a workflow for good. */
  readonly patient: { readonly records: Records; readonly locks: Locks };
}

/** Opens the database and its records, as this home sees them. Errors: those of `openDatabase`. */
export async function openRecords(options: OpeningOptions, report: Report): Promise<Opened> {
  const { databaseUrl, ports, home, version } = options;
  const onError = (error: Error) => report('database-connection', error.message)(error);
  const { db, installation, close } = await openDatabase(databaseUrl, onError, version, keepingWorkflow);
  const isHere = (environment: Environment) => ports.runtime(environment.runtime).isHere(environment);
  const declared = { declaration: ports.declaration, isHere };
  const sites = home ? sitesOf(home, declared, await recordedNames(db, home)) : ownSites;
  const within = (patienceMs?: number) => ({
    records: records(db, patienceMs, sites),
    locks: locks(db, patienceMs, sites),
  });
  return { db, installation, close, sites, ...within(), patient: within(Number.POSITIVE_INFINITY) };
}
