/**
 * Addresses in AWS's console, as it writes them itself: a part of its own pages behind the `#`, which no document describes. Null: the console of that
 * region's partition is not known here (sovereign and isolated ones), and no link is better than a wrong one.
 */

/** From when to when, in ms since 1970; or the last so many ms, whenever it is opened. */
export type ConsoleWindow = { readonly fromMs: number; readonly toMs: number } | { readonly lastMs: number };

/** A version or an alias of a function. */
export type FunctionQualifier = { readonly alias: string } | { readonly version: string };

/** What happened to a stack. `stack`: its ARN, by which one that is gone is found too, or its name. */
export const stackEventsUrl = (region: string, stack: string): string | null =>
  consoleUrl(region, 'cloudformation', `/stacks/events?stackId=${encodeURIComponent(stack)}`);

export function functionUrl(region: string, name: string, qualifier: FunctionQualifier): string | null {
  const [kind, of] = 'alias' in qualifier ? ['aliases', qualifier.alias] : ['versions', qualifier.version];
  return consoleUrl(region, 'lambda', `/functions/${encodeURIComponent(name)}/${kind}/${encodeURIComponent(of)}`);
}

/** All streams of a log group in a window. */
export function logEventsUrl(region: string, group: string, window: ConsoleWindow): string | null {
  const query =
    'lastMs' in window
      ? `?start=-${Math.round(window.lastMs)}`
      : `?start=${Math.floor(window.fromMs)}&end=${Math.ceil(window.toMs)}`;
  return consoleUrl(region, 'cloudwatch', `logsV2:log-groups/log-group/${inPath(group)}/log-events${escaped(query)}`);
}

const consoleUrl = (region: string, service: string, page: string): string | null => {
  const host = consoleHost(region);
  return host && `https://${host}/${service}/home?region=${region}#${page}`;
};

/** Source: AWS General Reference, "AWS service endpoints": consoles of the partitions aws, aws-cn and aws-us-gov. Regions of others have four parts. */
function consoleHost(region: string): string | null {
  if (/^cn-[a-z]+-\d$/.test(region)) return `${region}.console.amazonaws.cn`;
  if (/^us-gov-[a-z]+-\d$/.test(region)) return `${region}.console.amazonaws-us-gov.com`;
  return /^[a-z]{2}-[a-z]+-\d$/.test(region) ? `${region}.console.aws.amazon.com` : null;
}

/** CloudWatch's own escape in its fragment is that of URLs with a dollar sign; what stands in its path is escaped twice. */
const escaped = (text: string): string => encodeURIComponent(text).replaceAll('%', '$');
const inPath = (text: string): string => escaped(encodeURIComponent(text));
