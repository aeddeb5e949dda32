import { devNull } from 'node:os';
import type { CloudAccess } from '@soundbite/model';
import { describe, expect, it } from 'vitest';
import { demandToolkit, toolkitVariables } from './session.ts';

const credentials = { accessKeyId: 'AKIAOURS', secretAccessKey: 'ours' };
const real: CloudAccess = { kind: 'real', account: '123456789012', region: 'eu-central-1', credentials };
const users = {
  PATH: '/bin',
  HOME: '/home/ana',
  NODE_OPTIONS: '--require ./theirs.cjs',
  NODE_EXTRA_CA_CERTS: '/etc/team.pem',
  AWS_PROFILE: 'team',
  AWS_ACCESS_KEY_ID: 'AKIATHEIRS',
  AWS_SECRET_ACCESS_KEY: 'theirs',
  AWS_SESSION_TOKEN: 'theirs',
  AWS_WEB_IDENTITY_TOKEN_FILE: '/token',
  AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1/theirs',
  AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
  AWS_USE_FIPS_ENDPOINT: 'true',
  AWS_REGION: 'us-west-2',
};

describe('what the toolkit’s process is told by variables', () => {
  it('is the user’s settings for a real account, never the user’s credentials or region', () => {
    const env = toolkitVariables(real, '/tmp/home', users);
    expect(env).toMatchObject({
      HOME: '/home/ana',
      NODE_EXTRA_CA_CERTS: '/etc/team.pem',
      AWS_USE_FIPS_ENDPOINT: 'true',
      AWS_REGION: 'eu-central-1',
      CDK_HOME: '/tmp/home',
    });
    expect(JSON.stringify(env)).not.toMatch(/theirs|team"|AKIA|token/i);
  });

  it('is nothing of the user’s for an emulated one', () => {
    const emulated: CloudAccess = { ...real, kind: 'emulated', endpoint: 'http://127.0.0.1:9' };
    expect(toolkitVariables(emulated, '/tmp/home', users)).toEqual({
      PATH: '/bin',
      TMPDIR: undefined,
      HOME: '/tmp/home',
      CDK_HOME: '/tmp/home',
      AWS_CONFIG_FILE: devNull,
      AWS_SHARED_CREDENTIALS_FILE: devNull,
      AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
      AWS_REGION: 'eu-central-1',
      AWS_EC2_METADATA_DISABLED: 'true',
    });
  });
});

it('a toolkit that nobody installed is named with the command that does', () => {
  demandToolkit();
  expect(() => demandToolkit('@aws-cdk/not-there')).toThrow(
    expect.objectContaining({ code: 'toolkit-missing', hint: expect.stringContaining('npm install') }),
  );
});
