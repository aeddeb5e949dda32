import { AsyncLocalStorage } from 'node:async_hooks';
import { CompiledQuery, PostgresDialect, type PostgresDialectConfig, PostgresDriver } from 'kysely';
import { escapeLiteral } from 'pg';

type TransactionSettings = Parameters<PostgresDriver['beginTransaction']>[1];
type Connection = Parameters<PostgresDriver['rollbackTransaction']>[0];

/** What each transaction begins with, in the round trip that begins it. */
export interface Beginning {
  /** One statement without parameters. */
  readonly sql: string;
  /** What an error of it means. */
  refused(error: unknown): unknown;
}

/** What the present unit of work does last: statements that travel with its commit. */
const closing = new AsyncLocalStorage<string[]>();

/** Runs a unit of work whose last statements may wait for its commit. */
export const withClosing = <T>(work: () => Promise<T>): Promise<T> => closing.run([], work);

/**
 * Leaves a call of a function for the commit of the present unit of work, in whose round trip it is made: nobody in it reads what it does. False: there
 * is no such unit of work, and nothing was left.
 */
export function atCommit(name: string, values: readonly string[]): boolean {
  const statements = closing.getStore();
  if (!statements) return false;
  statements.push(`select ${name}(${values.map(escapeLiteral).join(', ')})`);
  return true;
}

/** Postgres in fewer round trips: what begins and what ends a transaction travels with `begin` and `commit`. */
export class PromptDialect extends PostgresDialect {
  readonly #config: PostgresDialectConfig;
  readonly #begins: () => Beginning | null;

  constructor(config: PostgresDialectConfig, begins: () => Beginning | null) {
    super(config);
    this.#config = config;
    this.#begins = begins;
  }

  override createDriver(): PromptDriver {
    return new PromptDriver(this.#config, this.#begins);
  }
}

class PromptDriver extends PostgresDriver {
  readonly #begins: () => Beginning | null;

  constructor(config: PostgresDialectConfig, begins: () => Beginning | null) {
    super(config);
    this.#begins = begins;
  }

  override async beginTransaction(connection: Connection, settings: TransactionSettings): Promise<void> {
    // What an attempt before this one left was never sent.
    closing.getStore()?.splice(0);
    const beginning = this.#begins();
    if (!beginning) return super.beginTransaction(connection, settings);
    try {
      await connection.executeQuery(CompiledQuery.raw(`begin; ${beginning.sql}`));
    } catch (error) {
      // A connection on which that does not succeed is thrown away.
      await super.rollbackTransaction(connection).catch(() => {});
      throw beginning.refused(error);
    }
  }

  override async commitTransaction(connection: Connection): Promise<void> {
    const statements = closing.getStore()?.splice(0) ?? [];
    if (statements.length === 0) return super.commitTransaction(connection);
    // Where one fails Postgres does not come to the commit.
    await connection.executeQuery(CompiledQuery.raw([...statements, 'commit'].join('; ')));
  }
}
