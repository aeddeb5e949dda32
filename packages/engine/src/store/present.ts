import { sql } from 'kysely';

/** Of a row of `promotions`: what was promoted into an environment before it was destroyed says nothing of the one that stands now. */
export const isOfThePresent = sql<boolean>`promotions.created_at > coalesce(
  (select destroyed_at from environments where environments.name = promotions.environment), '-infinity')`;
