/** What a repository declares its environments in. */
export const environmentsFile = 'environments.yaml';

/** Other clouds for environments, of one machine. */
export const overridesFile = 'environments.local.yaml';

/** What a repository declares the delivered service in. */
export const serviceFile = 'service.yaml';

/** The text of a file of a repository, by its path from the root; undefined: it is not there. */
export type TextOf = (path: string) => string | undefined;
