// What `cdk bootstrap` and `cdk deploy --all` do, by the library that the CDK's CLI is made of: in the directory of an app, for the account of its variables.
import { BootstrapEnvironments, StackSelectionStrategy, Toolkit } from '@aws-cdk/toolkit-lib';

const [account, ...app] = process.argv.slice(2);
const told = [];
const ioHost = {
  notify: async ({ level, message }) => {
    if (level !== 'trace' && level !== 'debug') told.push(message);
  },
  requestResponse: async ({ defaultResponse }) => defaultResponse,
};
const toolkit = new Toolkit({ ioHost, color: false, emojis: false });
try {
  await toolkit.bootstrap(BootstrapEnvironments.fromList([`aws://${account}/${process.env.AWS_REGION}`]));
  const source = await toolkit.fromCdkApp(app.join(' '), {
    workingDirectory: process.cwd(),
    // As the CLI asks for them.
    synthOptions: { pathMetadata: true, assetMetadata: true },
  });
  await toolkit.deploy(source, {
    stacks: { strategy: StackSelectionStrategy.ALL_STACKS },
    deploymentMethod: { method: 'change-set' },
  });
} catch (error) {
  console.error(told.slice(-20).join('\n'));
  throw error;
}
