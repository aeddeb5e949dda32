import { Client as Postgres } from 'pg';
import type { RowCounts } from './facts/history.ts';
import { type ChaosDatabase, eventually } from './stage.ts';

/** Asks the database, again while it is away. */
export const asking = <T>(database: ChaosDatabase, ask: (sql: Postgres) => Promise<T>): Promise<T> =>
  eventually('an answer of the database', async () => {
    const sql = new Postgres({ connectionString: await database.url() });
    // It may be killed while it is asked.
    sql.on('error', () => undefined);
    await sql.connect();
    return ask(sql).finally(() => sql.end().catch(() => undefined));
  });

/** Of each recorded promotion: the site that it acts on. */
export const sitesOfPromotions = (database: ChaosDatabase): Promise<Map<string, string>> =>
  asking(database, async (sql) => {
    const { rows } = await sql.query<{ id: string; environment: string }>(
      'select id, environment from soundbite.promotions',
    );
    return new Map(rows.map(({ id, environment }) => [id, environment]));
  });

/** How many rows name a promotion, in each table of ours and of DBOS. */
export const rowsNaming = (database: ChaosDatabase, promotion: string): Promise<RowCounts> =>
  asking(database, async (sql) => {
    const { rows: tables } = await sql.query<{ name: string }>(
      `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
        where table_schema in ('dbos', 'soundbite') and table_type = 'BASE TABLE' order by 1`,
    );
    const counts = tables.map(({ name }) => `(select count(*)::int from ${name} t where t::text like $1) as "${name}"`);
    const { rows } = await sql.query<RowCounts>(`select ${counts.join(', ')}`, [`%${promotion}%`]);
    return rows[0] ?? {};
  });

/** Workflows that neither ended well nor are on their way. Gives those still under way half a minute. */
export async function strandedWorkflows(database: ChaosDatabase): Promise<string[]> {
  for (let left = 60; ; left--) {
    const rows = await asking(database, async (sql) => {
      const found = await sql.query<{ name: string; status: string; workflow_uuid: string; error: string | null }>(
        `select name, status, workflow_uuid, error from dbos.workflow_status where status <> 'SUCCESS'`,
      );
      return found.rows;
    });
    const isOver = rows.every(({ status }) => status !== 'PENDING' && status !== 'ENQUEUED');
    if (isOver || left === 0)
      return rows.map(
        ({ name, status, workflow_uuid, error }) => `workflow ${name} ${workflow_uuid} is ${status}: ${error}`,
      );
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
