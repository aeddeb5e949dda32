import { AsyncLocalStorage } from 'node:async_hooks';
import { CompiledQuery, PostgresDialect, type PostgresDialectConfig, PostgresDriver } from 'kysely';
import { escapeLiteral } from 'pg';

type TransactionSettings = Parameters<PostgresDriver['beginTransaction']>[1];
type Connection = Parameters<PostgresDriver['rollbackTransaction']>[0];

/** A statement that each transaction begins with, in the same round trip. */
export interface OpeningStatement {
  /** One statement without parameters. */
  readonly sql: string;
  /** Maps its error to ours. */
  refused(error: unknown): unknown;
}

/** The last statements of the current unit of work, sent with its commit. */
const closing = new AsyncLocalStorage<string[]>();

/** Runs a unit of work that may send its last statements with its commit. */
export const withClosing = <T>(work: () => Promise<T>): Promise<T> => closing.run([], work);

/**
 * Defers a function call to the round trip of the unit's commit: nothing in the unit may read its effect. False: there
 * is no such unit of work, and nothing was deferred.
 */
export function atCommit(name: string, values: readonly string[]): boolean {
  const statements = closing.getStore();
  if (!statements) return false;
  statements.push(`select ${name}(${values.map(escapeLiteral).join(', ')})`);
  return true;
}

/** Postgres in fewer round trips: the first and last statements of a transaction are sent with `begin` and `commit`. */
export class PromptDialect extends PostgresDialect {
  readonly #config: PostgresDialectConfig;
  readonly #begins: () => OpeningStatement | null;

  constructor(config: PostgresDialectConfig, begins: () => OpeningStatement | null) {
    super(config);
    this.#config = config;
    this.#begins = begins;
  }

  override createDriver(): PromptDriver {
    return new PromptDriver(this.#config, this.#begins);
  }
}

class PromptDriver extends PostgresDriver {
  readonly #begins: () => OpeningStatement | null;

  constructor(config: PostgresDialectConfig, begins: () => OpeningStatement | null) {
    super(config);
    this.#begins = begins;
  }

  override async beginTransaction(connection: Connection, settings: TransactionSettings): Promise<void> {
    // Drops what an earlier attempt left and never sent.
    closing.getStore()?.splice(0);
    const beginning = this.#begins();
    if (!beginning) return super.beginTransaction(connection, settings);
    try {
      await connection.executeQuery(CompiledQuery.raw(`begin; ${beginning.sql}`));
    } catch (error) {
      // A connection on which this fails is discarded.
      await super.rollbackTransaction(connection).catch(() => {});
      throw beginning.refused(error);
    }
  }

  override async commitTransaction(connection: Connection): Promise<void> {
    const statements = closing.getStore()?.splice(0) ?? [];
    if (statements.length === 0) return super.commitTransaction(connection);
    // If one fails, Postgres does not reach the commit.
    await connection.executeQuery(CompiledQuery.raw([...statements, 'commit'].join('; ')));
  }
}
