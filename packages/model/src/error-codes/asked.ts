import { away, refused, setting, usage } from './row.ts';

/** What commands and requests ask for, and what the rules refuse. */
export const askedCodes = {
  usage: usage('the command line or the request is wrong', 'soundbite --help'),
  'declaration-invalid': setting(
    'environments.yaml, or its override, is invalid or missing',
    'fix the lines named, then: soundbite env list',
  ),
  forbidden: refused('the token’s role does not allow it', 'ask an admin: soundbite token list'),
  'token-unknown': usage('no token has that name', 'soundbite token list'),
  'token-exists': refused('a token of that name is in use', 'soundbite token revoke <name>, or another name'),
  'environment-unknown': usage('no environment of that name is declared', 'soundbite env list'),
  'promotion-unknown': usage('no promotion has that id', 'soundbite history'),
  'session-unknown': usage('the dev session has ended, or never existed', 'soundbite dev <environment>'),
  'evidence-unknown': usage('no evidence has that id', 'soundbite evidence list <release>'),
  'freeze-unknown': usage('no freeze has that id', 'soundbite freeze list'),
  'evidence-unreadable': usage(
    'the file is no evidence in the form that was named, or is too large',
    'see docs/reference/evidence.md',
  ),
  'input-invalid': usage('a file of the release’s inputs cannot be part of a release', 'see the named path'),
  'declared-already': usage('the service has both declarations already', 'soundbite env list checks them'),
  'app-unknown': usage('there is no cdk.json that names an app', 'run it in the directory of cdk.json'),
  'assembly-missing': usage('there is no cloud assembly to inspect', 'npx cdk synth'),
  'assembly-unreadable': usage('a file of a cloud assembly is not what cdk synth writes', 'npx cdk synth'),
  'removal-unnamed': refused(
    'a deploy would remove or replace something that nobody named, or CloudFormation cannot say whether it would',
    'see what soundbite plan <environment> lists, then name it with --allow-removal',
  ),
  'override-without-reason': usage('the order is overridden without a reason', 'add --reason "why"'),
  'confirmation-missing': usage(
    'a confirmation is needed, and there is no terminal to ask on',
    'add --yes or --confirm <name>',
  ),
  'not-confirmed': usage(
    'the confirmation was not given; nothing was touched',
    'confirm with the name of the environment',
  ),
  'home-no-directory': usage(
    'SOUNDBITE_HOME names something that is not a directory',
    'unset SOUNDBITE_HOME, or name a directory',
  ),
  'aws-cli-missing': refused('the AWS CLI is not installed', 'install it: pip install awscli'),
  'control-plane-runs': refused('another control plane runs on this home', 'soundbite down'),
  'home-foreign': refused('the running processes belong to another home', 'run the command in the other home'),
  'not-a-home': refused(
    'the directory is not a SoundBite home, so it is not removed',
    'name the directory that holds host/ and logs/',
  ),
  'dev-needs-processes': refused(
    'dev serves environments with the process runtime only',
    'soundbite deploy <environment>',
  ),
  'environment-busy': refused('somebody else holds the environment', 'wait for it, or: soundbite abort <environment>'),
  'environment-real': refused('up does not promote into a real account', 'soundbite promote <environment>'),
  'environment-moved': refused(
    'the environment was declared elsewhere when this was requested',
    'request it again: soundbite promote <environment>',
  ),
  'idempotency-mismatch': refused(
    'the idempotency key was used for another request',
    'use a new key for a new request',
  ),
  'no-url': refused('the environment has no address yet', 'soundbite promote <environment>'),
  'nothing-to-abort': refused('no promotion is under way', 'soundbite history'),
  'nothing-to-move': refused('the home has no records of its own', 'soundbite up --no-promote'),
  'nothing-to-promote': refused('no release can be promoted there', 'soundbite deploy'),
  'nothing-to-repair': refused('the environment is empty', 'soundbite promote <environment>'),
  'nothing-to-roll-back-to': refused('there is no release to go back to', 'soundbite history <environment>'),
  'nothing-to-take-over': refused('nobody has acted on the environment yet', 'soundbite promote <environment>'),
  'rollback-below-floor': refused(
    'the data were migrated since the release was live',
    'promote a release that mends what is wrong',
  ),
  order: refused(
    'the release is not live and healthy in the environment before',
    'soundbite promote <environment before>',
  ),
  'promotion-over': refused('the promotion has ended', 'soundbite history'),
  'promotions-under-way': refused(
    'promotions are under way, so no records are moved',
    'wait for them, or: soundbite abort <environment>',
  ),
  'release-in-use': refused('the release is live, kept for a rollback, or being promoted', 'soundbite release list'),
  'fence-moved': refused('somebody acted on the environment at this moment', 'soundbite takeover <environment>'),
  unauthorized: refused('the bearer token is missing or wrong', 'the token is in control-plane.json of the home'),
  'credentials-refused': refused(
    'the token does not belong to a service process',
    'the endpoint serves service processes only',
  ),
  'origin-refused': refused('a page of another origin requests a change', 'use the soundbite command'),
  'host-refused': refused('the Host header names another machine', 'use 127.0.0.1, localhost or [::1]'),
  'method-not-allowed': usage('the path does not support this method', 'see /openapi.json'),
  'body-too-large': usage('the body is too large', 'send less'),
  'content-type-wrong': usage('the content type is not JSON in UTF-8', 'send content-type: application/json'),
  'route-unknown': usage('the API has no such path', 'see /openapi.json'),
  'control-plane-starting': away('the control plane is starting', 'try again in a moment'),
} as const;
