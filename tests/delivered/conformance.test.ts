import { runtimeConformance, type UnableToShow } from '../../packages/runtimes/src/conformance.ts';
import { greeter } from '../support/described/greeter.ts';
import { hello } from '../support/described/hello.ts';
import { ledger } from '../support/described/ledger.ts';
import { notes } from '../support/described/notes.ts';
import { orders } from '../support/described/orders.ts';
import type { DescribedService } from '../support/described/service.ts';
import { soundbite } from '../support/described/soundbite.ts';
import { serviceRuntime } from '../support/service-runtime.ts';

const saysNoRehearsal: UnableToShow = {
  'marks a pinned request as a rehearsal': 'its answers do not say whether they were asked in a rehearsal',
};
const speaksNoHttp: UnableToShow = {
  'reaches a version that has no traffic by a pinned request': 'nothing of it speaks HTTP',
  'marks a pinned request as a rehearsal': 'nothing of it speaks HTTP',
  'says where it is reached, and tells each of its requests once to who asks on': 'nothing of it speaks HTTP',
};
const isFirstLoadedByItsSmoke: UnableToShow = {
  'refuses a version that crashes at its start, saying why, while the live one serves':
    'its function has neither a health path nor a queue, so its smoke is the first to load the code',
};
const hasVersionsOfItsStack: UnableToShow = {
  'has no version left once it is taken down':
    'its stack makes the versions of one function itself, and the others did not change: they go with the stack',
};

/** Each service, the environment whose account it has here, and what it cannot show. */
const services: readonly (readonly [DescribedService, environment: string, UnableToShow])[] = [
  [greeter, 'test', { ...saysNoRehearsal, ...isFirstLoadedByItsSmoke }],
  [ledger, 'test', speaksNoHttp],
  [orders, 'test', { ...saysNoRehearsal, ...hasVersionsOfItsStack }],
  [hello, 'test', saysNoRehearsal],
  [soundbite, 'dev-aws-deployed', saysNoRehearsal],
  [notes, 'test', saysNoRehearsal],
];

for (const [service, environment, unable] of services)
  runtimeConformance(`the aws runtime with ${service.name}`, () => serviceRuntime(service, environment), unable);
