import { type TriggerKind, triggerKinds } from '../packages/model/src/inspect/trigger-kinds.ts';

/** docs/reference/triggers.md: every way in which a function is called, and what becomes of it. */
export function triggersPage(): string {
  const rows = Object.entries<TriggerKind>(triggerKinds).map(
    ([key, { name, verdict, reason, shown = '' }]) => `| \`${key}\` | ${name} | ${verdict} | ${reason} | ${shown} |`,
  );
  return `${head}${rows.join('\n')}\n`;
}

const head = `# Triggers

Written by \`npm run schema\` from \`packages/model/src/inspect/trigger-kinds.ts\`. \`soundbite inspect\` reads from a synthesised CDK app what calls each
Lambda function, and says by this table what becomes of it:

* **moves**: it is pointed at the alias that the control plane moves, so users meet a new version only after the gates have passed;
* **stays**: it is left alone, and named; what calls an alias already follows that alias and stays, too;
* **refused**: a function with such a trigger is not promotable, for the reason given.

What moves was shown on emulated accounts only, and by the services that the last column names; nothing of it was shown on AWS.

| kind | trigger | verdict | why | shown by |
|---|---|---|---|---|
`;
