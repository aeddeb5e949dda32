import type { Environment } from '../declaration/shape.ts';
import type { RunningFunction } from '../ports/runtime.ts';
import { stacksOf } from '../stacks/stacks-of.ts';
import { functionUrl, logEventsUrl, stackEventsUrl } from './links.ts';

/** How far back the logs begin that a link leads to. */
const lastMs = 3_600_000;

/** What an environment has in its account, with where AWS's console shows it. Of an emulated account no console shows anything: null. */
export function accountOf(environment: Environment, functions: readonly RunningFunction[]) {
  const { kind, account, region } = environment.cloud;
  const shown = (url: string | null) => (kind === 'real' ? url : null);
  return {
    environment: environment.name,
    cloud: { kind, account, region },
    stacks: stacksOf(environment).map((name) => ({ name, url: shown(stackEventsUrl(region, name)) })),
    functions: functions.map(({ component, functionName: name, alias, logGroup }) => ({
      ...{ component, name, alias, logGroup },
      url: shown(functionUrl(region, name, { alias })),
      logsUrl: shown(logEventsUrl(region, logGroup, { lastMs })),
    })),
  };
}
