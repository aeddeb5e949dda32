import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Signing in and asking who one is are about the user's own profile; all else is to act on the environment's account. */
const ofUser = /aws (sso login|sts get-caller-identity)/g;
const bare =
  /(?<!soundbite )(?<![\w-])(?<!soundbite aws [\w<>-]{1,40} )aws (--?[a-z]|[a-z0-9-]+ [a-z]+-[a-z-]+|s3 [a-z]+)/;

/** When nothing of ours runs, there is no `soundbite aws`: this guide has people prove the account first. */
const withoutUs = new Set(['docs/guides/rolling-back-by-hand.md']);

const sources = ['packages', 'apps', 'scripts', 'docs/runbooks', 'docs/guides'].flatMap((top) =>
  readdirSync(join(root, top), { recursive: true, encoding: 'utf8' })
    .filter((path) => /(?<!test)\.(ts|sh|md)$/.test(path) && !path.includes('node_modules'))
    .map((path) => join(top, path))
    .filter((path) => !withoutUs.has(path)),
);

it('no hint names an aws command that acts on whatever account the user’s profile names', () => {
  const found = sources.flatMap((path) =>
    readFileSync(join(root, path), 'utf8')
      .split('\n')
      .flatMap((line, index) => (bare.test(line.replace(ofUser, '')) ? [`${path}:${index + 1}: ${line.trim()}`] : [])),
  );
  expect(sources.length).toBeGreaterThan(300);
  expect(found).toEqual([]);
});

it.each([
  'aws dynamodb delete-item --table-name x',
  'aws service-quotas request-service-quota-increase',
  '(aws cloudformation describe-stacks)',
  'aws s3 rm s3://x',
])('would find %s', (line) => expect(line).toMatch(bare));
it.each(['soundbite aws <environment> cloudformation describe-stacks', 'soundbite aws staging s3 ls'])(
  'lets %s be',
  (line) => expect(line).not.toMatch(bare),
);
