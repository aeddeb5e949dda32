import { z } from 'zod';

/** What is read of SARIF 2.1.0 (OASIS); the rest is left alone. Absent and null are the same. */

export const SarifLevel = z.enum(['none', 'note', 'warning', 'error']);
export type SarifLevel = z.infer<typeof SarifLevel>;

const Index = z.int().min(-1).nullish();
const Configuration = z.object({ level: SarifLevel.nullish() });

const Descriptor = z.object({ id: z.string(), defaultConfiguration: Configuration.nullish() });
export type SarifDescriptor = z.infer<typeof Descriptor>;

const Component = z.object({
  name: z.string(),
  guid: z.string().nullish(),
  rules: z.array(Descriptor).nullish(),
});
export type SarifComponent = z.infer<typeof Component>;

const DescriptorReference = z.object({
  id: z.string().nullish(),
  index: Index,
  toolComponent: z.object({ name: z.string().nullish(), index: Index, guid: z.string().nullish() }).nullish(),
});
export type SarifReference = z.infer<typeof DescriptorReference>;

const Result = z.object({
  ruleId: z.string().nullish(),
  ruleIndex: Index,
  rule: DescriptorReference.nullish(),
  kind: z.enum(['pass', 'open', 'informational', 'notApplicable', 'review', 'fail']).nullish(),
  level: SarifLevel.nullish(),
  message: z.object({ text: z.string().nullish(), markdown: z.string().nullish(), id: z.string().nullish() }).nullish(),
  locations: z
    .array(
      z.object({
        physicalLocation: z
          .object({
            artifactLocation: z.object({ uri: z.string().nullish() }).nullish(),
            region: z.object({ startLine: z.int().nullish() }).nullish(),
          })
          .nullish(),
      }),
    )
    .nullish(),
  suppressions: z.array(z.object({ status: z.enum(['accepted', 'underReview', 'rejected']).nullish() })).nullish(),
  baselineState: z.enum(['new', 'unchanged', 'updated', 'absent']).nullish(),
  provenance: z.object({ invocationIndex: Index }).nullish(),
});
export type SarifResult = z.infer<typeof Result>;

const Run = z.object({
  tool: z.object({ driver: Component, extensions: z.array(Component).nullish() }),
  results: z.array(Result).nullish(),
  invocations: z
    .array(
      z.object({
        executionSuccessful: z.boolean().nullish(),
        ruleConfigurationOverrides: z
          .array(z.object({ descriptor: DescriptorReference, configuration: Configuration }))
          .nullish(),
      }),
    )
    .nullish(),
  externalPropertyFileReferences: z.object({ results: z.array(z.unknown()).nullish() }).nullish(),
});
export type SarifRun = z.infer<typeof Run>;

export const SarifLog = z.object({ version: z.literal('2.1.0'), runs: z.array(Run).nullable() });
