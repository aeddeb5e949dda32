import { type Cloud, type Environment, type Infrastructure, stacksOf } from '@soundbite/model';

/** Why nothing is promoted, and what to do. */
export interface LeftBehind {
  readonly reason: string;
  readonly hint: string;
}

/** A stack that was deployed for an environment and that nothing declares any more: nobody would see what becomes of it. Null: there is none. */
export async function stackLeftBehind(
  infrastructure: Pick<Infrastructure, 'allowed' | 'state'>,
  environment: Environment,
  cloud: Cloud,
): Promise<LeftBehind | null> {
  const allowed = await infrastructure.allowed(environment, cloud);
  const before = allowed && (allowed.stacks ?? stacksOf({ name: environment.name }));
  for (const stack of before?.filter((name) => !stacksOf(environment).includes(name)) ?? [])
    if (await infrastructure.state({ ...environment, stacks: [stack] }, cloud))
      return {
        reason: `the stack ${stack} stands, and service.yaml lists it no more`,
        hint: `list it again (name: ${stack}), or delete it once nothing needs what it holds`,
      };
  return null;
}
