import { type App, type CfnElement, CfnOutput, CfnParameter, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { DeclaredEnvironment } from './context.ts';
import { contract, namesIn } from './names.ts';

/** The resources of one concern. Its name is a tag for cost, and no part of a logical id: a resource may move between concerns. */
export class Concern extends Construct {}

/**
 * The one stack of an environment. It names no account, region or release of its own: those are the deployment's,
 * given by the role that deploys and by the two parameters.
 */
export class EnvironmentStack extends Stack {
  /** As declared; `environment` is CDK's word for an account and region. */
  readonly declared: DeclaredEnvironment;
  readonly names: ReturnType<typeof namesIn>;
  /** The digest of the release that is deployed. */
  readonly release: CfnParameter;

  constructor(app: App, environment: DeclaredEnvironment) {
    const names = namesIn(environment.name);
    super(app, names.stack, {
      description: `SoundBite in ${environment.name}`,
      terminationProtection: environment.protected,
    });
    this.declared = environment;
    this.names = names;
    this.release = new CfnParameter(this, contract.parameters.releaseDigest, {
      type: 'String',
      allowedPattern: '^sha256:[0-9a-f]{64}$',
      description: 'Digest of the release that is deployed',
    });
  }

  /** An output under exactly this key. */
  output(key: string, value: string): void {
    new CfnOutput(this, key, { value });
  }

  /** Readable ids (`Table`, `ApiRole`) instead of hashed ones: people name them in `--allow-removal`, and they outlive refactoring. */
  protected override allocateLogicalId(element: CfnElement): string {
    return element.node.scopes
      .slice(2)
      .filter((scope) => !(scope instanceof Concern) && scope.node.id !== 'Resource')
      .map((scope) => scope.node.id.replaceAll(/[^A-Za-z0-9]/g, ''))
      .join('');
  }
}
