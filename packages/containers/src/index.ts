export { type ContainersOptions, containersOf } from './containers.ts';
export { nameOnEngine } from './names.ts';
