import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Parts that take longest on two cores, longest first. Without durations of an earlier run Vitest begins with the files that have most text, and one of these
 * would be left for the end, when nothing else runs.
 */
export const longest = [
  'tests/parts/services/gates.test.ts',
  'tests/parts/services/people.test.ts',
  'packages/processes/src/postgres.journey.test.ts',
  'tests/fuzz/service.test.ts',
  'tests/parts/standalone.test.ts',
  'packages/release/src/cut.journey.test.ts',
  'tests/parts/databases.test.ts',
  'tests/parts/up-as-a-normal-user.test.ts',
  'tests/parts/runtimes/real-service.test.ts',
  'tests/parts/services/greeter.test.ts',
  'tests/parts/engine/two-control-planes.test.ts',
  'apps/service/src/loses-no-job.journey.test.ts',
];

/** The usual order of test files, but the longest of the parts first. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const usual = await super.sort(files);
    const rank = ({ moduleId, project }: TestSpecification) => {
      const found = project.name === 'parts' ? longest.findIndex((file) => moduleId.endsWith(`/${file}`)) : -1;
      return found < 0 ? longest.length : found;
    };
    return usual.sort((a, b) => rank(a) - rank(b));
  }
}
