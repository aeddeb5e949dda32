import type {
  SarifComponent,
  SarifDescriptor,
  SarifLevel,
  SarifReference,
  SarifResult,
  SarifRun,
} from './sarif-form.ts';

/** Results of these kinds are no findings, whatever they say of a level. */
const harmless: ReadonlySet<string> = new Set(['pass', 'informational', 'notApplicable']);

/** The level of a result, by 3.27.10: its own; an override of its invocation; the default of its rule; `warning`. What is open or to be reviewed has none. */
export function levelOf(run: SarifRun, result: SarifResult): SarifLevel {
  const kind = result.kind ?? 'fail';
  if (harmless.has(kind)) return 'none';
  if (result.level) return result.level;
  if (kind !== 'fail') return 'none';
  const rule = descriptorOf(run, referenceOf(result));
  return overriddenLevel(run, result, rule) ?? rule?.defaultConfiguration?.level ?? 'warning';
}

/** `rule`, with what stands beside it. */
const referenceOf = ({ rule, ruleId, ruleIndex }: SarifResult): SarifReference => ({
  id: rule?.id ?? ruleId,
  index: rule?.index ?? ruleIndex,
  toolComponent: rule?.toolComponent,
});

function overriddenLevel(run: SarifRun, { provenance }: SarifResult, rule: SarifDescriptor | undefined) {
  const overrides = run.invocations?.[provenance?.invocationIndex ?? -1]?.ruleConfigurationOverrides ?? [];
  return overrides.find(({ descriptor }) => rule && descriptorOf(run, descriptor) === rule)?.configuration.level;
}

function descriptorOf(run: SarifRun, { id, index, toolComponent }: SarifReference): SarifDescriptor | undefined {
  const { driver, extensions } = run.tool;
  const component = toolComponent ? componentOf(run, toolComponent) : driver;
  const byIndex = component?.rules?.[index ?? -1];
  if (byIndex) return byIndex;
  const places = toolComponent ? [component] : [driver, ...(extensions ?? [])];
  return places.flatMap((place) => ruleNamed(place, id ?? '') ?? [])[0];
}

/** A component that is not named by its place, guid or name is the driver. */
function componentOf({ tool: { driver, extensions } }: SarifRun, asked: NonNullable<SarifReference['toolComponent']>) {
  const { index, guid, name } = asked;
  if ((index ?? -1) >= 0) return extensions?.[index ?? -1];
  return extensions?.find((one) => (guid ? one.guid === guid : one.name === name)) ?? driver;
}

/** `CA5350/md5` is a part of the rule `CA5350`. */
function ruleNamed(component: SarifComponent | undefined, id: string): SarifDescriptor | undefined {
  for (let name = id; name !== ''; name = name.slice(0, Math.max(0, name.lastIndexOf('/')))) {
    const found = component?.rules?.find((rule) => rule.id === name);
    if (found) return found;
  }
  return undefined;
}
