import { away, broken, environment, ofRelease, ofSource, setting, usage, withheld } from './row.ts';

/** Cutting, keeping and judging releases. */
export const releaseCodes = {
  'version-unhealthy': ofRelease('the new version does not start', 'fix the service and cut a new release'),
  'worker-failed': ofRelease(
    'the worker, or another component, of the version failed',
    'fix the component and cut a new release',
  ),
  'invoke-late': ofRelease('the version did not answer in time', 'soundbite logs <environment>'),
  'settings-unknown': ofRelease(
    'the release was cut without settings of the environment',
    'declare the environment in environments.yaml and cut a new release',
  ),
  'infrastructure-failed': ofRelease(
    'CloudFormation refuses the release’s template, or cannot create its resources',
    'fix the template in the CDK app and cut a new release',
  ),
  'assembly-unknown': ofRelease('the release’s CDK assembly cannot be read', 'cut the release again'),
  'stack-foreign': setting(
    'a stack of the service’s name stands that SoundBite did not deploy',
    'soundbite adopt <environment>, or give the stack another name in service.yaml',
  ),
  'adoption-refused': setting(
    'what stands cannot be adopted as it is',
    'see what the message names, then soundbite adopt <environment>',
  ),
  'handback-refused': setting(
    'the stacks of an environment cannot be given back as they are',
    'see what the message names',
  ),
  'stack-undeclared': setting(
    'the release has a stack that the environment is not declared with, or one stands that is declared no more',
    'cut a release of what service.yaml says now; or list the stack again',
  ),
  'release-unknown': setting('the release is not in this store', 'soundbite release list'),
  'release-altered': ofRelease(
    'a file of a stored release was altered',
    'soundbite release remove <release>, then soundbite release cut',
  ),
  'release-format-old': usage(
    'the release was cut by an earlier version, and cannot be promoted, or returned to, any more',
    'soundbite release cut, then promote that',
  ),
  'release-store-down': away(
    'the shared release store does not answer',
    'check the network and SOUNDBITE_RELEASE_STORE',
  ),
  'release-store-refused': withheld(
    'the shared release store denies access, or is full',
    'allow s3:ListBucket, s3:GetObject and s3:PutObject there',
  ),
  'release-store-unusable': setting(
    'SOUNDBITE_RELEASE_STORE is not set, or names no usable bucket',
    'set SOUNDBITE_RELEASE_STORE=s3://<bucket>/<prefix>, then: ./scripts/soundbite.sh up',
  ),
  'release-copy-altered': withheld(
    'an object in the shared release store was altered',
    'remove that object, then, in a home that has the release: soundbite release push <release>',
  ),
  'code-altered': environment('the running code is not the released code', 'cut a new release and promote it'),
  'release-without-processes': ofSource(
    'an environment has the runtime process, and the release brings nothing that runs as processes',
    'declare `process` in service.yaml, or runtime: aws for the environment',
  ),
  'release-not-deployed': withheld(
    'the stack has the infrastructure of another release',
    'soundbite promote <environment>',
  ),
  'assembly-undeliverable': usage(
    'the synthesised app has something that this version does not deliver',
    'soundbite inspect says what, and what can be done',
  ),
  'assembly-unexpected': ofSource(
    'the synthesised template would differ from machine to machine',
    'do not use absolute paths in a template',
  ),
  'bundle-asset': ofSource('an asset of a bundle.json is missing', 'correct bundle.json, or npm ci'),
  'bundle-declaration': ofSource('a bundle.json is invalid', 'correct bundle.json'),
  'bundle-failed': ofSource('the service cannot be bundled', 'fix the code at the named place'),
  'dependencies-differ': ofSource('installed packages are not those of package-lock.json', 'npm ci'),
  'dependencies-missing': ofSource('a package is not installed, or not in package-lock.json', 'npm install'),
  'dependencies-unproven': broken(
    'no archive is available to verify an installed package',
    'let npm reach its registry, or keep its cache',
  ),
  'runtime-mismatch': ofSource(
    'an environment’s runtime differs from that of its CDK app',
    'change cdk/bin/<environment>.ts',
  ),
  'sbom-failed': ofSource('the list of the release’s packages cannot be made', 'npm ci'),
  'source-changed': ofSource('a file changed while the release was cut', 'cut again'),
  'history-unreadable': withheld(
    'the history of the repository cannot be read, so nobody knows who wrote a release',
    'git fetch --unshallow, in the repository that the control plane serves',
  ),
  'source-without-commit': ofSource('the working tree has no commit', 'git commit, then cut again'),
  'source-without-git': ofSource(
    'the source is not a git working tree of its own',
    'cut from the root of the repository',
  ),
  'synthesis-context': broken('a variable that the CDK app needs is not set', 'soundbite release cut sets it'),
  'synthesis-failed': usage('the CDK app cannot be synthesised', 'fix what the message names, then cut again'),
} as const;
