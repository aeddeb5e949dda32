import type { CloudFormationClient, Stack } from '@aws-sdk/client-cloudformation';
import { deployedTemplate } from './stack.ts';

/** The templates of stacks as they were deployed, each read once. */
export interface Templates {
  /** Errors: those of `deployedTemplate`. */
  of(client: CloudFormationClient, stack: Stack): Promise<unknown>;
}

/** No operation changes a stack without moving the time of its last update; while one runs, its template is not to be remembered. */
const isAtRest = ({ StackStatus }: Stack): boolean => StackStatus?.endsWith('_COMPLETE') ?? false;

/** Remembers the template that each stack has now: a stack is looked at many times between two deploys. */
export function rememberedTemplates(): Templates {
  const known = new Map<string, { readonly life: string; readonly template: unknown }>();
  return {
    async of(client, stack) {
      const { StackId = '', StackName = '', StackStatus, CreationTime, LastUpdatedTime } = stack;
      const life = [StackStatus, CreationTime?.getTime(), LastUpdatedTime?.getTime()].join(' ');
      const found = known.get(StackId);
      if (found?.life === life) return found.template;
      const template = await deployedTemplate(client, StackName);
      if (StackId && isAtRest(stack)) known.set(StackId, { life, template });
      return template;
    },
  };
}
