import { App } from 'aws-cdk-lib';
import featureFlags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { acknowledge } from './acknowledged.ts';
import { compute } from './compute.ts';
import { type DeclaredEnvironment, environmentOf, refuseUnfit, type SynthesisContext } from './context.ts';
import { data } from './data.ts';
import { CloudKind } from './emulated.ts';
import { SynthesisError } from './error.ts';
import { serviceRoles, tagsAndRecord } from './guardrails.ts';
import { namesIn } from './names.ts';
import { logGroups, observability } from './observability.ts';
import { EnvironmentStack } from './stack.ts';

/** Makes the app of one environment; `outdir` is where `synth()` writes the assembly (CDK's default when absent). */
export type AppOf = (context: SynthesisContext, outdir?: string) => App;

/** The data of an environment whose service runs elsewhere, as processes or containers, under the two roles of this stack. */
export const dataOnlyApp = (name: string): AppOf =>
  appOf(name, ['process', 'compose'], (stack) => {
    new CloudKind(stack);
    const kept = data(stack);
    serviceRoles(stack, kept);
    observability(stack, kept);
  });

/** The whole service on Lambda. */
export const deployedApp = (name: string): AppOf =>
  appOf(name, ['aws'], (stack, context) => {
    const cloud = new CloudKind(stack);
    const kept = data(stack);
    const roles = serviceRoles(stack, kept);
    const logs = logGroups(stack);
    const service = compute(stack, { data: kept, roles, logs, cloud, serviceZip: context.serviceZip });
    observability(stack, kept, { service, cloud });
  });

function appOf(
  name: string,
  runtimes: readonly DeclaredEnvironment['runtime'][],
  fill: (stack: EnvironmentStack, context: SynthesisContext) => void,
): AppOf {
  return (context, outdir) => {
    const environment = environmentOf(context, name);
    if (!runtimes.includes(environment.runtime)) {
      const [runtime] = runtimes;
      throw new SynthesisError(
        'runtime-mismatch',
        `${name} is declared with the runtime ${environment.runtime}, but cdk/bin/${name}.ts is written for ${runtime}`,
        {
          hint: `declare runtime: ${runtime}, or remove cdk/bin/${name}.ts: the environment then has the app of its runtime`,
        },
      );
    }
    refuseUnfit(environment);
    const app = new App({
      ...(outdir === undefined ? {} : { outdir }),
      autoSynth: false,
      // What would differ by machine, and what nobody reads.
      analyticsReporting: false,
      treeMetadata: false,
      context: {
        ...featureFlags,
        'aws:cdk:enable-path-metadata': false,
        'aws:cdk:enable-asset-metadata': false,
        '@aws-cdk/core:bootstrapQualifier': namesIn(name).qualifier,
      },
    });
    const stack = new EnvironmentStack(app, environment);
    fill(stack, context);
    tagsAndRecord(stack);
    acknowledge(stack);
    return app;
  };
}
