import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, type IStackSynthesizer, LegacyStackSynthesizer, Stack, Validations } from 'aws-cdk-lib';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { afterAll, describe, expect, it } from 'vitest';
import { acknowledgements } from './acknowledged.ts';
import type { EnvironmentStack } from './stack.ts';
import { declaration, workshop } from './testing.ts';

const shop = workshop();
afterAll(shop.remove);

interface Report {
  readonly pluginReports: readonly {
    readonly pluginName: string;
    readonly violations: readonly {
      readonly ruleName: string;
      readonly violatingConstructs: readonly { readonly constructPath: string }[];
    }[];
  }[];
}

/** `<rule> at <path>` for every finding that is not acknowledged; the packs that looked besides. */
function findings(app: App): { found: string[]; packs: string[] } {
  const packs = [new AwsSolutionsChecks(app), new ServerlessChecks(app)];
  Validations.of(app).addPlugins(...packs);
  try {
    app.synth();
  } catch (error) {
    // With findings, the synthesis throws; the report says which.
    if (!(error instanceof Error) || error.name !== 'ValidationFailed') throw error;
  }
  const report = JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8')) as Report;
  const found = report.pluginReports.flatMap(({ violations }) =>
    violations.flatMap(({ ruleName, violatingConstructs }) =>
      violatingConstructs.map(({ constructPath }) => `${ruleName} at ${constructPath}`),
    ),
  );
  return { found, packs: packs.map(({ name }) => name) };
}

const stackOf = (app: App) => app.node.children.find((child) => Stack.isStack(child)) as EnvironmentStack;

describe('cdk-nag', () => {
  it.each(declaration().environments.map(({ name }) => name))(
    'finds nothing in %s that is not acknowledged',
    async (name) => {
      const { found, packs } = findings(await shop.app(name));
      expect(packs).toEqual(['AwsSolutions', 'Serverless']);
      expect(found).toEqual([]);
    },
  );

  it('bites: a bucket that anybody may read is found', async () => {
    const app = await shop.app('staging');
    const stack = stackOf(app);
    const { Bucket } = await import('aws-cdk-lib/aws-s3');
    new Bucket(stack, 'Open', { publicReadAccess: false });
    expect(findings(app).found.join()).toContain('AwsSolutions-S10');
  });

  it.each(['dev-aws', 'production'])(
    'finds in the written template of %s exactly what is acknowledged',
    async (name) => {
      const app = await shop.app(name);
      const stack = stackOf(app);
      const templateFile = join(app.synth().directory, `${stack.stackName}.template.json`);
      const acknowledged = new Set(
        acknowledgements(stack).map(({ rule }) => rule.replace('CloudFormation-Validate::', '')),
      );

      const again = new App({ outdir: `${app.outdir}-again`, analyticsReporting: false });
      const synthesizer = new LegacyStackSynthesizer() as unknown as IStackSynthesizer;
      new CfnInclude(new Stack(again, 'Written', { synthesizer }), 'Template', { templateFile });
      const rules = findings(again).found.map((finding) => finding.replace(/ at .*$/, ''));
      expect([...new Set(rules)].sort()).toEqual([...acknowledged].sort());
    },
  );

  it('every acknowledgement has a reason', async () => {
    for (const { name } of declaration().environments) {
      const stack = stackOf(await shop.app(name));
      for (const { reason } of acknowledgements(stack)) expect(reason.length).toBeGreaterThan(20);
    }
  });
});
