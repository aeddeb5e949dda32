/** Whether the path of a request is this one or below it: `/admin/x` is below `/admin`, `/administer` is not. */
export const isBelowPath = (path: string, prefix: string): boolean => path === prefix || path.startsWith(`${prefix}/`);
