import { away, broken, environment, lasting, setting, usage, withheld } from './row.ts';

/** An environment in its AWS account, emulated or real. */
export const accountCodes = {
  'cloud-credentials': {
    ...broken('the account grants no session, or no credentials were found', 'aws sso login, or set AWS_PROFILE'),
    source: 'user',
  },
  'cloud-identity': setting(
    'the credentials belong to another account than the declared one',
    'use credentials of the declared account, or fix `cloud` in environments.local.yaml',
  ),
  'fence-foreign': environment(
    'the environment belongs to another database',
    'set DATABASE_URL to that database, or: soundbite takeover <environment>',
  ),
  'generation-old': lasting(
    'a newer attempt has changed the environment; this one stops',
    'soundbite history <environment>',
  ),
  'not-bootstrapped': environment('the account is not prepared', 'soundbite bootstrap <environment>'),
  'bootstrap-narrow': environment(
    'the release needs more than the bootstrap of the account allows',
    'soundbite bootstrap <environment>',
  ),
  'holdings-too-many': setting(
    'what the stack holds does not fit into the policies that AWS takes',
    'deploy some of it in a stack of its own beside the service',
  ),
  'stack-missing': environment('the environment has no stack', 'soundbite repair <environment>'),
  'stack-wedged': environment('the stack accepts no deploy in its present state', 'soundbite repair <environment>'),
  'resources-missing': lasting('somebody deleted resources of the stack', 'soundbite repair <environment>'),
  'resources-changed': lasting('somebody changed resources of the stack', 'soundbite repair <environment>'),
  'recovery-failed': lasting(
    'the stack cannot be repaired in its present state',
    'fix in the account what the message names, then: soundbite repair <environment>',
  ),
  'cloud-throttled': away('AWS throttled a call, or was down', 'run the command again in a few minutes'),
  'cloud-denied': withheld(
    'AWS denied a call: permissions, credentials or a quota',
    'fix in the account what the message names, then run the command again',
  ),
  'function-unusable': withheld(
    'AWS cannot run the function, for a reason in the account',
    'fix in the account what the message names',
  ),
  'bootstrap-failed': withheld(
    'the account could not be prepared',
    'fix what the message names, then: soundbite bootstrap <environment>',
  ),
  'change-set-refused': broken(
    'CloudFormation refused the change set in this account',
    'run soundbite bootstrap <environment>, then the command again',
  ),
  'toolkit-failed': broken(
    'the AWS CDK toolkit ended before the stack was changed',
    'run the command again; or remove `deployer: toolkit` from the environment’s cloud',
  ),
  'destroy-failed': withheld(
    'the stack could not be deleted',
    'remove what the message names, then run the command again',
  ),
  'stack-busy': broken(
    'another operation on the stack does not end',
    'wait until it has ended, then run the command again',
  ),
  'stack-idle': broken('the operation on the stack has not begun', 'run the command again'),
  'template-unreadable': withheld('the template of the stack cannot be read', 'soundbite repair <environment>'),
  'asset-unpublished': broken(
    'a file of the release cannot be uploaded to the account’s bucket',
    'run soundbite bootstrap <environment>, then the command again',
  ),
  'drift-unknown': broken('CloudFormation’s drift detection gives no result', 'run the command again'),
  'output-missing': withheld('the stack lacks an output', 'soundbite promote <environment>'),
  'component-unknown': usage(
    'the environment has no such component',
    'name one of those that the message lists; they are declared in service.yaml',
  ),
  'alias-unsettled': broken('the alias does not yet serve its new version', 'run the command again'),
  'function-busy': broken('an update of the function does not end', 'run the command again'),
  'mapping-stuck': broken('the worker’s queue mapping does not change', 'run the command again'),
  'version-unknown': broken('the release has no version there', 'soundbite promote <environment>'),
  'version-missing': away('a version that was just published is missing', 'run the command again'),
  'weights-too-many': broken('an alias supports at most two versions', 'give traffic to at most two releases'),
  'not-settled': away('the environment does not show its new state', 'run the command again'),
  'snapshot-failed': away('the emulated account could not be saved', 'run the command again'),
} as const;
