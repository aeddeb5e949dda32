import { awsNames, type Cloud, type CloudAccess, type Environment } from '@soundbite/model';
import { assumeRole, sessionCache } from '../../../packages/clouds/src/sessions.ts';

/** A test account as one environment sees it, under the environment's own controller role. */
export function testCloud(administrator: CloudAccess, environment: Environment): Cloud {
  const controllerArn = `arn:aws:iam::${administrator.account}:role/${awsNames(environment.name).controllerRole}`;
  const controller = sessionCache(() => assumeRole(administrator, controllerArn, 'test'));
  const role = sessionCache(async (arn) => assumeRole(await controller('controller'), arn, 'test'));
  return {
    kind: 'emulated',
    async access(identity) {
      if (identity === 'administrator') return administrator;
      return identity === 'controller' ? controller('controller') : role(identity.role);
    },
    async checkpoint() {},
  };
}
