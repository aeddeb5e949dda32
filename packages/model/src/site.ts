/**
 * An environment among all that share a database: its name and, behind an `@`, the home that it belongs to. Records, queues and locks are kept by it. No
 * name holds an `@`.
 */
export type Site = string & { readonly is: 'site' };

/** That of an environment which runs or is reached through a home's machine: another home's of that name is another one. */
export const homeSite = (name: string, home: string): Site => `${name}@${home}` as Site;
/** That of an environment which is the same for all; of any, where the database is one home's own. */
export const sharedSite = (name: string): Site => name as Site;

/** The environment's name at a site. */
export const nameAt = (site: Site): string => site.split('@')[0] as string;

/** The home that a site belongs to; null: it is shared, or the database is one home's own. */
export const homeOfSite = (site: Site): string | null => site.split('@')[1] ?? null;

/** Whether a control plane of `home` acts at a site. */
export const reaches = (home: string | null, site: Site): boolean =>
  homeOfSite(site) === null || homeOfSite(site) === home;
