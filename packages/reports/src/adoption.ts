import { changeLine, removalLine, section } from './plan.ts';
import { type Paint, plain, short } from './text.ts';

/** What the report shows of `adopt --plan --json`. */
export interface AdoptionReportFacts {
  readonly environment: string;
  readonly release: string;
  readonly stacks: readonly string[];
  readonly resources: readonly { readonly id: string; readonly type: string; readonly change: string }[];
  readonly removals: readonly { readonly id: string; readonly what: string; readonly detail: string }[];
  readonly begun: boolean;
}

/** What an adoption would change. */
export function adoptionReport(found: AdoptionReportFacts, paint: Paint = plain): string {
  const { environment, release, stacks, resources, removals, begun } = found;
  const what = begun ? 'is being adopted' : 'is sealed';
  return [
    paint('strong', `${environment}: ${stacks.join(', ')} ${what} as release ${short(release)}`),
    section(
      'resources',
      resources.map((one) => changeLine(one, paint)),
    ),
    section(
      'refused unless named with --allow-removal',
      removals.map((one) => removalLine(one, paint)),
    ),
  ]
    .filter((part) => part !== '')
    .join('\n');
}
