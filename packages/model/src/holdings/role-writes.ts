import { actionsOf } from './arns.ts';

/** What gives a role more than it had: allowed to CloudFormation, and not denied to anybody, only on roles with the service's boundary. */
export const roleWrites: readonly string[] = actionsOf(
  'iam',
  'AttachRolePolicy',
  'CreateRole',
  'DeleteRolePolicy',
  'DetachRolePolicy',
  'PutRolePermissionsBoundary',
  'PutRolePolicy',
);
