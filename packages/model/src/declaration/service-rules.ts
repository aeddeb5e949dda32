import type { ServiceDeclaration } from '../service-declaration/shape.ts';
import { serviceFile } from './files.ts';
import type { RuleViolation } from './rules.ts';
import type { Environment } from './shape.ts';

type Rule = (
  environment: Environment,
  service: ServiceDeclaration,
) => { readonly at: string[]; readonly message: string } | null;

/** What service.yaml demands of environments, by name. */
const demands: Readonly<Record<string, Rule>> = {
  'processes-are-declared': ({ runtime }, service) =>
    runtime !== 'aws' && !service.process
      ? {
          at: ['runtime'],
          message: `${runtime} needs what runs as processes, and ${serviceFile} declares nothing; declare process there, or runtime: aws here`,
        }
      : null,
  'a-public-api-has-the-authorizer-that-it-needs': ({ cloud, runtime, authorizer }, service) =>
    service.authorizer === 'required' && cloud.kind === 'real' && runtime === 'aws' && !authorizer
      ? {
          at: ['cloud', 'kind'],
          message: `real is refused without an authorizer, which ${serviceFile} requires; declare authorizer.issuer and authorizer.audience`,
        }
      : null,
};

/** What environments lack for a service; nothing is held against one that cannot be read. */
export const againstService = (
  environments: readonly Environment[],
  service: ServiceDeclaration | null,
): RuleViolation[] =>
  service === null
    ? []
    : environments.flatMap((environment, index) =>
        Object.values(demands).flatMap((rule) => {
          const found = rule(environment, service);
          return found ? [{ path: ['environments', index, ...found.at], message: found.message }] : [];
        }),
      );
