import { z } from 'zod';
import { type RoleName, roleNames } from './actions.ts';

// What decides knows no schema: it is asked in browsers, too.
export * from './actions.ts';

export const Role = z.enum(roleNames);
export type Role = RoleName;
