/**
 * `cdk diff --method=template --app <assembly>` for each assembly that is named, by the library that the CDK's CLI is made of. Prints a list: for each
 * assembly, by stack, how many differences there are from the account that the AWS variables lead to.
 */
import { BaseCredentials, DiffMethod, Toolkit } from '@aws-cdk/toolkit-lib';

const toolkit = new Toolkit({
  sdkConfig: { baseCredentials: BaseCredentials.awsCliCompatible() },
  ioHost: { notify: async () => {}, requestResponse: async (message) => message.defaultResponse },
});

async function differences(assembly: string): Promise<Record<string, number>> {
  const source = await toolkit.fromAssemblyDirectory(assembly);
  const found = await toolkit.diff(source, { method: DiffMethod.TemplateOnly() });
  return Object.fromEntries(Object.entries(found).map(([stack, { differenceCount }]) => [stack, differenceCount]));
}

const all: Record<string, number>[] = [];
for (const assembly of process.argv.slice(2)) all.push(await differences(assembly));
console.log(JSON.stringify(all));
