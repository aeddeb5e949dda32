import { away, broken, environment, lasting, setting, withheld } from './row.ts';

/** An environment in its AWS account, emulated or real. */
export const account = {
  'cloud-credentials': {
    ...broken('the account gives no session, or no credentials were found', 'aws sso login, or set AWS_PROFILE'),
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
  'stack-missing': environment('the environment has no stack', 'soundbite repair <environment>'),
  'stack-wedged': environment('the stack takes no deploy until it is freed', 'soundbite repair <environment>'),
  'resources-missing': lasting('somebody deleted resources of the stack', 'soundbite repair <environment>'),
  'resources-changed': lasting('somebody changed resources of the stack', 'soundbite repair <environment>'),
  'recovery-failed': lasting(
    'the stack cannot be repaired as it is',
    'fix what it names in the account, then: soundbite repair <environment>',
  ),
  'cloud-throttled': away(
    'AWS throttled what was asked of the account, or was down',
    'run the command again in some minutes',
  ),
  'cloud-denied': withheld(
    'AWS did not allow what was asked of the account: permissions, credentials or a quota',
    'fix in the account what it names, then run the command again',
  ),
  'function-unusable': withheld(
    'AWS cannot run the function, for a reason that is the account’s',
    'fix in the account what it names',
  ),
  'bootstrap-failed': withheld(
    'the account could not be prepared',
    'fix what it names, then: soundbite bootstrap <environment>',
  ),
  'change-set-refused': broken(
    'CloudFormation refused the change set in this account',
    'soundbite bootstrap <environment>, then the command again',
  ),
  'toolkit-failed': broken(
    'the AWS CDK toolkit ended before the stack was changed',
    'run the command again; or take `deployer: toolkit` out of the cloud of the environment',
  ),
  'destroy-failed': withheld('the stack could not be deleted', 'remove what it names, then run the command again'),
  'stack-busy': broken(
    'another operation on the stack does not end',
    'wait until it has ended, then run the command again',
  ),
  'stack-idle': broken('what was asked of the stack has not begun', 'run the command again'),
  'template-unreadable': withheld('the template of the stack cannot be read', 'soundbite repair <environment>'),
  'asset-unpublished': broken(
    'a file of the release cannot be put into the account’s bucket',
    'soundbite bootstrap <environment>, then the command again',
  ),
  'drift-unknown': broken('CloudFormation does not say what was changed', 'run the command again'),
  'output-missing': withheld('the stack lacks an output', 'soundbite promote <environment>'),
  'alias-unsettled': broken('the alias does not answer with the version that it was given', 'run the command again'),
  'function-busy': broken('an update of the function does not end', 'run the command again'),
  'mapping-stuck': broken('the worker’s queue mapping does not change', 'run the command again'),
  'version-unknown': broken('no version of the release is there', 'soundbite promote <environment>'),
  'version-missing': away('a version that was just made is not there', 'run the command again'),
  'weights-too-many': broken('an alias takes two versions at most', 'give a share to at most two releases'),
  'not-settled': away('the environment does not say what it was told', 'run the command again'),
  'snapshot-failed': away('the emulated account could not be saved', 'run the command again'),
} as const;
