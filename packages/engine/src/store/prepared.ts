import { Client } from 'pg';

/** After this many uses a connection keeps a statement prepared (the JDBC driver's `prepareThreshold`): before, its plan would cost more than it saves. */
const threshold = 5;

/** Statements that a connection keeps prepared. Each takes memory in Postgres. */
const most = 64;

/** Texts whose uses are counted. Most are of few uses and come in many forms, as lists of other lengths do. */
const counted = 512;

/** Postgres's answer where a statement was prepared before a migration changed the columns that it gives. */
export const isStale = (error: unknown): boolean =>
  (error as { code?: unknown }).code === '0A000' && /cached plan/.test((error as Error).message);

/**
 * A connection on which Postgres parses and plans a frequent statement once, and not with each use. After a migration by another control plane
 * statements fail once (`0A000`) and are prepared anew: whoever repeats the unit of work goes on.
 */
export class PreparingClient extends Client {
  readonly #uses = new Map<string, number>();
  readonly #names = new Map<string, string>();
  #made = 0;

  // The other overloads of the base (callbacks, cursors) pass through as they are.
  // biome-ignore lint/suspicious/noExplicitAny: as above
  override query(text: any, values?: any, callback?: any): any {
    const isPlain = typeof text === 'string' && Array.isArray(values) && values.length > 0 && !callback;
    const name = isPlain ? this.#nameOf(text) : undefined;
    if (name === undefined) return super.query(text, values, callback);
    return super.query({ name, text, values }).catch((error: unknown) => {
      if (isStale(error)) this.#forget();
      throw error;
    });
  }

  /** The name of a prepared statement; undefined: it is sent as text. */
  #nameOf(text: string): string | undefined {
    const name = this.#names.get(text);
    if (name !== undefined || this.#names.size === most) return name;
    if (this.#uses.size === counted) this.#uses.clear();
    const uses = (this.#uses.get(text) ?? 0) + 1;
    this.#uses.set(text, uses);
    if (uses < threshold) return undefined;
    this.#uses.delete(text);
    const made = `soundbite_${++this.#made}`;
    this.#names.set(text, made);
    return made;
  }

  /** What was prepared under its name stays in Postgres until the connection ends; nobody asks for it again. */
  #forget(): void {
    this.#names.clear();
    this.#uses.clear();
  }
}
