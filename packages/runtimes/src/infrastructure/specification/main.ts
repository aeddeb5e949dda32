/** Reads AWS's specification of all its resource types in a process of its own, whose 150 MB leave with it; answers with the rules that are asked for. */
import { once } from 'node:events';
import { loadAwsServiceSpec } from '@aws-cdk/aws-service-spec';
import { rulesIn } from './rules.ts';

const [types] = (await once(process, 'message')) as [readonly string[]];
const rules = rulesIn(await loadAwsServiceSpec(), types);
process.send?.(rules, () => process.disconnect());
